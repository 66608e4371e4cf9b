"""Real stars beside the literature: grouping, agreement and stacks of exposures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dtl.evaluation.observed_gap import gap_of_stars
from dtl.evaluation.real_stars import compare, literature, read_stack, star_key
from dtl.grid.build import GridSettings
from dtl.spectrum import UnusableInput
from tests.builders import WINDOW, shipped

EXAMPLES = sorted((Path(__file__).parents[2] / "assets" / "examples").glob("simulated*"))


def test_names_of_stars() -> None:
    assert star_key("GJ_699") == star_key("Gj 699") == "GJ699"
    known = literature()
    assert {"GJ699", "G9-40", "GJ273"} == set(known)
    assert known["GJ273"]["anchor"] == False and known["GJ699"]["anchor"] == True  # noqa: E712
    # Barnard's star and Luyten's, Marfil et al. (2021): 3254 and 3380 K.
    assert abs(known["GJ699"]["teff"] - 3254) < 50 and abs(known["GJ273"]["teff"] - 3380) < 50


def stack(path: Path, count: int) -> Path:
    """Exposures in two orders, the second of which holds the window."""
    rng = np.random.default_rng(1)
    wave = np.r_[np.arange(8690.0, 8768.0, 0.06), np.arange(8781.6, 8895.0, 0.06)]
    order = np.r_[np.full(1300, 5), np.full(len(wave) - 1300, 6)]
    blaze = np.where(order == 6, 1 - ((wave - 8838) / 80) ** 2, 1.0)
    flux = 1e4 * blaze * (1 + 0.01 * rng.normal(size=(count, len(wave))))
    np.savez(
        path,
        wave=np.tile(wave, (count, 1)),
        order=np.tile(order, (count, 1)),
        blaze=np.tile(blaze, (count, 1)),
        flux=flux,
        sigma=np.full_like(flux, 100.0),
        sky=np.zeros_like(flux),
        star="LHS 3154",
    )
    return path


def test_stack_of_exposures(tmp_path: Path) -> None:
    spectra = read_stack(stack(tmp_path / "many.npz", 3), WINDOW)
    assert [s.star for s in spectra] == ["LHS 3154"] * 3
    for spectrum in spectra:
        assert spectrum.wavelength[0] > 8781 and (np.diff(spectrum.wavelength) > 0).all()
        np.testing.assert_allclose(np.median(spectrum.flux), 1e4, rtol=0.01)  # the blaze is divided out
    (tmp_path / "no.npz").write_bytes(b"nothing")
    with pytest.raises(UnusableInput, match="no stack"):
        read_stack(tmp_path / "no.npz", WINDOW)


def test_compare_groups_and_refuses(tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("no spectrum at all\n")
    report = compare(shipped(), [EXAMPLES[0], EXAMPLES[0], EXAMPLES[1], words])
    assert sorted(entry["spectra"] for entry in report["stars"].values()) == [1, 2]
    twice = next(entry for entry in report["stars"].values() if entry["spectra"] == 2)
    # The same file twice agrees with itself, but for the rounding of products of matrices, whose rows may differ by it.
    assert twice["teff"]["worst_pair"] == pytest.approx(0.0, abs=1e-6)
    assert "literature" not in twice["teff"]
    assert len(report["refused"]) == 1 and "words.txt" in report["refused"][0]


def test_gap_needs_known_stars() -> None:
    with pytest.raises(UnusableInput, match="no published parameters"):
        gap_of_stars([EXAMPLES[0]], "nowhere", shipped(), GridSettings())
