"""Each layout is read back to the spectrum that was written into it."""

from __future__ import annotations

import gzip
import io

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import QTable
from PyAstronomy import pyasl

from dtl.readers import ReadOptions
from dtl.readers.pixels.joining import merge
from dtl.readers.pixels.orders import Order, choose, split, tidy
from dtl.spectrum import Spectrum
from dtl.wavelengths import air_to_vacuum
from tests.builders import WINDOW
from tests.readers import layouts
from tests.readers.reading import read_spectrum


def finding(spectrum: Spectrum, name: str):
    """The one finding of a name."""
    found = [f for f in spectrum.findings if f.name == name]
    assert len(found) == 1, (name, spectrum.findings)
    return found[0]


def check(spectrum: Spectrum, scale: float = 1.0, tolerance: float = 2e-3) -> None:
    """The promises of every spectrum, and the flux at its wavelengths in the window."""
    assert (np.diff(spectrum.wavelength) > 0).all()
    assert spectrum.wavelength.dtype == spectrum.flux.dtype == np.dtype(float)
    assert 8760 <= spectrum.wavelength[0] and spectrum.wavelength[-1] <= 8875
    inside = (spectrum.wavelength > 8800) & (spectrum.wavelength < 8835) & np.isfinite(spectrum.flux)
    assert inside.sum() > 100
    np.testing.assert_allclose(
        spectrum.flux[inside] / scale, layouts.truth(spectrum.wavelength[inside]), atol=tolerance
    )
    assert len({f.name for f in spectrum.findings} & {"format", "unit", "medium", "frame", "resolution", "range"}) == 6
    assert {f.source for f in spectrum.findings} <= {"file", "guessed", "user"}
    assert all(f.reason for f in spectrum.findings)


@pytest.mark.parametrize("pipeline", ["team", "goldilocks"])
def test_hpf(pipeline: str) -> None:
    cards = {"HIERARCH BRVCORR": 26493.0} if pipeline == "goldilocks" else {}
    spectrum = read_spectrum(layouts.hpf(pipeline, **cards), name="hpf.fits")
    check(spectrum, 1000.0)
    np.testing.assert_allclose(np.nanmedian(spectrum.uncertainty), 5.0)
    assert np.isnan(spectrum.flux[:4]).all() and np.isnan(spectrum.uncertainty[:4]).all()
    np.testing.assert_allclose(spectrum.sky, 10 * np.sin(spectrum.wavelength), atol=0.02)
    assert (spectrum.star, spectrum.instrument, spectrum.frame) == ("GJ 699", "HPF", "observatory")
    assert spectrum.resolution == 55000
    # the reference is that of the observation, from astropy, without proper motion
    assert spectrum.barycentric_velocity == pytest.approx(26.493, abs=0.05)
    assert "6 (8781.6" in finding(spectrum, "orders").value
    assert ("Goldilocks" in finding(spectrum, "format").value) == (pipeline == "goldilocks")


def test_hpf_without_names_of_wavelengths() -> None:
    spectrum = read_spectrum(layouts.hpf(wavelengths="unnamed"))
    check(spectrum, 1000.0)
    assert finding(spectrum, "wavelengths").source == "guessed"
    assert "science fibre" in finding(spectrum, "sky").reason


def test_hpf_does_not_trust_the_telescope() -> None:
    spectrum = read_spectrum(layouts.hpf(QRA=None, QDEC=None))
    assert spectrum.barycentric_velocity is None
    assert "not trusted" in finding(spectrum, "barycentric velocity").reason


def test_carmenes() -> None:
    spectrum = read_spectrum(layouts.carmenes())
    check(spectrum)
    assert spectrum.instrument == "CARMENES" and spectrum.resolution == 94600 and spectrum.frame == "observatory"
    assert spectrum.barycentric_velocity == pytest.approx(12.345)
    assert "2 of 4 used: 2 (8784.0–8937.0 Å), 1 (8634.0–8810.0 Å)" in finding(spectrum, "orders").value
    assert spectrum.wavelength[0] == pytest.approx(8760, abs=0.1)
    bad = np.isnan(spectrum.flux)
    expected = layouts.caracal_wavelengths()[2][[1200, 1201, 1202, 1300]]
    np.testing.assert_allclose(spectrum.wavelength[bad], expected)
    assert finding(spectrum, "blaze").value == "removed"


def test_carmenes_weights() -> None:
    """Where two orders overlap, the scatter is that of inverse-variance weights and the uncertainty says so."""
    spectrum = read_spectrum(layouts.carmenes(np.random.default_rng(1)))
    overlap = (spectrum.wavelength > 8786) & (spectrum.wavelength < 8808) & np.isfinite(spectrum.flux)
    residual = (spectrum.flux - layouts.truth(spectrum.wavelength))[overlap] / spectrum.uncertainty[overlap]
    assert 0.7 < np.std(residual) < 1.1
    wave = spectrum.wavelength[overlap]
    places = [2 * (wave - low) / (high - low) - 1 for low, high in ((8634.0, 8810.0), (8784.0, 8937.0))]
    light = sum(gain * (1.05 - x**2) for gain, x in zip((0.8, 1.2), places, strict=True))
    np.testing.assert_allclose(spectrum.uncertainty[overlap], 0.01 / np.sqrt(light), rtol=0.05)


def test_serval_template() -> None:
    spectrum = read_spectrum(layouts.serval())
    check(spectrum)
    assert spectrum.frame == "barycentric" and finding(spectrum, "frame").source == "guessed"
    assert spectrum.barycentric_velocity is None
    assert finding(spectrum, "unit").value == "ln(Å)"


@pytest.mark.parametrize(("ucd", "medium"), [("em.wl;obs.atmos", "air"), ("em.wl", "vacuum")])
@pytest.mark.parametrize("unit", ["angstrom", "nm"])
def test_eso(ucd: str, medium: str, unit: str) -> None:
    spectrum = read_spectrum(layouts.eso(ucd, unit=unit))
    check(spectrum)
    assert finding(spectrum, "medium").value == medium and finding(spectrum, "medium").source == "file"
    assert spectrum.frame == "barycentric" and spectrum.barycentric_velocity is None
    assert spectrum.uncertainty is None and finding(spectrum, "uncertainty").value == "none"
    assert spectrum.resolution == 48000 and spectrum.instrument == "FEROS"


def test_eso_with_errors() -> None:
    spectrum = read_spectrum(layouts.eso(error=0.02, specsys="TOPOCENT"))
    np.testing.assert_allclose(spectrum.uncertainty, 0.02, rtol=1e-6)
    assert spectrum.frame == "observatory"
    assert read_spectrum(layouts.eso(error=0.0)).uncertainty is None


@pytest.mark.parametrize(
    ("names", "unit"),
    [
        (("wavelength", "flux", "error"), "nm"),
        (("flux", "ivar", "wavelength"), "Angstrom"),
        (("loglam", "flux", "ivar"), None),
        (("wavelength", "flux", "error", "qual"), None),
    ],
)
def test_fits_table(names: tuple[str, ...], unit: str | None) -> None:
    spectrum = read_spectrum(layouts.fits_table(names, unit))
    check(spectrum)
    good = np.isfinite(spectrum.flux)
    np.testing.assert_allclose(spectrum.uncertainty[good], 0.01)
    assert (~good).sum() == (1 if "qual" in names else 0)
    assert finding(spectrum, "unit").source == ("file" if unit else "guessed")


def test_simulated_marker() -> None:
    assert read_spectrum(layouts.fits_table(SIMULAT=True)).simulated
    assert not read_spectrum(layouts.fits_table()).simulated
    assert read_spectrum(layouts.text(head="# simulated observation, not a real star\n")).simulated
    assert not read_spectrum(layouts.text(head="# simulated: false\n")).simulated


def test_neid() -> None:
    spectrum = read_spectrum(layouts.neid())
    check(spectrum)
    np.testing.assert_allclose(spectrum.uncertainty, 0.01)
    assert (spectrum.instrument, spectrum.frame, spectrum.resolution) == ("NEID", "observatory", 110000)
    assert abs(spectrum.barycentric_velocity) < 15


def test_compressed_images() -> None:
    wave = layouts.grid()
    parts = {"WAVE": np.tile(wave, (2, 1)), "FLUX": np.tile(layouts.truth(wave), (2, 1))}
    hdus = [fits.CompImageHDU(data, name=name, compression_type="GZIP_1") for name, data in parts.items()]
    check(read_spectrum(layouts.to_bytes(fits.PrimaryHDU(), *hdus)))


def test_vectors_of_variable_length() -> None:
    wave = layouts.grid()
    arrays = {"WAVE": np.array([wave], dtype=object), "FLUX": np.array([layouts.truth(wave)], dtype=object)}
    table = fits.BinTableHDU.from_columns([fits.Column(name, "PD()", array=data) for name, data in arrays.items()])
    check(read_spectrum(layouts.to_bytes(fits.PrimaryHDU(), table)))


def test_image_with_wavelengths_in_its_first_row() -> None:
    wave = layouts.grid()
    rows = np.array([wave / 10, layouts.truth(wave), np.full(len(wave), 0.01)])
    spectrum = read_spectrum(layouts.to_bytes(fits.PrimaryHDU(rows)))
    check(spectrum)
    np.testing.assert_allclose(spectrum.uncertainty, 0.01)


def test_chiron() -> None:
    spectrum = read_spectrum(layouts.chiron())
    check(spectrum, 1000.0, 5e-3)  # 32-bit wavelengths
    assert spectrum.resolution == pytest.approx(27474.06) and finding(spectrum, "resolution").source == "file"
    assert finding(spectrum, "medium").value == "air"
    assert spectrum.barycentric_velocity == pytest.approx(-26.216, abs=0.05)
    assert spectrum.uncertainty is None


@pytest.mark.parametrize("kind", ["linear", "log10", "ln", "cd"])
def test_wcs(kind: str) -> None:
    check(read_spectrum(layouts.wcs(kind)))


@pytest.mark.parametrize("cards", [{"CDELT1": 0.0}, {"CDELT1": 1.0}, {"CD1_1": "0.05"}, {"CRVAL1": "8765.0 "}])
def test_wcs_as_it_should_not_be_written(cards: dict[str, object]) -> None:
    """A step of 0 or 1 beside the right one, and numbers as text."""
    check(read_spectrum(layouts.wcs("cd", **cards)))


def test_two_steps_of_one_axis() -> None:
    """By the standard CD1_1 goes before; that they differ is a doubt about all that depends on wavelengths."""
    spectrum = read_spectrum(layouts.wcs("cd", CDELT1=0.0501))
    check(spectrum)
    assert "wavelengths_doubtful" in spectrum.flags and "CDELT1 = 0.0501" in finding(spectrum, "step").reason
    assert "wavelengths_doubtful" not in read_spectrum(layouts.wcs("cd", CDELT1=0.05)).flags


def test_two_resolutions_of_one_header() -> None:
    told = {"near": read_spectrum(layouts.eso(SPEC_RES=48000.0, RESOLUTN=50000.0))}
    told["far"] = read_spectrum(layouts.eso(SPEC_RES=48000.0, RESOLUTN=115000.0))
    assert told["near"].resolution == pytest.approx(50000.0) and told["far"].resolution is None
    reason = finding(told["far"], "resolution").reason
    assert "48,000" in reason and "115,000" in reason


def test_wcs_unit_in_the_type_of_the_axis() -> None:
    """CTYPE1 = 'Angstrom' without CUNIT1 is read silently wrong elsewhere."""
    spectrum = read_spectrum(layouts.wcs(CTYPE1="Angstrom"))
    check(spectrum)
    assert finding(spectrum, "unit").value == "Å" and "CTYPE1" in finding(spectrum, "unit").reason


def test_wcs_air() -> None:
    spectrum = read_spectrum(layouts.wcs(CTYPE1="AWAV", CUNIT1="Angstrom"))
    vacuum = read_spectrum(layouts.wcs(CTYPE1="WAVE", CUNIT1="Angstrom"))
    assert finding(spectrum, "medium").value == "air" and finding(spectrum, "medium").source == "file"
    assert finding(vacuum, "medium").value == "vacuum"
    shift = (
        spectrum.wavelength[500] - vacuum.wavelength[np.searchsorted(vacuum.wavelength, spectrum.wavelength[500]) - 48]
    )
    assert shift == pytest.approx(2.42, abs=0.1)


def test_wrong_unit_in_the_header() -> None:
    spectrum = read_spectrum(layouts.wcs(CUNIT1="nm"))
    check(spectrum)
    assert finding(spectrum, "unit").source == "guessed" and "CUNIT1" in finding(spectrum, "unit").reason


def test_multispec() -> None:
    spectrum = read_spectrum(layouts.multispec())
    check(spectrum)
    assert finding(spectrum, "medium").value == "air" and finding(spectrum, "medium").source == "guessed"
    assert "1 (" in finding(spectrum, "orders").value


@pytest.mark.parametrize("separator", [" ", "   ", ",", ", ", ";", "\t"])
@pytest.mark.parametrize("columns", [2, 3, 4])
def test_text(separator: str, columns: int) -> None:
    spectrum = read_spectrum(layouts.text(separator, columns))
    check(spectrum)
    assert (spectrum.uncertainty is None) == (columns == 2)
    assert finding(spectrum, "medium").source == "guessed" and finding(spectrum, "medium").value == "vacuum"
    assert spectrum.frame == "unknown" and spectrum.resolution is None


@pytest.mark.parametrize(
    "head",
    [
        "# wavelength flux error\n",
        "wavelength flux error\n",
        "Wavelength [Angstrom] Flux Error\n",
        "% a comment\n\n! another\nlambda_vac flux sigma\n",
        "// notes: none\n",
    ],
)
def test_text_heads(head: str) -> None:
    spectrum = read_spectrum(layouts.text(head=head))
    check(spectrum)
    np.testing.assert_allclose(spectrum.uncertainty, 0.01)


@pytest.mark.parametrize(("unit", "word"), [(10.0, "nm"), (1e4, "µm"), (1.0, "Å")])
def test_guessed_unit(unit: float, word: str) -> None:
    spectrum = read_spectrum(layouts.text(unit=unit))
    check(spectrum)
    unit_finding = finding(spectrum, "unit")
    assert (unit_finding.value, unit_finding.source) == (word, "guessed") and "window" in unit_finding.reason


def test_unit_and_medium_in_the_name_of_a_column() -> None:
    spectrum = read_spectrum(layouts.text(",", 2, "wavelength_air (nm),flux\n", 10.0))
    assert finding(spectrum, "unit").source == "file" and finding(spectrum, "medium").value == "air"
    lines = layouts.text(",", 2, unit=10.0).decode().splitlines()
    expected = air_to_vacuum(10 * np.array([float(line.split(",")[0]) for line in lines]))
    kept = expected[(expected > 8760) & (expected < 8875)]
    np.testing.assert_allclose(spectrum.wavelength, kept, atol=1e-4)


def test_decimal_comma_and_missing_values() -> None:
    german = layouts.text(";", 3).decode().replace(".", ",").encode()
    check(read_spectrum(german))
    blank = layouts.text(" ", 2).decode().replace(".", ",").encode()
    check(read_spectrum(blank))
    lines = layouts.text(",", 3).decode().splitlines()
    lines[900] = lines[900].split(",")[0] + ",NaN,"
    lines[901] = lines[901].split(",")[0] + ",INDEF,0.01"
    spectrum = read_spectrum("\n".join(lines).encode())
    check(spectrum)
    assert np.isnan(spectrum.flux).sum() == 2


def test_text_meta_data() -> None:
    head = (
        "# star: GJ_699\n# instrument = MAROON-X\n# medium: air\n# frame: observatory\n# R = 85,000\n"
        "# berv: -12.5 km/s\n# simulated: true\n"
    )
    spectrum = read_spectrum(layouts.text(head=head))
    assert (spectrum.star, spectrum.instrument, spectrum.frame) == ("GJ 699", "MAROON-X", "observatory")
    assert spectrum.resolution == 85000 and spectrum.barycentric_velocity == -12.5 and spectrum.simulated
    assert finding(spectrum, "medium").value == "air" and finding(spectrum, "medium").source == "file"


def test_text_meta_data_behind_tabulators() -> None:
    head = "# simulated\tno\n# OBJECT\tGJ 699\n# Instrument\tMAROON-X\n#medium\tair\n# BERV [km/s]\t-12.5\n"
    spectrum = read_spectrum(layouts.text(head=head))
    assert (spectrum.star, spectrum.instrument, spectrum.frame) == ("GJ 699", "MAROON-X", "observatory")
    assert spectrum.barycentric_velocity == -12.5 and finding(spectrum, "medium").value == "air"
    assert not spectrum.simulated


@pytest.mark.parametrize(
    "head",
    [
        "# name\tvalue\n",
        "# object\tflux\n",
        "# star\trv\n",
        "# object\tdate\n",
        "# Star\tSpT\n",
        "# Object\tEpoch\n",
        "# name\tcolumn\n",
        "# star\tGJ 1\tM4\n",
        "# the star\tGJ 1\n",
    ],
)
def test_a_line_of_names_behind_tabulators_names_no_star(head: str) -> None:
    assert read_spectrum(layouts.text(head=head)).star == ""


@pytest.mark.parametrize("star", ["GJ 699", "Wolf359", "Barnard's", "Proxima Centauri"])
def test_a_star_behind_a_tabulator(star: str) -> None:
    assert read_spectrum(layouts.text(head=f"# Star\t{star}\n")).star == star


@pytest.mark.parametrize(
    ("head", "frame"),
    [
        ("# specsys: BARYCENT\n# frame: ICRS\n", "barycentric"),
        ("# frame: ICRS\n# specsys: BARYCENT\n", "barycentric"),
        ("# frame: ICRS\n", "unknown"),
    ],
)
def test_a_frame_of_coordinates_hides_none_of_wavelengths(head: str, frame: str) -> None:
    assert read_spectrum(layouts.text(head=head)).frame == frame


@pytest.mark.parametrize(
    "line",
    [
        "BERV (km/s): -12.5",
        "BERV in km/s: -12.5",
        "berv_mps: -12500",
        "berv_kms: -12.5",
        "barycentric correction [km s^-1] = -12.5",
        "BERV (m/s): -12500",
    ],
)
def test_unit_of_a_velocity_behind_its_name(line: str) -> None:
    spectrum = read_spectrum(layouts.text(head=f"# frame: observatory\n# {line}\n"))
    assert spectrum.barycentric_velocity == -12.5
    reason = finding(spectrum, "barycentric velocity").reason.removesuffix(" in m/s")
    assert reason.count("/s") <= 1 and reason.endswith(f"{line.rsplit(maxsplit=1)[-1]}'")  # as it stands in the file


def test_barycentric_velocity_is_not_applied_twice() -> None:
    spectrum = read_spectrum(layouts.text(head="# frame: barycentric\n# berv: -12.5\n"))
    assert spectrum.barycentric_velocity is None
    assert "not applied again" in finding(spectrum, "barycentric velocity").value


def test_ecsv() -> None:
    wave = layouts.grid()
    table = QTable({"wavelength": wave / 10, "flux": layouts.truth(wave), "uncertainty": np.full(len(wave), 0.01)})
    table["wavelength"].info.unit = "nm"
    table.meta.update(star="GJ 699", medium="vacuum", frame="rest", resolution=94600, simulated=True)
    handle = io.StringIO()
    table.write(handle, format="ascii.ecsv")
    spectrum = read_spectrum(handle.getvalue().encode())
    check(spectrum)
    assert spectrum.frame == "rest" and spectrum.resolution == 94600 and spectrum.simulated
    assert finding(spectrum, "unit").source == "file" and finding(spectrum, "medium").source == "file"


@pytest.mark.parametrize(
    ("meta", "star", "instrument"),
    [
        ({"instrument": {"name": "HARPS"}, "target": {"name": "GJ 699"}}, "GJ 699", "HARPS"),
        ({"telescope": {"name": "ESO-3.6"}, "observer": {"name": "Smith"}}, "", ""),
        ({"observation": {"object": "GJ 699"}, "author": {"name": "Smith"}}, "GJ 699", ""),
        ({"companion": {"star": "GJ 699 B"}, "header": {"name": "GJ 699"}}, "GJ 699", ""),
        ({"source": {"name": "GJ 699", "ra": 269.4}}, "GJ 699", ""),
        *(({key: {"star": "HR 3039"}, "target": "GJ 699"}, "GJ 699", "") for key in ("standard", "telluric standard")),
        *(({key: {"object": "HR 3039"}}, "", "") for key in ("RV standard star", "reference", "comparison_star")),
        *(({key: {"name": "GJ 699"}}, "GJ 699", "") for key in ("host star", "science target", "primary", "id")),
        *(({key: {"name": "HR 3039"}}, "", "") for key in ("telluric star", "guide star", "host", "science program")),
        ({"primary header": {"OBJECT": "GJ 699"}, "stellar_parameters": {"teff": 3200}}, "GJ 699", ""),
    ],
)
def test_a_name_below_a_key_is_that_of_the_key(meta: dict, star: str, instrument: str) -> None:
    table = QTable({"wavelength": layouts.grid(), "flux": layouts.truth(layouts.grid())}, meta=meta)
    handle = io.StringIO()
    table.write(handle, format="ascii.ecsv")
    spectrum = read_spectrum(handle.getvalue().encode())
    assert (spectrum.star, spectrum.instrument) == (star, instrument)


@pytest.mark.parametrize(
    ("meta", "resolution"),
    [
        ({"resolution": {"value": 50000, "unit": ""}}, 50000.0),
        ({"resolving power": {"value": 94600}}, 94600.0),
        ({"resolution": {"value": 0.1, "unit": "Angstrom"}}, None),
        ({"template": {"resolution": {"value": 100000}}}, None),
        ({"template resolution": {"value": 100000}}, None),
    ],
)
def test_a_resolution_with_its_value_below_it(meta: dict, resolution: float | None) -> None:
    table = QTable({"wavelength": layouts.grid(), "flux": layouts.truth(layouts.grid())}, meta=meta)
    handle = io.StringIO()
    table.write(handle, format="ascii.ecsv")
    assert read_spectrum(handle.getvalue().encode()).resolution == resolution


@pytest.mark.parametrize(("key", "unit"), [("wavelength", "nm"), ("header", "nm"), ("resolution", ""), ("slit", "")])
def test_a_unit_below_a_key_is_that_of_the_key(key: str, unit: str) -> None:
    table = QTable({"wavelength": layouts.grid() / 10, "flux": layouts.truth(layouts.grid())})
    table.meta.update({key: {"value": 3, "unit": "nm"}, "telescope": {"ra": 1.0, "dec": 2.0}})
    table.meta = {"target": {"ra": 269.5, "dec": 4.7}} | table.meta
    handle = io.StringIO()
    table.write(handle, format="ascii.ecsv")
    spectrum = read_spectrum(handle.getvalue().encode())
    assert (finding(spectrum, "unit").source == "file") == bool(unit)
    assert spectrum.position == (269.5, 4.7)


@pytest.mark.parametrize("head", [True, False])
@pytest.mark.parametrize("columns", [2, 5])
def test_espadons(head: bool, columns: int) -> None:
    spectrum = read_spectrum(layouts.espadons(head, columns))
    check(spectrum, tolerance=5e-3)  # 0.001 A steps in the file
    np.testing.assert_allclose(np.nanmax(spectrum.uncertainty), 0.01, rtol=0.2)
    assert spectrum.instrument == "ESPaDOnS" and finding(spectrum, "medium").value == "air"
    assert finding(spectrum, "unit").value == "nm" and spectrum.frame == "barycentric"
    assert spectrum.star == ("GJ 699" if head else "")
    assert "of 30 used" in finding(spectrum, "orders").value


def test_columns_of_espadons_as_the_user_says() -> None:
    spectrum = read_spectrum(layouts.espadons(), options=ReadOptions(columns=("1", "2", "3")))
    check(spectrum, tolerance=5e-3)
    assert spectrum.instrument == "ESPaDOnS"


@pytest.mark.parametrize(
    ("ra", "dec", "place"),
    [
        ("17:57:48.5", "+04:41:36", (269.452, 4.693)),
        ("269.4521", "4.6933", (269.452, 4.693)),
        ("269:27:08.5", "+04:41:36", None),  # degrees, which as hours are no place
        ("8.9e-05", "-1.5e1", (0.0, -15.0)),
    ],
)
def test_places(ra: str, dec: str, place: tuple[float, float] | None) -> None:
    text = f"# ra: {ra}\n# dec: {dec}\n".encode() + layouts.text()
    found = read_spectrum(text)
    assert (None if found.position is None else tuple(round(angle, 3) for angle in found.position)) == place


def test_gzip_and_path(tmp_path) -> None:
    path = tmp_path / "template.fits.gz"
    path.write_bytes(gzip.compress(layouts.carmenes()))
    spectrum = read_spectrum(path)
    check(spectrum)
    assert spectrum.file == "template.fits.gz"
    odd = tmp_path / "spectrum.png"  # the name means nothing
    odd.write_bytes(layouts.text())
    check(read_spectrum(str(odd)))


def test_descending_unsorted_and_double() -> None:
    wave = layouts.grid()
    spectrum = read_spectrum(layouts.text(wave=wave[::-1]))
    check(spectrum)
    assert finding(spectrum, "direction").value == "reversed"
    shuffled = read_spectrum(layouts.text(wave=np.random.default_rng(0).permutation(wave)))
    check(shuffled)
    assert finding(shuffled, "direction").value == "sorted"
    doubled = read_spectrum(layouts.text(wave=np.repeat(wave, 2)))
    check(doubled)
    assert str(len(wave)) in finding(doubled, "duplicates").value
    np.testing.assert_allclose(doubled.uncertainty, 0.01, rtol=1e-6)  # to the last digit: no new information


def test_options_go_before_everything() -> None:
    options = ReadOptions(unit="Angstrom", medium="air", frame="rest", resolution=70000)
    spectrum = read_spectrum(layouts.hpf(), options=options)
    plain = read_spectrum(layouts.hpf())
    assert spectrum.frame == "rest" and spectrum.resolution == 70000 and spectrum.barycentric_velocity is None
    assert spectrum.wavelength[100] - plain.wavelength[100] == pytest.approx(2.42, abs=0.05)
    assert {finding(spectrum, name).source for name in ("unit", "medium", "frame", "resolution")} == {"user"}


def test_options_choose_columns() -> None:
    wave = layouts.grid()
    rows = "\n".join(
        f"{i} {w:.3f} 5.0 {f:.6f} 0.02" for i, (w, f) in enumerate(zip(wave, layouts.truth(wave), strict=True))
    )
    spectrum = read_spectrum(rows.encode(), options=ReadOptions(columns=("2", "4", "5")))
    check(spectrum)
    np.testing.assert_allclose(spectrum.uncertainty, 0.02)
    spectrum = read_spectrum(layouts.fits_table(), options=ReadOptions(columns=("WAVELENGTH", "flux", None)))
    assert spectrum.uncertainty is None and finding(spectrum, "columns").source == "user"


def test_air_and_vacuum_agree_with_pyastronomy() -> None:
    wave = layouts.grid()
    vacuum = read_spectrum(layouts.text(head="# medium: air\n"))
    expected = pyasl.airtovac2(np.round(wave, 8), mode="ciddor")
    np.testing.assert_allclose(vacuum.wavelength, expected[(expected > 8760) & (expected < 8875)], atol=1e-3)
    again = pyasl.vactoair2(vacuum.wavelength, mode="ciddor")
    np.testing.assert_allclose(again, wave[: len(again)], atol=1e-3)


def test_merge_weights_by_inverse_variance() -> None:
    wave = np.linspace(8790, 8850, 601)
    first = Order(wave, np.full(601, 10.0), np.full(601, 1.0))
    second = Order(wave[300:] + 0.0, np.full(301, 20.2), np.full(301, 4.04), number=1)
    merged, words = merge([first, second])
    assert "averaged" in words[0]
    np.testing.assert_allclose(merged.flux, 10.0)  # scaled to the first
    sigma = 1 / np.sqrt(1 / 1.0**2 + 1 / 2.0**2)  # 4.04 x 10/20.2
    np.testing.assert_allclose(merged.uncertainty[310:590], sigma, rtol=1e-6)


def test_orders_that_disagree_are_not_averaged() -> None:
    wave = np.linspace(8790, 8850, 601)
    first = Order(wave, 1 + 0.4 * np.sin(wave * 3))
    second = Order(wave + 30, 1 + 0.4 * np.sin((wave + 30) * 3 + 2), number=1)
    merged, words = merge([first, second])
    assert "not averaged" in words[0]
    np.testing.assert_array_equal(merged.flux[:601], 1 + 0.4 * np.sin(wave * 3))
    assert merged.wavelength[-1] == second.wavelength[-1]


def test_merge_fills_bad_pixels() -> None:
    wave = np.linspace(8790, 8850, 601)
    flux = layouts.truth(wave)
    flux[350] = np.nan
    merged, _ = merge([Order(wave, flux), Order(wave[200:] + 0.02, layouts.truth(wave[200:] + 0.02), number=1)])
    assert np.isfinite(merged.flux).all()


def test_choose_split_tidy() -> None:
    orders = [
        Order(np.linspace(a, a + 50, 100), np.ones(100), number=i) for i, a in enumerate((8700, 8745, 8790, 8900))
    ]
    assert [o.number for o in choose(orders, WINDOW)] == [2, 1]
    jumped = Order(np.concatenate([o.wavelength for o in orders[:3]]), np.ones(300))
    pieces, state = split(jumped)
    assert len(pieces) == 3 and state == "orders"
    backwards, state = split(Order(jumped.wavelength[::-1], np.ones(300)))
    assert len(backwards) == 3 and state == "descending"
    order, count = tidy(Order(np.array([1.0, 2.0, 2.0, 3.0]), np.array([1.0, 1.0, 3.0, np.nan])))
    assert count == 1
    np.testing.assert_array_equal(order.flux, [1.0, 2.0, np.nan])
