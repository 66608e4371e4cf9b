"""The extension that a user names, and what words about the columns of a table say where their names do not."""

from __future__ import annotations

import io

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from dtl.readers.options import ReadOptions
from dtl.spectrum import UnusableInput
from tests.builders import star_flux
from tests.readers.layouts import grid, to_bytes, truth
from tests.readers.reading import read_columns, read_spectrum

WAVE = grid()
SIGMA = 0.01 * np.sqrt(star_flux(WAVE))
FLUX = star_flux(WAVE) + SIGMA * np.random.default_rng(4).normal(size=WAVE.size)


def table(names: tuple[str, ...], values: tuple[np.ndarray, ...], name: str = "", **cards: str) -> fits.BinTableHDU:
    hdu = fits.BinTableHDU.from_columns(
        [fits.Column(n, "D", array=a) for n, a in zip(names, values, strict=True)], name=name
    )
    for key, value in cards.items():
        hdu.header[key] = value
    return hdu


def two_visits() -> bytes:
    """Two exposures of one setting, with columns that differ in name, so that neither is an order of the other."""
    return to_bytes(
        fits.PrimaryHDU(),
        table(("wave", "flux", "err"), (WAVE, FLUX, SIGMA), "VISIT1"),
        table(("lambda", "counts", "sigma"), (WAVE, 3 * FLUX, 3 * SIGMA), "VISIT2"),
    )


@pytest.mark.parametrize(("wanted", "factor"), [(None, 1), ("1", 1), ("2", 3), ("visit2", 3), ("VISIT1", 1)])
def test_an_extension_by_number_or_name(wanted: str | None, factor: int) -> None:
    spectrum = read_spectrum(two_visits(), name="v.fits", options=ReadOptions(extension=wanted))
    np.testing.assert_allclose(spectrum.flux, factor * np.interp(spectrum.wavelength, WAVE, FLUX))
    np.testing.assert_allclose(spectrum.uncertainty, factor * np.interp(spectrum.wavelength, WAVE, SIGMA))
    found = next(f for f in spectrum.findings if f.name == "extension")
    assert found.source == ("user" if wanted else "file")


def test_an_extension_that_is_not_there() -> None:
    with pytest.raises(UnusableInput, match=r"no spectrum in extension '7'; it has extension 1 'VISIT1'; extension 2"):
        read_spectrum(two_visits(), name="v.fits", options=ReadOptions(extension="7"))


def test_an_extension_among_images() -> None:
    hdus = [fits.PrimaryHDU()]
    for factor, name in ((1, "FIRST"), (2, "SECOND")):
        hdu = fits.ImageHDU(factor * FLUX, name=name)
        for key, value in {"CRVAL1": WAVE[0], "CRPIX1": 1.0, "CDELT1": 0.05, "CUNIT1": "Angstrom"}.items():
            hdu.header[key] = value
        hdus.append(hdu)
    spectrum = read_spectrum(to_bytes(*hdus), name="i.fits", options=ReadOptions(extension="second"))
    np.testing.assert_allclose(spectrum.flux, 2 * np.interp(spectrum.wavelength, WAVE, FLUX), rtol=1e-6)


@pytest.mark.parametrize("key", ["TCOMM", "TDESC"])
@pytest.mark.parametrize(
    "names", [("COL1", "COL2", "COL3", "COL4"), ("a", "b", "q", "z"), ("C_1", "C_2", "C_3", "C_4")]
)
def test_words_about_columns_say_what_names_do_not(key: str, names: tuple[str, ...]) -> None:
    """The sky stands first and the inverse variance last, so that no order of columns would do."""
    words = ("Sky background in counts", "Inverse variance of the flux", "Flux of the star per pixel",
             "Wavelength in air [Angstrom]")  # fmt: skip
    cards = {f"{key}{i}": text for i, text in enumerate(words, 1)}
    hdu = table(names, (0.1 + 0 * WAVE, SIGMA**-2, FLUX, WAVE), **cards)
    spectrum = read_spectrum(to_bytes(fits.PrimaryHDU(), hdu), name="w.fits")
    assert next(f.value for f in spectrum.findings if f.name == "medium") == "air"
    inside = (spectrum.wavelength > 8800) & (spectrum.wavelength < 8835)
    expected = np.interp(spectrum.wavelength[inside] - 2.42, WAVE, SIGMA)
    np.testing.assert_allclose(spectrum.uncertainty[inside], expected, rtol=0.02)
    assert np.median(np.abs(spectrum.flux[inside] - np.interp(spectrum.wavelength[inside] - 2.42, WAVE, FLUX))) < 0.01


def test_ucds_say_what_names_do_not() -> None:
    ucds = {"TUCD1": "stat.error;phot.flux.density;em.wl", "TUCD2": "phot.flux.density;em.wl", "TUCD3": "em.wl"}
    data = to_bytes(fits.PrimaryHDU(), table(("a", "b", "q"), (SIGMA, FLUX, WAVE), **ucds))
    spectrum = read_spectrum(data, name="u.fits")
    np.testing.assert_allclose(spectrum.flux, np.interp(spectrum.wavelength, WAVE, FLUX))
    np.testing.assert_allclose(spectrum.uncertainty, np.interp(spectrum.wavelength, WAVE, SIGMA))


@pytest.mark.parametrize("names", [("a", "b", "q"), ("q0", "q1", "q2"), ("f0", "f1", "f2")])
def test_utypes_say_what_names_do_not(names: tuple[str, ...]) -> None:
    """As the Spectrum Data Model has them, in whatever name space; the errors were passed over."""
    types = ("ssa:Data.FluxAxis.Accuracy.StatError", "spec:Data.FluxAxis.Value", "Spectrum.Data.SpectralAxis.Value")
    cards = {f"TUTYP{i}": text for i, text in enumerate(types, 1)}
    data = to_bytes(fits.PrimaryHDU(), table(names, (SIGMA, FLUX, WAVE), **cards))
    spectrum = read_spectrum(data, name="u.fits")
    np.testing.assert_allclose(spectrum.flux, np.interp(spectrum.wavelength, WAVE, FLUX))
    np.testing.assert_allclose(spectrum.uncertainty, np.interp(spectrum.wavelength, WAVE, SIGMA))


@pytest.mark.parametrize(
    ("kind", "power"), [("StdDevUncertainty", 1), ("VarianceUncertainty", 2), ("InverseVariance", -2)]
)
@pytest.mark.parametrize("axis", [True, False])
def test_the_class_of_an_uncertainty_of_astropy(kind: str, power: int, axis: bool) -> None:
    """As `CCDData` writes it beside an image; variances were flagged as implausible."""
    header = fits.Header({"CRVAL1": WAVE[0], "CDELT1": WAVE[1] - WAVE[0], "CRPIX1": 1.0, "CTYPE1": "WAVE"})
    images = [fits.PrimaryHDU(FLUX, header if axis else None)]
    images += [fits.ImageHDU(SIGMA**power, fits.Header({"UTYPE": kind}), name="UNCERT")]
    images += [] if axis else [fits.ImageHDU(WAVE, name="WAVE")]
    spectrum = read_spectrum(to_bytes(*images), name="c.fits")
    np.testing.assert_allclose(spectrum.uncertainty, np.interp(spectrum.wavelength, WAVE, SIGMA), rtol=1e-3)
    assert "uncertainty_implausible" not in spectrum.flags


def test_a_name_goes_before_the_words_about_it() -> None:
    cards = {"TCOMM1": "flux", "TCOMM2": "wavelength", "TCOMM3": "a flux too"}
    hdu = table(("wave", "flux", "err"), (WAVE, FLUX, SIGMA), **cards)
    spectrum = read_spectrum(to_bytes(fits.PrimaryHDU(), hdu), name="n.fits")
    np.testing.assert_allclose(spectrum.flux, np.interp(spectrum.wavelength, WAVE, FLUX))
    assert [c.name for c in read_columns(to_bytes(fits.PrimaryHDU(), hdu))] == ["wave", "flux", "err"]


def test_ucds_of_a_votable() -> None:
    found = Table({"a": SIGMA, "b": FLUX, "q": WAVE})
    for name, ucd in (("a", "stat.error;phot.flux"), ("b", "phot.flux;em.wl"), ("q", "em.wl")):
        found[name].meta["ucd"] = ucd
    handle = io.BytesIO()
    found.write(handle, format="votable")
    spectrum = read_spectrum(handle.getvalue(), name="u.vot")
    np.testing.assert_allclose(spectrum.uncertainty, np.interp(spectrum.wavelength, WAVE, SIGMA), rtol=1e-6)


def votable(around: str = "", inside: str = "", *, one_row: bool = False) -> bytes:
    """A VOTable by hand, in rows of numbers or in one row of arrays."""
    size = ' arraysize="*"' if one_row else ""
    fields = "".join(
        f'<FIELD name="{name}" datatype="double" ucd="{ucd}"{size}/>'
        for name, ucd in (("x1", "em.wl"), ("x2", "phot.flux"), ("x3", "stat.error;phot.flux"))
    )
    columns = [[f"{value:.6f}" for value in column] for column in (WAVE, FLUX, SIGMA)]
    rows = [[" ".join(column) for column in columns]] if one_row else zip(*columns, strict=True)
    data = "".join(f"<TR>{''.join(f'<TD>{cell}</TD>' for cell in row)}</TR>" for row in rows)
    return (
        f"<VOTABLE><RESOURCE>{around}<TABLE>{inside}{fields}<DATA><TABLEDATA>{data}</TABLEDATA></DATA></TABLE>"
        "</RESOURCE></VOTABLE>"
    ).encode()


@pytest.mark.parametrize(
    "place", ["<GROUP>{}</GROUP>", "<GROUP><GROUP>{}</GROUP></GROUP>", "{}"], ids=["group", "groups", "alone"]
)
@pytest.mark.parametrize("name", ["SpecResPower", "em_res_power", "ResolvingPower"])
def test_names_of_the_virtual_observatory(place: str, name: str) -> None:
    words = f'<PARAM name="{name}" datatype="double" value="60000"/>'
    words += '<PARAM name="SpectralFrame" datatype="char" arraysize="*" value="BARYCENTER"/>'
    words += '<PARAM name="SpaceFrame" datatype="char" arraysize="*" value="TOPOCENTER"/>'
    spectrum = read_spectrum(votable(place.format(words)))
    assert (spectrum.resolution, spectrum.frame) == (60_000, "barycentric")


def test_what_stands_beside_the_arrays_of_the_one_row_of_a_votable() -> None:
    fields = b'<FIELD name="medium" datatype="char" arraysize="*"/><FIELD name="resolution" datatype="int"/>'
    row = votable(one_row=True).replace(b"<DATA>", fields + b"<DATA>")
    spectrum = read_spectrum(row.replace(b"</TR>", b"<TD>air</TD><TD>60000</TD></TR>"))
    said = {found.name: (found.value, found.source) for found in spectrum.findings}
    assert said["medium"] == ("air", "file") and spectrum.resolution == 60_000


def test_a_votable_of_one_row_of_arrays() -> None:
    spectrum = read_spectrum(votable(one_row=True))
    np.testing.assert_allclose(spectrum.flux, np.interp(spectrum.wavelength, WAVE, FLUX), atol=1e-5)
    np.testing.assert_allclose(spectrum.uncertainty, np.interp(spectrum.wavelength, WAVE, SIGMA), atol=1e-5)


def several_tables(*parts: tuple[str, np.ndarray, np.ndarray]) -> bytes:
    """A VOTable of several tables: the name of each, which is that of its star too, its wavelengths and its flux."""
    fields = "".join(
        f'<FIELD name="{name}" datatype="double"{unit}/>' for name, unit in (("wave", ' unit="Angstrom"'), ("flux", ""))
    )
    text = ""
    for name, wave, flux in parts:
        rows = "".join(f"<TR><TD>{x:.6f}</TD><TD>{y:.6f}</TD></TR>" for x, y in zip(wave, flux, strict=True))
        said = f'<PARAM name="star" datatype="char" arraysize="*" value="{name}"/>'
        text += f'<TABLE name="{name}">{said}{fields}<DATA><TABLEDATA>{rows}</TABLEDATA></DATA></TABLE>'
    return f"<VOTABLE><RESOURCE>{text}</RESOURCE></VOTABLE>".encode()


@pytest.mark.parametrize("swap", [False, True])
@pytest.mark.parametrize("other", ["blue", "telluric"])
def test_of_the_tables_of_a_votable_that_is_read_which_holds_the_spectrum(other: str, swap: bool) -> None:
    foreign = {"blue": WAVE - 900.0, "telluric": WAVE}[other]
    parts = [(other, foreign, 1.3 * FLUX[::-1]), ("GJ 1", WAVE, FLUX)]
    spectrum = read_spectrum(several_tables(*(parts[::-1] if swap else parts)))
    np.testing.assert_allclose(spectrum.flux, np.interp(spectrum.wavelength, WAVE, FLUX), atol=1e-5)
    assert spectrum.star == "GJ 1" and "several_spectra" not in spectrum.flags


def test_all_tables_of_a_votable_are_looked_at() -> None:
    few = slice(None, None, 40)
    parts = [(f"GJ {i}", WAVE[few] - 900.0, FLUX[few]) for i in range(1, 31)]
    assert read_spectrum(several_tables(*parts, ("GJ 31", WAVE, FLUX))).star == "GJ 31"


@pytest.mark.parametrize(
    ("unit", "resolution"), [("km/s", 299792.458 / 6.0), ("km.s-1", 299792.458 / 6.0), ("mA", None)]
)
def test_the_resolution_of_a_votable_with_its_unit(unit: str, resolution: float | None) -> None:
    said = f'<PARAM name="resolution" datatype="double" unit="{unit}" value="6.0"/>'
    assert read_spectrum(votable(inside=said)).resolution == (resolution and pytest.approx(resolution))


def test_a_table_of_a_votable_can_be_asked_for() -> None:
    data = several_tables(("GJ 1", WAVE, FLUX), ("GJ 2", WAVE, FLUX[::-1]))
    spectrum = read_spectrum(data)
    assert (spectrum.star, spectrum.spectra) == ("GJ 1", 2) and "several_spectra" in spectrum.flags
    assert [number for number, _ in spectrum.extensions] == ["1", "2"]
    for key in ("2", "GJ 2"):
        spectrum = read_spectrum(data, options=ReadOptions(extension=key))
        np.testing.assert_allclose(spectrum.flux, np.interp(spectrum.wavelength, WAVE, FLUX[::-1]), atol=1e-5)
        assert (spectrum.star, spectrum.spectra) == ("GJ 2", 1)
    with pytest.raises(UnusableInput, match="no spectrum in table 'GJ 3'; it has table 1 'GJ 1'; table 2"):
        read_spectrum(data, options=ReadOptions(extension="GJ 3"))


@pytest.mark.parametrize("model", ["spec", "ssa"])
@pytest.mark.parametrize("place", ["around", "inside", "group"])
def test_what_stands_around_a_votable(place: str, model: str) -> None:
    """Parameters by the names of the Spectrum Data Model (IVOA Recommendation 2011-11-20), and free words."""
    text = 'datatype="char" arraysize="*"'
    words = (
        f'<PARAM name="t" {text} utype="{model}:CoordSys.TimeFrame.RefPos" value="BARYCENTER"/>'
        f'<PARAM name="s" {text} utype="{model}:CoordSys.SpectralFrame.RefPos" value="TOPOCENTER"/>'
        f'<PARAM name="r" datatype="double" utype="{model}:Char.SpectralAxis.ResPower" value="61000"/>'
    )
    said = "<DESCRIPTION>Wavelengths in air. Template in vacuum.</DESCRIPTION>"
    inside = {"inside": said + words, "group": f"{said}<GROUP>{words}</GROUP>"}.get(place, "")
    spectrum = read_spectrum(votable(said + words if place == "around" else "", inside))
    assert spectrum.frame == "observatory" and spectrum.resolution == 61_000
    assert [found.value for found in spectrum.findings if found.name == "medium"] == ["air"]


@pytest.mark.parametrize("names", [("TEMPLATE", "SCIENCE"), ("SKY", "OBJ"), ("MODEL", "FLUX"), ("TELLURIC", "STAR")])
@pytest.mark.parametrize("swap", [False, True])
def test_an_extension_named_after_something_else_is_not_the_star(names: tuple[str, str], swap: bool) -> None:
    wave = grid()
    parts = [(names[0], 0.3 * truth(wave + 2.0)), (names[1], truth(wave))]
    hdus = [fits.PrimaryHDU()]
    for name, flux in reversed(parts) if swap else parts:
        columns = [fits.Column("wave", "D", array=wave), fits.Column("flux", "D", array=flux)]
        hdus.append(fits.BinTableHDU.from_columns(columns, name=name))
    spectrum = read_spectrum(to_bytes(*hdus))
    np.testing.assert_allclose(spectrum.flux, np.interp(spectrum.wavelength, wave, truth(wave)), rtol=1e-6)
    asked = read_spectrum(to_bytes(*hdus), options=ReadOptions(extension=names[0]))
    assert np.nanmedian(asked.flux) < 0.4


def images(wave: np.ndarray, flux: np.ndarray | None = None, *, names: tuple[str, str] = ("WAVE", "FLUX")) -> bytes:
    own = [
        fits.ImageHDU(values, name=name) for name, values in zip(names, (wave, flux), strict=True) if values is not None
    ]
    return to_bytes(fits.PrimaryHDU(), *own)


@pytest.mark.parametrize("turn", [1, -1])
def test_one_wavelength_more_than_fluxes_are_edges(turn: int) -> None:
    edges = np.r_[1.5 * WAVE[0] - 0.5 * WAVE[1], 0.5 * (WAVE[1:] + WAVE[:-1]), 1.5 * WAVE[-1] - 0.5 * WAVE[-2]]
    spectrum, plain = (read_spectrum(images(wave[::turn], FLUX[::turn])) for wave in (edges, WAVE))
    np.testing.assert_allclose(spectrum.wavelength, plain.wavelength, atol=1e-6)
    np.testing.assert_array_equal(spectrum.flux, plain.flux)
    assert "middles of bins" in [finding.value for finding in spectrum.findings]


@pytest.mark.parametrize("names", [("WAVE", "FLUX"), ("", "")])
def test_lengths_that_differ_are_told(names: tuple[str, str]) -> None:
    count = WAVE.size
    with pytest.raises(UnusableInput, match=rf"has {count:,} wavelengths \(.*\) and {count - 5:,} values beside them"):
        read_spectrum(images(WAVE, FLUX[:-5], names=names))
    with pytest.raises(UnusableInput, match="has wavelengths but no fluxes"):
        read_spectrum(images(WAVE, names=names))
    with pytest.raises(UnusableInput, match="has fluxes but no wavelengths"):
        read_spectrum(images(FLUX, names=(names[1], "")))


def test_numbers_that_were_written_as_text() -> None:
    columns = [
        (name, [f"{x:.9g}" for x in values]) for name, values in (("WAVE", WAVE), ("FLUX", FLUX), ("ERR", SIGMA))
    ]
    columns += [("STAR", ["699"] * WAVE.size)]
    hdu = fits.BinTableHDU.from_columns([fits.Column(name, "16A", array=np.array(own)) for name, own in columns])
    content = to_bytes(fits.PrimaryHDU(), hdu)
    spectrum, plain = (
        read_spectrum(content),
        read_spectrum(to_bytes(fits.PrimaryHDU(), table(("WAVE", "FLUX", "ERR"), (WAVE, FLUX, SIGMA)))),
    )
    np.testing.assert_allclose(spectrum.wavelength, plain.wavelength, rtol=1e-8)
    np.testing.assert_allclose(spectrum.flux, plain.flux, rtol=1e-8)
    assert "STAR" not in [column.name for column in read_columns(content)]


@pytest.mark.parametrize(
    ("names", "errors"),
    [("ORDER0 ORDER1", ""), ("ORDER_66 ORDER_67", "ERR_66 ERR_67"), ("SPEC1 SPEC2", ""), ("CHIP1 CHIP2", "SIG1 SIG2")],
)
def test_orders_as_images_with_an_axis_each(names: str, errors: str) -> None:
    """Each is on wavelengths of its own, with the errors of its own number."""
    hdus = [fits.PrimaryHDU()]
    starts = (8780.0, 8815.0)
    for words, parts in ((names, (1.0, 1.0)), (errors, (0.01, 0.02))):
        for name, start, part in zip(words.split(), starts, parts, strict=False):
            hdu = fits.ImageHDU(part * star_flux(start + 0.05 * np.arange(900)), name=name)
            for key, value in {"CRVAL1": start, "CRPIX1": 1.0, "CDELT1": 0.05, "CUNIT1": "Angstrom"}.items():
                hdu.header[key] = value
            hdus.append(hdu)
    spectrum = read_spectrum(to_bytes(*hdus))
    assert [order[1:] for order in spectrum.orders] == [(8780.0, 8824.95), (8815.0, 8859.95)]
    assert spectrum.spectra == 1 and "several_spectra" not in spectrum.flags
    if errors:
        for part, expected in (((8800, 8814), 0.01), ((8826, 8835), 0.02)):
            inside = (spectrum.wavelength > part[0]) & (spectrum.wavelength < part[1])
            sigma = spectrum.uncertainty[inside] / spectrum.flux[inside]
            np.testing.assert_allclose(np.nanmedian(sigma), expected, rtol=1e-2)


@pytest.mark.parametrize("name", ["COADD", "Combined_1", "MERGED", "SUM", "co-added", "STACK"])
@pytest.mark.parametrize("columns", [("wave", "flux", "err"), ("lambda", "counts", "sigma")])
def test_a_sum_goes_before_the_exposures(name: str, columns: tuple[str, ...]) -> None:
    """Whether it has the columns of the others or not; the others can still be asked for."""
    tables = [table(("wave", "flux", "err"), (WAVE, FLUX, SIGMA), f"EXP{i}") for i in (1, 2)]
    data = to_bytes(fits.PrimaryHDU(), *tables, table(columns, (WAVE, 9 * FLUX, 9 * SIGMA), name))
    spectrum = read_spectrum(data)
    np.testing.assert_allclose(spectrum.flux, 9 * np.interp(spectrum.wavelength, WAVE, FLUX))
    np.testing.assert_allclose(spectrum.uncertainty, 9 * np.interp(spectrum.wavelength, WAVE, SIGMA))
    assert f"extension 3 '{name.upper()}'" in next(f.value for f in spectrum.findings if f.name == "extension")
    assert ("several_spectra" in spectrum.flags) == (columns[0] == "wave") and len(spectrum.extensions) == 3
    exposure = read_spectrum(data, options=ReadOptions(extension="1"))
    np.testing.assert_allclose(exposure.flux, np.interp(exposure.wavelength, WAVE, FLUX))


@pytest.mark.parametrize("name", ["SUMMARY", "UNMERGED", "EXP3"])
def test_no_sum(name: str) -> None:
    tables = [table(("wave", "flux", "err"), (WAVE, k * FLUX, SIGMA), n) for k, n in ((1, "EXP1"), (9, name))]
    spectrum = read_spectrum(to_bytes(fits.PrimaryHDU(), *tables))
    np.testing.assert_allclose(spectrum.flux, np.interp(spectrum.wavelength, WAVE, FLUX))


@pytest.mark.parametrize("orders", [5, 61])
def test_orders_without_wavelengths_are_told(orders: int) -> None:
    """Counts may have the size of wavelengths."""
    counts = np.random.default_rng(1).normal(8800.0, 60.0, (orders, 1024))
    with pytest.raises(UnusableInput, match=f"fluxes of {orders} orders but no wavelengths .* second file"):
        read_spectrum(to_bytes(fits.PrimaryHDU(counts)))


def ceres() -> np.ndarray:
    """Planes of CERES: wavelengths, flux, ivar, flux without blaze, ivar, normalised flux, ivar, continuum, S/N, ..."""
    rows, place = np.arange(4)[:, None], np.linspace(0, 1, 1800)
    wave = 8650.0 + 80.0 * rows + 110.0 * place
    blaze = 1000.0 * (1.0 - (place - 0.5) ** 2) + 0 * rows
    flux = 1 + 0.2 * np.sin(wave) + 0.01 * np.random.default_rng(1).normal(size=wave.shape)
    sigma = 0.01 * np.ones_like(flux)
    own = [wave, flux * blaze, (sigma * blaze) ** -2.0, 900 * flux, (900 * sigma) ** -2.0, flux, sigma**-2.0]
    return np.array([*own, 900 + 0 * wave, flux / sigma, flux, sigma**-2.0])


@pytest.mark.parametrize("card", [("PIPELINE", "CERES"), ("HIERARCH (LAMBDA_BARY / LAMBDA_TOPO)", 1.00003)])
@pytest.mark.parametrize("cut", [np.s_[:], np.s_[:, 1:3], np.s_[:, 2:3], np.s_[:, 2]])
def test_planes_of_ceres_also_of_one_order(cut: slice, card: tuple[str, object]) -> None:
    """What it only extracts has not the name of the pipeline."""
    planes = ceres()
    hdu = fits.PrimaryHDU(planes[cut])
    hdu.header["INSTRUME"], hdu.header[card[0]] = "FEROS", card[1]
    found = read_spectrum(to_bytes(hdu))
    near = (found.wavelength > 8845) & (found.wavelength < 8865)  # no other order is there
    assert "medium_guessed" not in found.flags
    np.testing.assert_allclose(found.uncertainty[near], 9.0, rtol=0.01)  # an order is scaled to its neighbour
    true = np.interp(found.wavelength[near], planes[0, 2], planes[3, 2])
    np.testing.assert_allclose(found.flux[near], true, rtol=0.01)


def test_names_before_the_unit() -> None:
    """APOGEE's files name their extensions so."""
    said = ("Flux (10^-17 erg/s/cm^2/Ang)", "Err (10^-17 erg/s/cm^2/Ang)", "Flag Mask (bitwise)", "Wavelength (Ang)")
    arrays = (FLUX, SIGMA, np.zeros(WAVE.size), WAVE)
    hdus = [
        fits.ImageHDU(np.array([values, values + 120 * (unit[:4] == "Wave")]))
        for unit, values in zip(said, arrays, strict=True)
    ]
    for hdu, unit in zip(hdus, said, strict=True):
        hdu.header["BUNIT"] = unit
    spectrum = read_spectrum(to_bytes(fits.PrimaryHDU(), *hdus), name="v.fits")
    np.testing.assert_allclose(spectrum.flux, np.interp(spectrum.wavelength, WAVE, FLUX))
    np.testing.assert_allclose(spectrum.uncertainty, np.interp(spectrum.wavelength, WAVE, SIGMA))


@pytest.mark.parametrize("wanted", ["FLUX", "flux", "6", "1", None])
def test_an_extension_is_found_among_many_of_one_shape(wanted: str | None) -> None:
    others = {name: np.ones_like(FLUX) for name in ("TEMPLATE", "SKY", "CONT", "BLAZE")}
    arrays = others | {"WAVE": WAVE, "FLUX": FLUX, "SIG": SIGMA}
    content = to_bytes(fits.PrimaryHDU(), *(fits.ImageHDU(values, name=name) for name, values in arrays.items()))
    spectrum = read_spectrum(content, name="a.fits", options=ReadOptions(extension=wanted))
    inside = (WAVE >= spectrum.wavelength[0]) & (WAVE <= spectrum.wavelength[-1])
    np.testing.assert_allclose(spectrum.flux, FLUX[inside])
    with pytest.raises(UnusableInput, match=r"^a\.fits has no spectrum in extension 'X'; it has extension 1"):
        read_spectrum(content, name="a.fits", options=ReadOptions(extension="X"))


def test_an_extension_is_found_by_a_long_name() -> None:
    name = "SPECTRUM OF THE FIRST NIGHT, SECOND EXPOSURE"
    content = to_bytes(fits.PrimaryHDU(), table(("wave", "flux", "err"), (WAVE, FLUX, SIGMA), name))
    assert read_spectrum(content, name="a.fits", options=ReadOptions(extension=name)).flux.size > 1000
