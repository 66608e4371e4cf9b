"""Exposures or stars in extensions or rows of their own: each with its own name, date and motion of Earth."""

from __future__ import annotations

import io
import pickle
from dataclasses import replace

import numpy as np
import pytest
from astropy import units as u
from astropy.io import fits
from astropy.table import Table

from dtl.inference.analyse import analyse_rows
from dtl.readers.options import ReadOptions
from tests.readers import layouts
from tests.readers.reading import read_contents, read_spectrum

WAVE = layouts.grid()
RNG = np.random.default_rng(3)
VELOCITIES = (-10.0, 5.0, 20.0)


def hdu(number: int, kind: str) -> fits.ImageHDU | fits.BinTableHDU:
    """An exposure with a noise of its own; the first is dark where its kind says so."""
    level = 0.0 if number == 0 and "dark" in kind else 1.0
    flux = level * layouts.truth(WAVE) + 0.005 * RNG.normal(size=WAVE.size)
    if "table" in kind:
        columns = [fits.Column("WAVE", "D", array=WAVE), fits.Column("FLUX", "D", array=flux)]
        made = fits.BinTableHDU.from_columns(columns, name=f"EXP{number}")
    else:
        made = fits.ImageHDU(flux, name=f"EXP{number}")
        made.header.update({"CRVAL1": WAVE[0], "CDELT1": 0.05, "CUNIT1": "Angstrom"})
    cards = {"OBJECT": f"GJ {number}", "SPECSYS": "TOPOCENT", "BERV": VELOCITIES[number]}
    made.header.update({**cards, "DATE-OBS": f"2020-01-0{number + 1}T00:00:00"})
    return made


@pytest.mark.parametrize("kind", ["table", "image", "dark table", "dark image"])
@pytest.mark.parametrize("row", [None, 1, 2, 3])
def test_what_is_said_of_a_spectrum_is_of_its_own_extension(kind: str, row: int | None) -> None:
    primary = fits.PrimaryHDU()
    primary.header.update({"INSTRUME": "HARPS", "OBJECT": "a field"})
    data = layouts.to_bytes(primary, *(hdu(number, kind) for number in range(3)))
    spectrum = read_spectrum(data, name="e.fits", options=ReadOptions(row=row))
    number = row - 1 if row else int("dark" in kind)
    assert spectrum.star == f"GJ {number}" and spectrum.instrument == "HARPS"
    assert spectrum.barycentric_velocity == VELOCITIES[number]
    assert spectrum.mjd == 58849 + number


@pytest.mark.parametrize(("wanted", "number"), [(None, 0), ("0", 0), ("1", 1), ("2", 2)])
def test_the_first_exposure_does_not_speak_for_the_others(wanted: str | None, number: int) -> None:
    first = hdu(0, "image")
    data = layouts.to_bytes(fits.PrimaryHDU(first.data, first.header), hdu(1, "image"), hdu(2, "image"))
    spectrum = read_spectrum(data, name="e.fits", options=ReadOptions(extension=wanted))
    assert (spectrum.star, spectrum.barycentric_velocity) == (f"GJ {number}", VELOCITIES[number])


def arm(low: float, high: float, unit: str, **cards: object) -> fits.BinTableHDU:
    wave = np.arange(low, high, 0.05)
    columns = [
        fits.Column("WAVE", "D", unit=unit, array=wave / (10 if unit == "nm" else 1)),
        fits.Column("FLUX", "D", array=layouts.truth(wave) + 0.005 * RNG.normal(size=wave.size)),
    ]
    made = fits.BinTableHDU.from_columns(columns)
    made.header.update(cards)
    return made


@pytest.mark.parametrize("turn", [1, -1])
def test_an_arm_that_misses_the_window_says_nothing_of_it(turn: int) -> None:
    blue = arm(8300, 8720, "Angstrom", RESOLUTN=90000.0, SPECSYS="BARYCENT", AIRORVAC="air")
    red = arm(8710, 9000, "Angstrom", RESOLUTN=60000.0, SPECSYS="TOPOCENT", AIRORVAC="vac", BERV=5.0)
    spectrum = read_spectrum(layouts.to_bytes(fits.PrimaryHDU(), *[blue, red][::turn]), name="a.fits")
    assert (spectrum.resolution, spectrum.frame, spectrum.barycentric_velocity) == (60000.0, "observatory", 5.0)
    assert abs(float(spectrum.wavelength[spectrum.flux.argmin()]) - 8822.3) < 0.1
    assert not spectrum.flags


@pytest.mark.parametrize("units", [("nm", "Angstrom"), ("Angstrom", "nm")])
def test_arms_with_a_unit_each(units: tuple[str, str]) -> None:
    hdus = arm(8300, 8720, units[0]), arm(8710, 9000, units[1])
    spectrum = read_spectrum(layouts.to_bytes(fits.PrimaryHDU(), *hdus), name="a.fits")
    assert abs(float(spectrum.wavelength[spectrum.flux.argmin()]) - 8822.3) < 0.1


def rows(kind: str) -> bytes:
    """Three exposures as rows of a table, as arrays of one shape, or as extensions of their own."""
    flux = np.array([layouts.truth(WAVE) + 0.005 * RNG.normal(size=WAVE.size) for _ in VELOCITIES])
    wave = np.tile(WAVE, (3, 1))
    if kind == "extensions":
        return layouts.to_bytes(fits.PrimaryHDU(), *(hdu(number, "table") for number in range(3)))
    if kind == "archive":
        velocities, names = np.array(VELOCITIES), np.array(["GJ 0", "GJ 1", "GJ 2"])
        return layouts.numpy_archive(wave=wave, flux=flux, berv_kms=velocities, star=names, frame="observatory")
    if kind == "text":
        words = "# star: GJ {}\n# berv: {} km/s\n# R = {}\n"
        heads = [words.format(i, velocity, 60_000 + 10_000 * i) for i, velocity in enumerate(VELOCITIES)]
        heads[0] += "# frame: observatory\n# wave flux"
        tables = ("\n".join(f"{x:.4f} {y:.6f}" for x, y in zip(WAVE, row, strict=True)) for row in flux)
        return "\n".join(f"{head}\n{table}" for head, table in zip(heads, tables, strict=True)).encode()
    said = {"OBJECT": ["GJ 0", "GJ 1", "GJ 2"], "SPECSYS": ["TOPOCENT"] * 3, "RESOLUTION": [60_000, 70_000, 80_000]}
    made = Table({**said, "BERV": 1000 * np.array(VELOCITIES) * u.m / u.s, "WAVE": wave, "FLUX": flux})
    return written(made, kind)


def written(table: Table, kind: str) -> bytes:
    handle = io.StringIO() if "ecsv" in kind else io.BytesIO()
    table.write(handle, format=kind)
    data = handle.getvalue()
    return data.encode() if isinstance(data, str) else data


@pytest.mark.parametrize("kind", ["extensions", "fits", "votable", "ascii.ecsv", "archive", "text"])
def test_a_file_that_was_read_once_gives_each_spectrum_its_own_words(kind: str) -> None:
    reading = pickle.loads(pickle.dumps(read_contents(rows(kind), name="e.fits")))
    for number in (0, 2, 1, 0):
        spectrum = reading.spectrum(ReadOptions(row=number + 1))
        assert spectrum.barycentric_velocity == pytest.approx(VELOCITIES[number]), number
        assert spectrum.star == f"GJ {number}"
        stated = kind in ("fits", "votable", "ascii.ecsv", "text")
        assert spectrum.resolution == (60_000 + 10_000 * number if stated else None)


@pytest.mark.parametrize("multiple", [False, True])
def test_words_of_a_row_on_its_uncertainties_are_those_of_no_other(multiple: bool) -> None:
    count, random = 12, np.random.default_rng(3)
    sigma = np.full((count, WAVE.size), 0.02)
    flux = layouts.truth(WAVE) + sigma * random.normal(size=sigma.shape)
    made = {"NOTE": ["3-sigma errors" if multiple and row % 2 else "" for row in range(count)]}
    data = written(Table(made | {"WAVE": np.tile(WAVE, (count, 1)), "FLUX": flux, "ERR": sigma}), "fits")
    reading = read_contents(data, name="m.fits")
    for row in (2, 1, 12, 2):
        options = ReadOptions(row=row)
        kept, anew = reading.spectrum(options), read_spectrum(data, name="m.fits", options=options)
        np.testing.assert_array_equal(kept.uncertainty, anew.uncertainty)
        assert (kept.findings, kept.flags, kept.spectra) == (anew.findings, anew.flags, count)
        assert np.nanmedian(kept.uncertainty) == pytest.approx(0.02 / (3 if multiple and row % 2 == 0 else 1))


@pytest.mark.parametrize("asked", [ReadOptions(), ReadOptions(medium="air"), ReadOptions(unit="nm")])
def test_a_spectrum_is_the_same_whichever_others_of_its_file_were_read_before(asked: ReadOptions) -> None:
    wave, scale = np.tile(WAVE, (3, 1)), 0.1 if asked.unit else 1.0
    flux = np.array([layouts.truth(WAVE) + 0.005 * RNG.normal(size=WAVE.size) for _ in range(3)])
    flux[:, WAVE.size // 2] = 1e4  # is left out, in place, of the one that is read
    data = layouts.numpy_archive(wave=scale * wave, flux=flux, bad=np.ones(wave.shape))
    reading = read_contents(data, name="e.npz")
    for number in (None, 2, 1, 2, 3, None, 1):
        options = replace(asked, row=number)
        again, alone = reading.spectrum(options), read_spectrum(data, name="e.npz", options=options)
        assert again.findings == alone.findings and again.flags == alone.flags
        assert np.array_equal(again.flux, alone.flux, equal_nan=True)
        assert np.array_equal(again.wavelength, alone.wavelength)


@pytest.mark.parametrize("kind", ["extensions", "fits", "text"])
def test_all_spectra_of_a_file_have_their_own_words(kind: str) -> None:
    answers = [answer for _, answer in analyse_rows(rows(kind), name="e.fits")]
    assert [answer.prepared.spectrum.star for answer in answers] == ["GJ 0", "GJ 1", "GJ 2"]
    seen = [answer.prepared.rv - velocity for answer, velocity in zip(answers, VELOCITIES, strict=True)]
    assert np.ptp(seen) < 2.0  # noise alone, while the Earth's motion changes by 30 km/s


@pytest.mark.parametrize("mark", ["# ", "// ", "* ", "", "-- ", '" ', "| "])
@pytest.mark.parametrize("end", ["\n", "\r"])
def test_spectra_one_below_the_other_keep_their_words_however_these_are_marked(mark: str, end: str) -> None:
    text = ""
    for name, shift in (("GJ 1", 0.0), ("GJ 2", 3.0)):
        rows = "".join(f"{x:.4f} {y:.6f}\n" for x, y in zip(WAVE, layouts.truth(WAVE + shift), strict=True))
        text += f"{mark}star: {name}\n{mark}R = {60_000 + 5_000 * int(shift)}\n{rows}"
    for row, (name, resolution) in enumerate((("GJ 1", 60_000), ("GJ 2", 75_000)), 1):
        spectrum = read_spectrum(text.replace("\n", end).encode(), name="b.txt", options=ReadOptions(row=row))
        assert (spectrum.star, spectrum.resolution, spectrum.spectra) == (name, resolution, 2)


def test_words_that_are_repeated_on_each_page_begin_no_other_spectrum() -> None:
    head = "# star: GJ 1\n# R = 60000\n"
    rows = [f"{x:.4f} {y:.6f}\n" for x, y in zip(WAVE, layouts.truth(WAVE), strict=True)]
    text = "".join(head * (number % 300 == 0) + row for number, row in enumerate(rows))
    spectrum = read_spectrum(text.encode(), name="p.txt")
    assert (spectrum.star, spectrum.spectra, len(spectrum.wavelength)) == ("GJ 1", 1, WAVE.size)


@pytest.mark.parametrize("mark", ["# order {}", "# wave flux", "# {}", "", "# frame: rest", "# unit: Angstrom"])
def test_comments_between_orders_begin_no_other_spectrum(mark: str) -> None:
    parts = np.array_split(WAVE, 4)
    text = "# star: GJ 1\n# frame: rest\n"
    for number, part in enumerate(parts):
        rows = "".join(f"{x:.4f} {y:.6f}\n" for x, y in zip(part, layouts.truth(part), strict=True))
        text += f"{mark.format(number)}\n{rows}"
    spectrum = read_spectrum(text.encode(), name="o.txt")
    assert (spectrum.star, spectrum.frame, spectrum.spectra) == ("GJ 1", "rest", 1)
    assert len(spectrum.wavelength) == WAVE.size


@pytest.mark.parametrize("mark", ["# order", "# unit: Angstrom"])
def test_doubts_about_the_first_of_several_orders_are_about_all(mark: str) -> None:
    text = (
        "# star: GJ 1\n# simulated\n# medium: air\n# wavelengths in vacuum\n# frame: rest\n# in the barycentric frame\n"
    )
    for part in np.array_split(WAVE, 4):
        rows = "".join(f"{x:.4f} {y:.6f}\n" for x, y in zip(part, layouts.truth(part), strict=True))
        text += f"{mark}\n{rows}"
    spectrum = read_spectrum(text.encode(), name="o.txt")
    assert spectrum.simulated and {"frame_guessed", "medium_guessed"} <= set(spectrum.flags)


def test_a_column_of_another_unit_is_no_velocity_or_place() -> None:
    columns = [
        fits.Column("BERV", "E", unit="AU/d", array=[0.01]),
        fits.Column("RA", "E", unit="hourangle", array=[12.0]),
        fits.Column("DEC", "E", unit="deg", array=[5.0]),
        fits.Column("WAVE", f"{WAVE.size}D", array=WAVE[None]),
        fits.Column("FLUX", f"{WAVE.size}D", array=layouts.truth(WAVE)[None]),
    ]
    spectrum = read_spectrum(layouts.to_bytes(fits.PrimaryHDU(), fits.BinTableHDU.from_columns(columns)), name="e.fits")
    assert spectrum.barycentric_velocity is None and spectrum.position is None


def table(header: dict[str, object] | None = None, wave: np.ndarray | None = None, **said: object) -> bytes:
    """Rows with single values beside their arrays, and cards of the first header."""
    wave = np.tile(WAVE, (3, 1)) if wave is None else wave
    flux = layouts.truth(wave) + 0.005 * RNG.normal(size=wave.shape)
    hdus = fits.HDUList([fits.PrimaryHDU(), fits.table_to_hdu(Table({**said, "WAVE": wave * u.AA, "FLUX": flux}))])
    hdus[0].header.update(header or {})
    return layouts.to_bytes(*hdus)


def test_what_is_said_of_a_row_goes_before_what_is_said_of_all() -> None:
    header = {"OBJECT": "a field", "BERV": 12.0, "SPEC_RES": 90_000.0, "SPECSYS": "TOPOCENT"}
    said = {"OBJECT": ["GJ 0", "", "--"], "BERV": [-10.0, np.nan, 0.0], "RESOLUTION": [60_000, 0, 0]}
    reading = read_contents(table(header, **said), name="e.fits")
    first, *others = (reading.spectrum(ReadOptions(row=row)) for row in (1, 2, 3))
    assert (first.star, first.barycentric_velocity, first.resolution) == ("GJ 0", -10.0, 60_000)
    for other in others:  # whose name and motion are not known
        assert (other.star, other.barycentric_velocity, other.resolution) == ("", None, 90_000)


def test_names_of_orders_are_none_of_the_star() -> None:
    wave = 8660.0 + 40.0 * np.arange(7)[:, None] + np.linspace(0, 46, 1500)
    names, resolutions = [f"order {i}" for i in range(60, 67)], 60_000 + 1_000 * np.arange(7)
    data = table({"OBJECT": "GJ 1"}, wave, NAME=names, RESOLUTION=resolutions)
    spectrum = read_spectrum(data, name="e.fits")
    assert (spectrum.star, spectrum.resolution) == ("GJ 1", 63_000)


def test_the_object_names_the_star_before_the_target_and_the_fibre() -> None:
    data = table(OBJECT=["GJ 0", "GJ 1", "GJ 2"], NAME=["A", "B", "C"], TARGET=["a field"] * 3)
    assert read_spectrum(data, name="e.fits", options=ReadOptions(row=2)).star == "GJ 1"


def test_a_row_a_pixel_says_nothing_of_the_orders_in_its_cells() -> None:
    wave = (8660.0 + 40.0 * np.arange(7)[:, None] + np.linspace(0, 46, 1500)).T
    spectrum = read_spectrum(table(None, wave, BERV=np.linspace(-20, 20, 1500)), name="e.fits")
    assert spectrum.barycentric_velocity is None


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("BERV", [-10_000.0, 5_000.0, 500.0], [-10.0, 5.0, 0.5]),  # m/s, though none says so
        ("BERV", [-9999.0, 5.0, 20.0], [None, 5.0, 20.0]),
        ("BERV", np.array([-10, 5, 20]), [-10.0, 5.0, 20.0]),
        ("BERV", ["-10 km/s", "5 km/s", "500 m/s"], [-10.0, 5.0, 0.5]),
        ("RV", [-110_000.0, 200.0, 9_000.0], [-110.0, 0.2, 9.0]),
        ("TARGET", np.array([101.0, np.nan, 103.0]), ["101", "", "103"]),
        ("TARGET", ["nan", "N/A", "GJ 3"], ["", "", "GJ 3"]),
        ("TARGET", np.ma.array([101, 102, 103], mask=[0, 1, 0]), ["101", "", "103"]),
        ("TARGET", [True, False, True], ["", "", ""]),
        ("TARGET", [b"\xe9toile", "\u00e9toile".encode(), b"ok"], ["\u00e9toile", "\u00e9toile", "ok"]),
    ],
)
def test_cells_that_mean_nothing_and_units_by_their_size(name: str, values: object, expected: list[object]) -> None:
    reading = read_contents(table(**{name: values}), name="e.fits")
    attribute = {"BERV": "barycentric_velocity", "RV": "stated_velocity"}.get(name, "star")
    spectra = [reading.spectrum(ReadOptions(row=row)) for row in (1, 2, 3)]
    assert [getattr(spectrum, attribute) for spectrum in spectra] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("angles", "place"), [([1.5, 12.0, 23.0], None), ([1.5, 12.0, 200.0], (1.5, 5.0))])
def test_right_ascensions_that_could_be_hours(angles: list[float], place: tuple[float, float] | None) -> None:
    data = table(RA=angles, DEC=[5.0, 6.0, 7.0])
    assert read_spectrum(data, name="e.fits", options=ReadOptions(row=1)).position == place


def test_a_row_of_text_may_hold_a_long_spectrum() -> None:
    wave = np.tile(np.linspace(8700.0, 8900.0, 9_000), (2, 1))
    flux = layouts.truth(wave) + 0.005 * RNG.normal(size=wave.shape)
    data = written(Table({"OBJECT": ["GJ 0", "GJ 1"], "wave": wave, "flux": flux}), "ascii.ecsv")
    assert read_spectrum(data, name="e.ecsv", options=ReadOptions(row=2)).star == "GJ 1"


@pytest.mark.parametrize("column", ["SOURCE", "Source_Name", "OBJ", "STAR_ID", "DESIGNATION", "MAIN_ID"])
def test_a_column_that_tells_stars_apart_goes_before_the_header(column: str) -> None:
    def names(cells: list[str] | list[int], **more: list[str]) -> list[str]:
        data = table({"OBJECT": "a field"}, np.tile(WAVE, (2, 1)), **{column: cells}, **more)
        return [read_spectrum(data, name="e.fits", options=ReadOptions(row=row)).star for row in (1, 2)]

    assert names(["GJ 1", "V* AD Leo"]) == ["GJ 1", "V* AD Leo"]
    assert names([4472832130942575872, 3864972938605115520]) == ["4472832130942575872", "3864972938605115520"]
    of_files = (["a.fits", "b.fits"], ["x/1", "x/2"], ["v1.0", "v1.1"], ["HARPS", "HARPS-N"], ["DRS 3", "pipeline v2"])
    for cells in (["ESO", "ESO"], *of_files, [1, 2]):
        assert names(cells) == ["a field", "a field"]
    assert names(["first", "second"], OBJECT=["GJ 1", "GJ 2"]) == ["GJ 1", "GJ 2"]
