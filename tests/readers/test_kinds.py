"""Each kind of layout that was read wrongly elsewhere is read to the flux, the sigma and the wavelengths it holds."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.io import fits

from dtl.readers.options import ReadOptions
from dtl.spectrum import Spectrum, UnusableInput
from dtl.wavelengths import SPEED_OF_LIGHT, vacuum_to_air
from tests.builders import star_flux
from tests.readers.layouts import to_bytes
from tests.readers.reading import read_spectrum

WAVE = np.arange(8770.0, 8865.0, 0.05)
LEVEL, SNR = 2.0e4, 100.0
RNG = np.random.default_rng(5)
SIGMA = LEVEL / SNR * np.sqrt(star_flux(WAVE))
FLUX = LEVEL * star_flux(WAVE) + SIGMA * RNG.normal(size=WAVE.size)


def text(*columns: np.ndarray, head: str = "", mark: str = " ") -> bytes:
    return (head + "\n".join(mark.join(f"{x:.9g}" for x in row) for row in zip(*columns, strict=True)) + "\n").encode()


def check(spectrum: Spectrum, *, scale: float = 1.0, sigma: bool = True, shift: float = 0.0) -> None:
    """The flux of the star at its wavelengths, and its sigma, in the window."""
    inside = (spectrum.wavelength > 8800) & (spectrum.wavelength < 8835) & np.isfinite(spectrum.flux)
    assert inside.sum() > 600
    expected = np.interp(spectrum.wavelength[inside] - shift, WAVE, FLUX)
    np.testing.assert_allclose(spectrum.flux[inside] / scale, expected, rtol=2e-3)
    if sigma:
        own = spectrum.uncertainty[inside] / scale
        np.testing.assert_allclose(own, np.interp(spectrum.wavelength[inside], WAVE, SIGMA), rtol=1e-2)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        (SIGMA, "err"), (SIGMA**2, "sigma2"), (SIGMA**2, "variance"), (SIGMA**-2, "inverse_variance"),
        (SIGMA / FLUX, "relative_error"), (100 * SIGMA / FLUX, "err_percent"), (FLUX / SIGMA, "S/N"),
        (2 * SIGMA, "err(2sigma)"), (2.35482 * SIGMA, "err_fwhm"),
        (1e6 * SIGMA / FLUX, "error_ppm"), (SIGMA, "err_stat"), (SIGMA, "sqrt_var"),
    ],
)  # fmt: skip
def test_kinds_of_uncertainty_by_name_and_by_the_scatter(values: np.ndarray, name: str) -> None:
    spectrum = read_spectrum(text(WAVE, FLUX, values, head=f"# wave flux {name}\n"))
    check(spectrum)
    assert "uncertainty_implausible" not in spectrum.flags


@pytest.mark.parametrize("values", [SIGMA**2, SIGMA**-2, 100 * SIGMA / FLUX], ids=["variance", "ivar", "percent"])
def test_a_kind_that_its_name_denies_is_read_and_flagged(values: np.ndarray) -> None:
    spectrum = read_spectrum(text(WAVE, FLUX, values, head="# wave flux error\n"))
    check(spectrum)
    assert "uncertainty_implausible" in spectrum.flags
    assert any(f.name == "uncertainty" and "though its name says otherwise" in f.reason for f in spectrum.findings)


@pytest.mark.parametrize("kind", ["ivar", "snr", "variance", "percent"])
@pytest.mark.parametrize("how", ["kind", "columns"])
def test_what_the_user_says_counts_and_is_flagged_where_the_pixels_say_otherwise(how: str, kind: str) -> None:
    columns = ("1", "2", "3") if how == "columns" else None
    data = text(WAVE, 10 * FLUX, 10 * SIGMA, head="# wave flux err\n")
    spectrum = read_spectrum(data, options=ReadOptions(uncertainty=kind, columns=columns))
    own = 10 * np.interp(spectrum.wavelength, WAVE, SIGMA)
    expected = {
        "ivar": own**-0.5,
        "variance": own**0.5,
        "percent": spectrum.flux * own / 100,
        "snr": spectrum.flux / own,
    }
    np.testing.assert_allclose(spectrum.uncertainty, expected[kind], rtol=1e-2)
    assert "uncertainty_implausible" in spectrum.flags
    right = read_spectrum(data, options=ReadOptions(uncertainty="sigma", columns=columns))
    assert "uncertainty_implausible" not in right.flags


def test_a_column_that_the_user_names_is_flagged_where_it_is_another_kind() -> None:
    data = text(WAVE, FLUX, SIGMA**2)
    named = read_spectrum(data, options=ReadOptions(columns=("1", "2", "3")))
    assert "uncertainty_implausible" in named.flags
    np.testing.assert_allclose(named.uncertainty, np.interp(named.wavelength, WAVE, SIGMA**2), rtol=1e-2)


@pytest.mark.parametrize("values", [SIGMA, SIGMA**2, SIGMA**-2], ids=["sigma", "variance", "ivar"])
def test_a_third_column_without_a_name(values: np.ndarray) -> None:
    check(read_spectrum(text(WAVE, FLUX, values)))


@pytest.mark.parametrize("names", ["col1 col2 col3", "COLUMN_1 COLUMN_2 COLUMN_3", "c1 c2 c3", "field1 field2 field3"])
def test_names_that_only_count_are_none(names: str) -> None:
    spectrum = read_spectrum(text(WAVE, FLUX, SIGMA, head=f"# {names}\n"))
    check(spectrum)
    table = fits.BinTableHDU.from_columns(
        [fits.Column(name, "D", array=own) for name, own in zip(names.split(), (WAVE, FLUX, SIGMA), strict=True)]
    )
    check(read_spectrum(to_bytes(fits.PrimaryHDU(), table)))


def test_an_uncertainty_that_fits_nothing_is_set_aside() -> None:
    spectrum = read_spectrum(text(WAVE, FLUX, SIGMA * 3e-3, head="# wave flux err\n"))
    assert spectrum.uncertainty is None and "uncertainty_implausible" in spectrum.flags
    told = read_spectrum(text(WAVE, FLUX, SIGMA, head="# wave flux err\n"), options=ReadOptions(uncertainty="none"))
    assert told.uncertainty is None and "uncertainty_implausible" not in told.flags


@pytest.mark.parametrize(
    "names",
    [
        "wave template_flux flux err", "wave flux sky_err err", "wave continuum flux err", "wave flux wave_err err",
        "wave sky flux err", "flux template wave err",
    ],
)  # fmt: skip
def test_qualified_names_are_something_else(names: str) -> None:
    parts = {"wave": WAVE, "flux": FLUX, "err": SIGMA}
    columns = [parts.get(name, np.full(WAVE.size, 5.0) + 0.1 * np.sin(WAVE)) for name in names.split()]
    check(read_spectrum(text(*columns, head=f"{names.replace(' ', ',')}\n", mark=",")))


def test_an_error_belongs_to_the_flux_of_its_scale() -> None:
    head = "wavelength,counts,blaze,flux,err\n"
    blaze = 1 - 0.5 * np.linspace(-1, 1, WAVE.size) ** 2
    data = text(WAVE, FLUX * blaze, blaze, FLUX / LEVEL, SIGMA / LEVEL, head=head, mark=",")
    check(read_spectrum(data), scale=1 / LEVEL)


@pytest.mark.parametrize("good", [0, 1])
def test_masks_of_either_polarity(good: int) -> None:
    bad = np.zeros(WAVE.size, dtype=bool)
    bad[900:910] = True
    flux = np.where(bad, 9e4, FLUX)
    marked = np.where(bad, 1 - good, good)
    for head in ("", "# wave flux mask\n"):
        spectrum = read_spectrum(text(WAVE, flux, marked, head=head))
        assert np.isnan(spectrum.flux).sum() == 10
        check(spectrum, sigma=False)


@pytest.mark.parametrize("value", [0.0, -999.0, 1e30])
def test_pixels_that_their_numbers_betray(value: float) -> None:
    flux = FLUX.copy()
    flux[850:880] = value
    flux[[700, 950]] = value
    spectrum = read_spectrum(text(WAVE, flux, SIGMA))
    assert np.isnan(spectrum.flux).sum() == 32
    check(spectrum)


@pytest.mark.parametrize(
    ("unit", "values"),
    [
        ("Hz", SPEED_OF_LIGHT * 1e13 / WAVE), ("1/cm", 1e8 / WAVE), ("eV", 12398.419843320026 / WAVE),
        ("m", WAVE * 1e-10), ("um", WAVE * 1e-4), ("pm", WAVE * 100), ("Ry", 911.267050 / WAVE),
    ],
)  # fmt: skip
def test_axes_with_a_unit(unit: str, values: np.ndarray) -> None:
    table = fits.BinTableHDU.from_columns(
        [fits.Column("x", "D", array=values, unit=unit), fits.Column("flux", "D", array=FLUX)]
    )
    check(read_spectrum(to_bytes(fits.PrimaryHDU(), table)), sigma=False)


def test_logarithms_of_metres_and_of_the_flux() -> None:
    check(read_spectrum(text(np.log10(WAVE * 1e-10), FLUX)), sigma=False)
    relative = SIGMA / FLUX / np.log(10)
    check(read_spectrum(text(WAVE, np.log10(FLUX), relative, head="wave log_flux err\n")))


@pytest.mark.parametrize(
    "names",
    ["wave,flux,err,wave_vac", "wave,flux,err,n_air", "wave,flux_air,err,bary_corr", "wave,flux,err,topocentric_sky"],
)
def test_a_name_speaks_for_its_own_column(names: str) -> None:
    other = WAVE + 2.4 if "wave_vac" in names else 1.5 + 0.0 * WAVE
    spectrum = read_spectrum(text(WAVE, FLUX, SIGMA, other, head=f"{names}\n", mark=","))
    assert "medium_guessed" in spectrum.flags and spectrum.frame == "unknown"


@pytest.mark.parametrize(
    "comment",
    ["air wavelengths (Angstrom), barycentric corrected", "vacuum: False", "Wavelength: air", "AIRORVAC= 'air'"],
)
def test_air_wherever_it_is_said(comment: str) -> None:
    spectrum = read_spectrum(text(vacuum_to_air(WAVE), FLUX, SIGMA, head=f"# {comment}\n"))
    check(spectrum)
    assert "medium_guessed" not in spectrum.flags
    assert "medium_guessed" in read_spectrum(text(WAVE, FLUX)).flags


def test_a_quoted_velocity_that_is_applied_already() -> None:
    head = "# wavelength: barycentric vacuum Angstrom\n# BERV: 25.0 km/s\n"
    spectrum = read_spectrum(text(WAVE, FLUX, head=head))
    assert spectrum.frame == "barycentric" and spectrum.barycentric_velocity is None
    guessed = read_spectrum(text(WAVE, FLUX, head="# BERV: 25.0 km/s\n"))
    assert guessed.barycentric_velocity == 25.0 and "frame_guessed" in guessed.flags


def test_several_spectra_are_not_averaged() -> None:
    other = FLUX * (1 + 0.3 * np.sin(WAVE))
    data = text(np.r_[WAVE, WAVE], np.r_[FLUX, other], np.r_[SIGMA, SIGMA], head="# wave flux err\n")
    spectrum = read_spectrum(data)
    check(spectrum)
    assert spectrum.spectra == 2 and "several_spectra" in spectrum.flags
    second = read_spectrum(data, options=ReadOptions(row=2))
    assert "several_spectra" not in second.flags
    np.testing.assert_allclose(second.flux, np.interp(second.wavelength, WAVE, other), rtol=1e-6)
    with pytest.raises(UnusableInput, match="--row 1 to 2"):
        read_spectrum(data, options=ReadOptions(row=3))


def test_the_same_rows_twice_are_one_spectrum() -> None:
    twice = text(np.r_[WAVE, WAVE], np.r_[FLUX, FLUX], np.r_[SIGMA, SIGMA], head="# wave flux err\n")
    spectrum = read_spectrum(twice)
    check(spectrum)
    assert spectrum.spectra == 1 and "several_spectra" not in spectrum.flags


def table(wave: np.ndarray, flux: np.ndarray, sigma: np.ndarray, name: str = "") -> fits.BinTableHDU:
    parts = (("WAVE", wave), ("FLUX", flux), ("ERR", sigma))
    return fits.BinTableHDU.from_columns([fits.Column(n, "D", array=a) for n, a in parts], name=name)


def test_an_extension_is_chosen_by_the_window() -> None:
    blue = table(np.linspace(4000, 5000, 900), np.full(900, 3.0), np.full(900, 0.1), "BLUE")
    check(read_spectrum(to_bytes(fits.PrimaryHDU(), blue, table(WAVE, FLUX, SIGMA, "RED"))))
    green = fits.BinTableHDU.from_columns(
        [fits.Column("lambda", "D", array=np.linspace(5000, 6000, 90)), fits.Column("flux", "D", array=np.ones(90))]
    )
    with pytest.raises(UnusableInput, match=r"extension 1 'BLUE' covers 4000.*extension 2 covers 5000"):
        read_spectrum(to_bytes(fits.PrimaryHDU(), blue, green))


def test_orders_in_rows_of_vectors() -> None:
    shifts = (-100.0, 0.0, 100.0)
    rows = {"WAVE": [WAVE + s for s in shifts], "FLUX": [FLUX + s for s in shifts], "ERR": [SIGMA] * 3}
    hdu = fits.BinTableHDU.from_columns([fits.Column(n, f"{WAVE.size}D", array=np.array(a)) for n, a in rows.items()])
    check(read_spectrum(to_bytes(fits.PrimaryHDU(), hdu)))


def lamost() -> bytes:
    """Rows of one image: flux, inverse variance, wavelength, and two masks; VACUUM = T."""
    rows = np.array([FLUX, SIGMA**-2, WAVE, np.zeros(WAVE.size), np.zeros(WAVE.size)])
    hdu = fits.PrimaryHDU(rows)
    for number, name in enumerate(("Flux", "Inverse Variance", "Wavelength", "Andmask", "Ormask"), 1):
        hdu.header[f"ARRAY{number}"] = name
    hdu.header["VACUUM"] = True
    return to_bytes(hdu)


def pypeit() -> bytes:
    """The one-dimensional extraction of PypeIt: optimal and boxcar, inverse variances, a mask of good pixels."""
    names = {
        "OPT_WAVE": WAVE, "OPT_COUNTS": FLUX, "OPT_COUNTS_IVAR": SIGMA**-2, "OPT_COUNTS_SIG": SIGMA,
        "OPT_MASK": np.ones(WAVE.size), "OPT_COUNTS_SKY": 0.01 * FLUX, "BOX_WAVE": WAVE, "BOX_COUNTS": 1.2 * FLUX,
        "BOX_COUNTS_IVAR": SIGMA**-2, "BOX_MASK": np.ones(WAVE.size),
    }  # fmt: skip
    hdu = fits.BinTableHDU.from_columns([fits.Column(n, "D", array=a) for n, a in names.items()], name="SPAT0001")
    return to_bytes(fits.PrimaryHDU(), hdu)


def sdss() -> bytes:
    """The spec files of SDSS: loglam, ivar, masks of bits, sky and model beside the flux."""
    names = {
        "flux": FLUX, "loglam": np.log10(WAVE), "ivar": SIGMA**-2, "and_mask": np.zeros(WAVE.size),
        "or_mask": np.where(np.arange(WAVE.size) % 7, 0, 16), "wdisp": np.ones(WAVE.size), "sky": 0.1 * FLUX,
        "model": FLUX * 0.9,
    }  # fmt: skip
    hdu = fits.BinTableHDU.from_columns([fits.Column(n, "D", array=a) for n, a in names.items()], name="COADD")
    return to_bytes(fits.PrimaryHDU(), hdu)


def images(*names: str, variance: bool = False) -> bytes:
    parts = dict(zip(names, (FLUX, SIGMA**2 if variance else SIGMA, WAVE), strict=True))
    return to_bytes(fits.PrimaryHDU(), *(fits.ImageHDU(a, name=n) for n, a in parts.items()))


def axis(error: str, values: np.ndarray) -> bytes:
    flux = fits.ImageHDU(FLUX, name="DATA")
    for key, value in {"CRVAL1": 877.0, "CRPIX1": 1.0, "CDELT1": 0.005, "CUNIT1": "nm", "CTYPE1": "WAVE"}.items():
        flux.header[key] = value
    return to_bytes(fits.PrimaryHDU(), flux, fits.ImageHDU(values, name=error))


@pytest.mark.parametrize(
    "data",
    [
        lamost(), pypeit(), sdss(), images("FLUX", "ERR", "WAVE"),
        images("SCI_FLUX", "SCI_VAR", "SCI_WAVE", variance=True),
        axis("STD", SIGMA), axis("STAT", SIGMA**2), axis("IVAR", SIGMA**-2),
        to_bytes(fits.PrimaryHDU(np.array([WAVE, FLUX, SIGMA]).T)),
    ],
    ids=["lamost", "pypeit", "sdss", "images", "variance", "specutils", "mpdaf", "ivar", "pixels by 3"],
)  # fmt: skip
def test_layouts_of_pipelines(data: bytes) -> None:
    spectrum = read_spectrum(data)
    inside = (spectrum.wavelength > 8800) & (spectrum.wavelength < 8835)
    if np.isnan(spectrum.flux[inside]).sum() > 20:
        pytest.fail(f"masked: {spectrum.findings}")
    check(spectrum)


def test_blaze_is_divided_where_the_flux_carries_it() -> None:
    blaze = 1 - 0.6 * np.linspace(-1, 1, WAVE.size) ** 2
    parts = {"SCIFLUX": FLUX * blaze, "SCIVAR": (SIGMA * blaze) ** 2, "SCIWAVE": WAVE, "SCIBLAZE": blaze}
    hdus = [fits.ImageHDU(np.array([a]), name=n) for n, a in parts.items()]
    check(read_spectrum(to_bytes(fits.PrimaryHDU(), *hdus)))
    parts["SCIFLUX"], parts["SCIVAR"] = FLUX, SIGMA**2  # divided already
    hdus = [fits.ImageHDU(np.array([a]), name=n) for n, a in parts.items()]
    check(read_spectrum(to_bytes(fits.PrimaryHDU(), *hdus)))


def test_a_flux_goes_with_the_wavelengths_of_its_own_arm() -> None:
    parts = {
        "GREEN_SCI_FLUX1": 2 * FLUX, "GREEN_SCI_WAVE1": WAVE - 3000, "GREEN_SCI_VAR1": SIGMA**2,
        "RED_SCI_FLUX1": FLUX, "RED_SCI_VAR1": SIGMA**2, "RED_SCI_WAVE1": WAVE, "RED_SKY_FLUX": 0.01 * FLUX,
    }  # fmt: skip
    check(read_spectrum(to_bytes(fits.PrimaryHDU(), *(fits.ImageHDU(a, name=n) for n, a in parts.items()))))


def test_planes_of_a_cube_and_rows_that_share_their_wavelengths() -> None:
    cube = np.array([[WAVE - 100, WAVE, WAVE + 100], [FLUX] * 3, [SIGMA] * 3])
    check(read_spectrum(to_bytes(fits.PrimaryHDU(cube))))
    parts = {"R_WAVELENGTH": WAVE, "R_FLUX": np.array([FLUX, 2 * FLUX]), "R_IVAR": np.array([SIGMA, SIGMA]) ** -2.0}
    spectrum = read_spectrum(to_bytes(fits.PrimaryHDU(), *(fits.ImageHDU(a, name=n) for n, a in parts.items())))
    check(spectrum)
    assert spectrum.spectra == 2


def test_unicode_blanks_and_row_numbers() -> None:
    rows = "\n".join(f"{w:.4f}\u00a0{f:.6f}" for w, f in zip(WAVE, FLUX, strict=True))
    check(read_spectrum(rows.encode()), sigma=False)
    numbered = "\n".join(f'"{i}" {w:.4f} {f:.6f}' for i, (w, f) in enumerate(zip(WAVE, FLUX, strict=True), 1))
    check(read_spectrum(f'"wavelength" "flux"\n{numbered}'.encode()), sigma=False)


@pytest.mark.parametrize(
    ("head", "place"),
    [
        ("# RA: 17:57:48.5\n# DEC: +04:41:36\n", (269.452083, 4.693333)),
        ("# ra = 269.452083 deg\n# dec = 4.693333\n", (269.452083, 4.693333)),
        ("# RA: 17:57:48.5\n", None),
        ("# RA: unknown\n# DEC: 95\n", None),
    ],
)
def test_the_position_that_a_file_gives(head: str, place: tuple[float, float] | None) -> None:
    assert read_spectrum(text(WAVE, FLUX, SIGMA, head=head)).position == (place and pytest.approx(place, abs=1e-4))
    hdu = table(WAVE, FLUX, SIGMA)
    primary = fits.PrimaryHDU()
    primary.header["RA"], primary.header["DEC"] = "17 57 48.5", "-04 41 36"
    assert read_spectrum(to_bytes(primary, hdu)).position == pytest.approx((269.452083, -4.693333), abs=1e-4)


@pytest.mark.parametrize("comment", ["air wavelengths", "vacuum wavelengths", "barycentric wavelengths"])
def test_a_comment_of_as_many_words_as_columns_names_none(comment: str) -> None:
    wave = vacuum_to_air(WAVE) if comment.startswith("air") else WAVE
    check(read_spectrum(text(wave, FLUX, head=f"# {comment}\n", mark=",")), sigma=False)
    check(read_spectrum(text(np.log10(wave), 1e3 * FLUX, head=f"# {comment}\n")), scale=1e3, sigma=False)


def test_an_index_of_pandas_is_nothing() -> None:
    number = np.arange(WAVE.size, dtype=float)
    for name in ("Unnamed: 0", "", "id"):
        check(read_spectrum(text(number, WAVE, FLUX, SIGMA, head=f"{name},wave,flux,err\n", mark=",")))
        last = text(WAVE, FLUX, number, head=f"wave,flux,{name}\n", mark=",")
        assert read_spectrum(last).uncertainty is None


def test_rows_that_begin_with_a_missing_number_are_rows() -> None:
    sigma, flux = SIGMA.copy(), FLUX.copy()
    sigma[:50] = flux[:50] = np.nan
    check(read_spectrum(text(sigma, np.zeros(WAVE.size), flux, WAVE, head="err dq flux_cal wavelength\n")))


def test_an_error_is_that_of_the_flux_it_fits() -> None:
    """The inverse root of the absolute error happens to be near the noise of the normalised flux."""
    level = 1.2e7
    data = text(WAVE, level * FLUX / LEVEL, level * SIGMA / LEVEL, FLUX / LEVEL, head="wave science e_flux flux_norm\n")
    spectrum = read_spectrum(data)
    check(spectrum, scale=level / LEVEL)


def test_two_numbered_fluxes_are_two_spectra_each_with_its_own_error() -> None:
    data = text(WAVE, FLUX, SIGMA, FLUX[::-1], SIGMA[::-1], head="wave,flux_1,err_1,flux_2,err_2\n", mark=",")
    spectrum = read_spectrum(data)
    check(spectrum)
    assert "several_spectra" in spectrum.flags


@pytest.mark.parametrize("names", ["# wave F_lambda F_lambda_err\n", "# lambda Flux_nu e_Flux_nu\n"])
def test_densities_by_their_symbol(names: str) -> None:
    check(read_spectrum(text(WAVE, FLUX, SIGMA, head=names)))


def test_the_logarithm_of_a_flux_by_its_symbol() -> None:
    data = text(WAVE, np.log10(FLUX), SIGMA / FLUX / np.log(10), head="# wave logF e_logF\n")
    check(read_spectrum(data))


@pytest.mark.parametrize("value", ["F", False])
def test_the_card_vacuum(value: str | bool) -> None:
    primary = fits.PrimaryHDU()
    primary.header["VACUUM"] = value
    spectrum = read_spectrum(to_bytes(primary, table(vacuum_to_air(WAVE), FLUX, SIGMA)))
    check(spectrum)
    assert "medium_guessed" not in spectrum.flags


@pytest.mark.parametrize(
    ("name", "values"),
    [("wavenumber", 1e8 / WAVE), ("frequency", SPEED_OF_LIGHT * 10 / WAVE), ("energy", 12398.419843320026 / WAVE)],
)
def test_a_quantity_without_a_unit(name: str, values: np.ndarray) -> None:
    """Kayser, THz and eV, as light near the visible has them."""
    check(read_spectrum(text(values, FLUX, SIGMA, head=f"{name},flux,err\n", mark=",")))


def test_a_blaze_in_the_extension_beside_each_order() -> None:
    blaze = 3e4 * np.exp(-(((WAVE - 8817.0) / 40.0) ** 2))
    hdus = [fits.PrimaryHDU()]
    for number, shift in ((60, 100.0), (61, 0.0)):
        own = table(WAVE + shift, FLUX * blaze, SIGMA * blaze, f"ORDER{number}")
        hdus += [own, fits.ImageHDU(blaze, name=f"BLAZE{number}")]
    check(read_spectrum(to_bytes(*hdus)))


def test_a_run_of_one_number_is_no_spectrum() -> None:
    flux = np.where((WAVE > 8810) & (WAVE < 8810.5), 1.0, FLUX)
    spectrum = read_spectrum(text(WAVE, flux, SIGMA, head="# wave flux err\n"))
    assert np.isnan(np.interp(8810.25, spectrum.wavelength, spectrum.flux))
    check(spectrum)


def test_swiss_thousands() -> None:
    rows = "".join(
        f"{w:,.4f}\t{f:,.3f}\t{s:,.4f}\n".replace(",", "'") for w, f, s in zip(WAVE, FLUX, SIGMA, strict=True)
    )
    check(read_spectrum(f"wavelength\tflux\terr\n{rows}".encode()))


@pytest.mark.parametrize("head", ["wave_lo wave_hi flux err\n", ""])
def test_edges_of_bins_are_not_their_middles(head: str) -> None:
    check(read_spectrum(text(WAVE - 0.025, WAVE + 0.025, FLUX, SIGMA, head=head), name="bins.txt"))


def test_two_wavelengths_that_are_no_edges_stay_two() -> None:
    """Air beside vacuum, and a column that is the other one pixel on, by chance or not, in a table of few rows."""
    check(
        read_spectrum(text(WAVE, vacuum_to_air(WAVE), FLUX, SIGMA, head="wave_vac wave_air flux err\n"), name="x.txt")
    )
