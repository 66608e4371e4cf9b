"""Signs and abbreviations in the names of columns."""

from __future__ import annotations

import pytest

from dtl.readers.words.names import parse_name


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *((name, "relative") for name in ("err/flux", "err_over_flux", "dF/F", "N/S", "noise_to_signal", "sigma/f")),
        *((name, "snr") for name in ("flux/err", "flux_over_sigma", "S/N", "signal to noise", "flux_to_noise")),
        *((name, "ivar") for name in ("one_over_variance", "1_over_sigma2", "one over var")),
        *((name, "percent") for name in ("err%", "relative error (%)", "err [%]", "error %")),
        *((name, "sigma") for name in ("sqrt(variance)", "sqrt(var)", "efl", "ESPEC", "SIGMAF", "errf", "err")),
    ],
)
def test_an_uncertainty_by_signs(name: str, kind: str) -> None:
    found = parse_name(name)
    assert (found.role, found.kind, found.scale) == ("uncertainty", kind, "linear")


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("flux [%]", "flux"),
        ("flux/cont", "flux"),
        *((name, "flux") for name in ("flux_over_continuum", "flux to continuum", "counts over the cont")),
        *((name, "continuum") for name in ("continuum", "cont_level", "over_cont")),
        ("especially", ""),
        ("transmission (%)", "telluric"),
        ("spec", "flux"),
    ],
)
def test_names_beside_them(name: str, role: str) -> None:
    assert parse_name(name).role == role


@pytest.mark.parametrize("name", ["logf", "lgf", "log_f"])
def test_the_logarithm_of_a_flux_in_small_letters(name: str) -> None:
    assert (parse_name(name).role, parse_name(name).scale) == ("flux", "log10")
