"""HPF's sky fibre: its flux goes with its order, and its noise is in the uncertainty."""

from __future__ import annotations

import io

import numpy as np
import pytest
from astropy.io import fits

from tests.readers import layouts
from tests.readers.reading import read_spectrum


def with_sky_noise(pipeline: str, sigma: float) -> bytes:
    hdus = fits.open(io.BytesIO(layouts.hpf(pipeline)))
    kind = "Variance" if pipeline == "team" else "Error"
    values = np.full(hdus["SKY FLUX"].shape, sigma**2 if pipeline == "team" else sigma, dtype=">f4")
    hdus.append(fits.ImageHDU(values))
    hdus[-1].header["EXTNAME"] = f"Sky {kind}"
    return layouts.to_bytes(*hdus)


@pytest.mark.parametrize("pipeline", ["team", "goldilocks"])
def test_variances_of_star_and_sky_add(pipeline: str) -> None:
    alone = read_spectrum(layouts.hpf(pipeline), name="h.fits")
    both = read_spectrum(with_sky_noise(pipeline, 12.0), name="h.fits")
    np.testing.assert_allclose(alone.uncertainty[50:-50], 5.0, rtol=1e-5)
    np.testing.assert_allclose(both.uncertainty[50:-50], 13.0, rtol=1e-5)
    np.testing.assert_array_equal(both.flux, alone.flux)
    assert any(f.name == "sky noise" for f in both.findings)


def test_a_sky_of_another_shape_is_left_aside() -> None:
    hdus = fits.open(io.BytesIO(with_sky_noise("team", 12.0)))
    hdus["SKY VARIANCE"].data = np.ones((3, 5), dtype=">f4")
    np.testing.assert_allclose(read_spectrum(layouts.to_bytes(*hdus), name="h").uncertainty[50:-50], 5.0, rtol=1e-5)


def test_one_order_cut_out_of_a_file() -> None:
    """Its extensions keep their names, and have one dimension."""
    hdus = fits.open(io.BytesIO(with_sky_noise("team", 12.0)))
    whole = read_spectrum(layouts.to_bytes(*hdus), name="h")
    row = int(np.argmin([abs(np.nanmedian(wave) - whole.wavelength.mean()) for wave in hdus["SCI WAVL"].data]))
    for hdu in hdus[1:]:
        hdu.data = hdu.data[row]
    cut = read_spectrum(layouts.to_bytes(*hdus), name="h")
    first, last = np.searchsorted(whole.wavelength, cut.wavelength[[0, -1]])
    inside = slice(first + 200, last - 200)  # no other order there
    for one, other in ((cut.flux, whole.flux), (cut.sky, whole.sky), (cut.uncertainty, whole.uncertainty)):
        found = np.interp(whole.wavelength[inside], cut.wavelength, one)
        np.testing.assert_allclose(found, other[inside], rtol=1e-6)


@pytest.mark.parametrize("pipeline", ["team", "goldilocks"])
def test_a_variance_of_zero_is_none_whatever_that_of_the_sky(pipeline: str) -> None:
    hdus = fits.open(io.BytesIO(with_sky_noise(pipeline, 12.0)))
    own = "SCI VARIANCE" if pipeline == "team" else "SCI ERROR"
    hdus[own].data = np.zeros_like(hdus[own].data)
    spectrum = read_spectrum(layouts.to_bytes(*hdus), name="h.fits")
    assert spectrum.uncertainty is None and np.isfinite(spectrum.flux).mean() > 0.9
    assert any(f.name == "uncertainty" and "all zero" in f.reason for f in spectrum.findings)
