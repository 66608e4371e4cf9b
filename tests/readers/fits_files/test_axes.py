"""Wavelengths that lie along the third axis of an image, and axes that hold none."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.io import fits

from dtl.readers.options import ReadOptions
from dtl.spectrum import UnusableInput
from tests.readers import layouts
from tests.readers.reading import read_spectrum

AIR = np.arange(8765.0, 8865.0, 0.05)
FLUX = layouts.truth(AIR + 2.42) + 0.005 * np.random.default_rng(3).normal(size=AIR.size)
SPATIAL = {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRVAL1": 10.0, "CRVAL2": 20.0, "CD1_1": -1e-4, "CD2_2": 1e-4}


def image(values: np.ndarray, **cards: object) -> bytes:
    hdu = fits.PrimaryHDU(values)
    for key, value in cards.items():
        hdu.header[key] = value
    return layouts.to_bytes(hdu)


@pytest.mark.parametrize("step", [{"CD3_3": 0.05}, {"CDELT3": 0.05}, {"CDELT3": 0.05, "PC3_3": 1.0}])
def test_one_spectrum_of_a_cube(step: dict[str, float]) -> None:
    cards = {**SPATIAL, "CTYPE3": "AWAV", "CUNIT3": "Angstrom", "CRVAL3": 8765.0, "CRPIX3": 1.0, **step}
    spectrum = read_spectrum(image(FLUX[:, None, None], **cards), name="c.fits")
    along = read_spectrum(image(FLUX, CTYPE1="AWAV", CUNIT1="Angstrom", CRVAL1=8765.0, CDELT1=0.05), name="l.fits")
    np.testing.assert_allclose(spectrum.wavelength, along.wavelength)
    np.testing.assert_array_equal(spectrum.flux, along.flux)
    assert "medium_guessed" not in spectrum.flags


def test_one_column_of_an_image() -> None:
    spectrum = read_spectrum(
        image(FLUX[:, None], CTYPE2="AWAV", CUNIT2="nm", CRVAL2=876.5, CDELT2=0.005), name="c.fits"
    )
    assert abs(float(spectrum.wavelength[spectrum.flux.argmin()]) - 8822.3) < 0.3


def test_a_cube_of_many_spectra_is_told() -> None:
    cube = FLUX[:, None, None] * np.ones((1, 3, 4))
    cards = {**SPATIAL, "CTYPE3": "AWAV", "CUNIT3": "Angstrom", "CRVAL3": 8765.0, "CD3_3": 0.05}
    with pytest.raises(UnusableInput, match=r"^c\.fits has a cube of 4 × 3 spectra, which cannot be read; export the"):
        read_spectrum(image(cube, **cards), name="c.fits")


@pytest.mark.parametrize("cards", [{"CTYPE1": "VOPT"}, {"CTYPE1": "VRAD", "CUNIT1": "m/s"}, {"CUNIT1": "km s-1"}])
def test_velocities_are_no_wavelengths(cards: dict[str, str]) -> None:
    data = image(FLUX, CRVAL1=-5000.0, CDELT1=1.7, RESTWAV=8.8e-7, **cards)
    with pytest.raises(UnusableInput, match=r"^v\.fits has an axis of velocities .*in place of wavelengths, which"):
        read_spectrum(data, name="v.fits")


@pytest.mark.parametrize(
    ("cards", "named"),
    [
        ({"CRVAL1": 1.0, "CDELT1": 1.0, "CRPIX1": 1.0}, "CRVAL1 = 1, CDELT1 = 1"),
        ({"CRVAL1": 0.0, "CD1_1": 1.0, "CTYPE1": "LINEAR"}, "CRVAL1 = 0, CD1_1 = 1"),
        ({"CRVAL1": 1.0, "CDELT1": 2.0, "CTYPE1": "PIXEL"}, "CRVAL1 = 1, CDELT1 = 2"),
        ({"CRVAL1": 8500.0}, "CRVAL1 = 8500"),  # which specutils would take for a step of 1
        ({"W0": 8500.0, "WPC": 0.05}, "W0 = 8500, WPC = 0.05"),
        ({"LAMBDA0": 8500.0, "DLAMBDA": 0.05, "CDELT1": 1.0}, "LAMBDA0 = 8500, DLAMBDA = 0.05"),
        ({"STARTWL": 850.0, "STEPWL": 0.005}, "STARTWL = 850, STEPWL = 0.005"),
    ],
)
def test_numbers_of_pixels_and_other_cards_are_no_wavelengths(cards: dict[str, float | str], named: str) -> None:
    long = image(layouts.truth(8500.0 + 0.05 * np.arange(12_000)), **cards)
    with pytest.raises(UnusableInput, match=f"^p.fits has fluxes but no wavelengths .* {named}.* as CRVAL1, the step"):
        read_spectrum(long, name="p.fits")


@pytest.mark.parametrize("cards", [{"CTYPE1": "PIXEL"}, {"CTYPE1": "LINEAR", "WAT1_001": "units=angstroms"}, {}])
def test_wavelengths_whose_type_is_that_of_pixels(cards: dict[str, str]) -> None:
    spectrum = read_spectrum(image(FLUX, CRVAL1=AIR[0] + 2.42, CDELT1=0.05, **cards), name="p.fits")
    assert abs(float(spectrum.wavelength[spectrum.flux.argmin()]) - 8822.3) < 0.3


def test_no_axis_at_all_is_perhaps_one_of_a_second_file() -> None:
    with pytest.raises(UnusableInput, match="probably because they are kept in a second file"):
        read_spectrum(image(FLUX, CDELT1=1.0, CRPIX1=1.0), name="p.fits")


LINEAR = {"CTYPE1": "WAVE", "CUNIT1": "Angstrom", "CRVAL1": 8767.42, "CDELT1": 0.05}
STEP = 0.05 / 8810.0
LOGARITHM = {"COEFF0": float(np.log10(8767.42)), "COEFF1": STEP / np.log(10)}
POLYNOMIAL = {"WV_0_01": "8.76742D+03 5.0D-02 0. 0.", "WV_4_01": "0. 0. 0. 0."}


@pytest.mark.parametrize(
    ("cards", "logarithmic"),
    [
        (LINEAR, False),
        ({"CRVAL1": 8767.42, "CDELT1": 0.05, "WAT1_001": "wtype=linear units=angstroms", "CUNIT1": None}, False),
        ({"CRVAL1": 8767.42, "CD1_1": "0.05", "DC-FLAG": 1}, False),  # a flag that is wrong
        (LOGARITHM, True),
        (LOGARITHM | {"CRVAL1": 0.0, "CDELT1": 1.0}, True),
        ({"CRVAL1": LOGARITHM["COEFF0"], "CDELT1": LOGARITHM["COEFF1"], "DC-FLAG": 1}, True),
        ({"CTYPE1": "WAVE-LOG", "CUNIT1": "Angstrom", "CRVAL1": 8767.42, "CDELT1": STEP * 8767.42}, True),
        (POLYNOMIAL, False),
    ],
)
def test_axes_by_formulae(cards: dict[str, object], *, logarithmic: bool) -> None:
    wavelength = 8767.42 * np.exp(STEP * np.arange(FLUX.size)) if logarithmic else 8767.42 + 0.05 * np.arange(FLUX.size)
    spectrum = read_spectrum(image(FLUX, **cards), name="f.fits", options=ReadOptions(medium="vacuum"))
    np.testing.assert_allclose(spectrum.wavelength, wavelength[: spectrum.wavelength.size], rtol=1e-9)


def test_an_axis_by_a_table() -> None:
    cards = {"CTYPE1": "WAVE-TAB", "CRVAL1": 1.0, "CDELT1": 1.0, "PS1_0": "WCS-TAB", "PS1_1": "WAVE"}
    column = fits.Column("WAVE", f"{AIR.size}D", "nm", array=[0.1 * AIR])
    table = fits.BinTableHDU.from_columns([column], name="WCS-TAB")
    content = layouts.to_bytes(fits.PrimaryHDU(FLUX, fits.Header(cards)), table)
    spectrum = read_spectrum(content, name="t.fits", options=ReadOptions(medium="vacuum"))
    np.testing.assert_allclose(spectrum.wavelength, AIR[: spectrum.wavelength.size])
    assert any(finding.value == "table" for finding in spectrum.findings)
    with pytest.raises(UnusableInput, match=r"^t\.fits has an axis WAVE-TAB whose table 'WCS-TAB' is missing, which"):
        read_spectrum(image(FLUX, **cards), name="t.fits")


@pytest.mark.parametrize("unit", ["Angstrom", "nm"])
def test_a_type_that_was_left_as_it_had_been(unit: str) -> None:
    """The unit says that the axis is no longer one of pixels."""
    factor = {"Angstrom": 1.0, "nm": 0.1}[unit]
    cards = {"CTYPE1": "PIXEL", "CUNIT1": unit, "CRVAL1": 8767.42 * factor, "CDELT1": 0.05 * factor}
    spectrum = read_spectrum(image(FLUX, **cards), name="p.fits", options=ReadOptions(medium="vacuum"))
    np.testing.assert_allclose(spectrum.wavelength[:5], 8767.42 + 0.05 * np.arange(5))


@pytest.mark.parametrize("unit", ["pixel", "mm", "um"])
def test_pixels_are_no_wavelengths(unit: str) -> None:
    """Detectors are measured in mm too."""
    cards = {"CTYPE1": "PIXEL", "CUNIT1": unit, "CRVAL1": 8767.42, "CDELT1": 0.05}
    with pytest.raises(UnusableInput, match=r"^p\.fits (holds no spectrum that is recognised|covers .* and misses)"):
        read_spectrum(image(FLUX, **cards), name="p.fits")


@pytest.mark.parametrize("unit", ["Angstrom", "Angstroms", ""])
@pytest.mark.parametrize("reference", [1.0, -3000.0])
def test_an_axis_that_is_linear_in_frequency(reference: float, unit: str) -> None:
    """Taken as even steps it was stretched by half an Angstrom and more, and no flag said so."""
    step = 0.05
    first = 8767.42 - step * (1.0 - reference)
    wavelength = 1.0 / (1.0 / first - step / first**2 * (np.arange(1, FLUX.size + 1) - reference))
    cards = {"CTYPE1": "WAVE-F2W", "CUNIT1": unit, "CRVAL1": first, "CDELT1": step, "CRPIX1": reference}
    spectrum = read_spectrum(image(FLUX, **cards), name="f.fits", options=ReadOptions(medium="vacuum"))
    np.testing.assert_allclose(spectrum.wavelength, wavelength[: spectrum.wavelength.size], rtol=1e-9)


def test_an_axis_in_frequency_that_is_linear_in_wavelength() -> None:
    wavelength = 8767.42 + 0.05 * np.arange(FLUX.size)
    light = 2.99792458e18
    cards = {"CRVAL1": light / wavelength[0], "CDELT1": -light / wavelength[0] ** 2 * 0.05, "CRPIX1": 1.0}
    found = read_spectrum(image(FLUX, CTYPE1="FREQ-W2F", CUNIT1="Hz", **cards), name="f.fits").wavelength
    np.testing.assert_allclose(found, wavelength[: found.size], rtol=1e-9)


def test_an_axis_whose_cards_do_not_fit_together() -> None:
    cards = {"CTYPE1": "WAVE-F2A", "CUNIT1": "Angstrom", "CRVAL1": 8767.42, "CDELT1": 0.05, "CRPIX1": 1.0}
    with pytest.raises(UnusableInput, match=r"^g\.fits has an axis WAVE-F2A whose cards do not fit together, which"):
        read_spectrum(image(FLUX, **cards), name="g.fits")
    with pytest.raises(UnusableInput, match=r"^g\.fits has an axis WAVE-GRI whose cards do not fit together, which"):
        read_spectrum(image(FLUX, **cards | {"CTYPE1": "WAVE-GRI"}), name="g.fits")  # of a grating without lines
    with pytest.raises(UnusableInput, match=r"^g\.fits has an axis of velocities"):
        read_spectrum(image(FLUX, **cards | {"CTYPE1": "WAVE-F2W", "CUNIT1": "km/s"}), name="g.fits")
