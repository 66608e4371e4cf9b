"""Columns whose names say something only beside those of others."""

from __future__ import annotations

import numpy as np
import pytest

from dtl.readers.arrays.called_after import called_after
from dtl.readers.words.names import parse_name
from dtl.spectrum import UnusableInput
from tests.builders import observe
from tests.readers.reading import read_spectrum


def table(**columns: np.ndarray) -> bytes:
    rows = zip(*columns.values(), strict=True)
    return "\n".join([",".join(columns), *(",".join(f"{value:.8g}" for value in row) for row in rows)]).encode()


@pytest.mark.parametrize(
    ("flux", "error"), [("s", "serr"), ("s", "errs"), ("q", "qsigma"), ("n", "nstd"), ("q", "uncq")]
)
def test_an_error_is_called_after_its_flux(flux: str, error: str) -> None:
    """As SpecMatch-Emp writes ``w, s, serr``: the file was said to give no uncertainties."""
    own = observe()
    found = read_spectrum(table(**{"w": own.wavelength, flux: own.flux, error: own.uncertainty}))
    np.testing.assert_allclose(found.uncertainty, own.uncertainty, rtol=1e-6)
    assert "uncertainty_implausible" not in found.flags


def test_variances_are_called_after_their_flux_too() -> None:
    own = observe()
    found = read_spectrum(table(w=own.wavelength, q=own.flux, qvar=own.uncertainty**2))
    np.testing.assert_allclose(found.uncertainty, own.uncertainty, rtol=1e-6)


def test_the_error_of_wavelengths_is_none_of_the_flux() -> None:
    own = observe()
    found = read_spectrum(table(w=own.wavelength, werr=0.02 * own.uncertainty, q=own.flux, qerr=own.uncertainty))
    np.testing.assert_allclose(found.uncertainty, own.uncertainty, rtol=1e-6)


@pytest.mark.parametrize("name", ["invar", "stdby", "verr", "sigmoid", "sky", "order"])
def test_words_that_only_begin_or_end_so_are_called_after_nothing(name: str) -> None:
    columns = ["wave", "flux", name]
    values = [np.arange(20.0), np.ones(20), np.ones(20)]
    assert called_after(columns, [parse_name(word) for word in columns], values)[2] == parse_name(name)


@pytest.mark.parametrize(("other", "error"), [("fwhm", "fwhmerr"), ("temp", "temperr"), ("dark", "darkvar")])
def test_the_error_of_something_else_is_none_of_a_flux_with_a_name(other: str, error: str) -> None:
    """It passed for per cent of the flux: S/N of 33."""
    own = observe()
    width = np.full(own.flux.size, 3.0)
    found = read_spectrum(table(**{"wave": own.wavelength, "flux": own.flux, other: 5 * width, error: width}))
    assert found.uncertainty is None and "uncertainty_implausible" not in found.flags


@pytest.mark.parametrize("name", ["norm", "normalized", "normed", "rectified"])
def test_an_error_of_the_normalised_flux_goes_with_it(name: str) -> None:
    """The raw flux was taken, and the error of the other set aside."""
    own = observe()
    level = 30.0 + own.wavelength / 1000
    columns = {"wave": own.wavelength, "flux": own.flux * level, name: own.flux, f"{name}_err": own.uncertainty}
    found = read_spectrum(table(**columns))
    np.testing.assert_allclose(found.flux, own.flux, rtol=1e-6)
    np.testing.assert_allclose(found.uncertainty, own.uncertainty, rtol=1e-6)
    assert not {"uncertainty_implausible", "several_spectra"} & set(found.flags)


def test_the_flux_stays_where_the_error_is_its_own_or_norm_is_a_factor() -> None:
    own = observe()
    level = np.full(own.flux.size, 30.0)
    for norm in (own.flux, level):
        found = read_spectrum(table(wave=own.wavelength, flux=own.flux * 30, err=own.uncertainty * 30, norm=norm))
        np.testing.assert_allclose(found.flux, own.flux * 30, rtol=1e-6)
        assert "several_spectra" not in found.flags


@pytest.mark.parametrize("name", ["time", "BJD", "TIME (BJD - 2450000)", "hjd-2450000"])
def test_a_light_curve_has_no_wavelengths(name: str) -> None:
    """Days that run from 8790 to 8845 passed for Angstrom, and noise was given parameters."""
    own = observe()
    with pytest.raises(UnusableInput, match="has no column of wavelengths"):
        read_spectrum(table(**{name: own.wavelength, "flux": own.flux, "flux_err": own.uncertainty}))


def test_exposures_called_by_their_times_are_read() -> None:
    own = observe()
    found = read_spectrum(table(wave=own.wavelength, mjd_58849=own.flux, mjd_58850=own.flux * 1.01))
    np.testing.assert_allclose(found.flux, own.flux, rtol=1e-6)
