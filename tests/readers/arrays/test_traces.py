"""Fibres that saw the sky or a lamp, as cards and columns call them."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.io import fits

from dtl.readers.arrays.traces import called_by_trace
from dtl.readers.facts.cards import Cards
from dtl.spectrum import Spectrum
from tests.builders import star_flux
from tests.readers.layouts import to_bytes
from tests.readers.reading import read_spectrum

WAVE = 8680.0 + 90.0 * np.arange(3)[:, None] + np.linspace(0.0, 110.0, 2000)
FLUX = {"SCI": 1000.0 * star_flux(WAVE), "SKY": 3.0 + np.sin(WAVE) ** 2, "CAL": 9000.0 * (1.1 + np.sin(9.0 * WAVE))}
FLUX |= {"Target": FLUX["SCI"], "Etalon": FLUX["CAL"], "star+sky": FLUX["SCI"], "UNKNOWN": FLUX["SCI"]}


def is_read(spectrum: Spectrum, kind: str) -> bool:
    """Whether the window holds what a fibre saw, but for the scale that orders are brought to."""
    inside = (spectrum.wavelength > 8800.0) & (spectrum.wavelength < 8835.0) & np.isfinite(spectrum.flux)
    expected = np.interp(spectrum.wavelength[inside], WAVE[1], FLUX[kind][1])
    return bool(np.corrcoef(spectrum.flux[inside], expected)[0, 1] > 0.999)


def traces(kinds: tuple[str, ...], word: str = "TRACE") -> bytes:
    """Extensions of all fibres in the layout of the EPRV standard, with cards that say what each saw."""
    hdus = [fits.PrimaryHDU()]
    for number, kind in enumerate(kinds, 1):
        hdus[0].header[f"{word}{number}"] = kind
        arrays = {"FLUX": FLUX[kind], "WAVE": WAVE, "VAR": FLUX[kind] / 10.0}
        hdus += [fits.ImageHDU(array, name=f"{word}{number}_{name}") for name, array in arrays.items()]
    return to_bytes(*hdus)


@pytest.mark.parametrize(
    ("kinds", "word"),
    [
        (("SKY", "SCI", "SCI", "CAL"), "TRACE"), (("CAL", "SCI", "SKY"), "TRACE"), (("SCI", "CAL", "SKY"), "TRACE"),
        (("SKY", "Target", "Etalon"), "FIBER"), (("star+sky", "SKY"), "TRACE"), (("CAL", "UNKNOWN"), "TRACE"),
    ],
)  # fmt: skip
def test_the_fibre_of_the_star_is_read(kinds: tuple[str, ...], word: str) -> None:
    spectrum = read_spectrum(traces(kinds, word), name="traces.fits")
    assert is_read(spectrum, "SCI") and "several_spectra" not in spectrum.flags


def test_a_file_of_the_sky_alone_is_read_as_it_is() -> None:
    assert is_read(read_spectrum(traces(("SKY",)), name="sky.fits"), "SKY")


@pytest.mark.parametrize(
    ("cards", "names"),
    [
        ({"TRACE1": "SKY"}, ["TRACE10_FLUX", "TRACE2_FLUX"]),
        ({"FIBER1": "200 um"}, ["FIBER1_FLUX", "FIBER2_FLUX"]),
        ({"TRACE1": "SKY"}, ["FLUX", "VAR"]),
    ],
)
def test_names_that_stay(cards: dict[str, str], names: list[str]) -> None:
    assert called_by_trace(Cards(fits.Header(cards)), names) == names


def rows(cells: list[str], column: str = "FIBER") -> bytes:
    """A table with a row for each fibre of each order, as PyReduce writes it."""
    wave = np.repeat(WAVE, 2, axis=0)
    flux = np.array([FLUX.get(cell.strip(), FLUX["SCI"])[i // 2] for i, cell in enumerate(cells)])
    columns = [fits.Column(n, "2000D", array=a) for n, a in (("WAVE", wave), ("SPEC", flux), ("SIG", 0.01 * flux))]
    columns.append(fits.Column(column, "16A", array=np.array(cells)))
    return to_bytes(fits.PrimaryHDU(), fits.BinTableHDU.from_columns(columns))


@pytest.mark.parametrize("cells", [["SKY", "SCI"], ["CAL", "SCI"], ["SCI", "SKY"]])
def test_rows_of_the_sky_or_a_lamp_are_left_out(cells: list[str]) -> None:
    spectrum = read_spectrum(rows(3 * cells), name="rows.fits")
    assert is_read(spectrum, "SCI") and "several_spectra" not in spectrum.flags
    assert any(f.name == "rows" and f.value == "3 of 6 left out" for f in spectrum.findings)


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        (["A", "B"], "FIBER"),
        (["SKY", "SKY"], "FIBER"),
        (["SKY", "A"], "NOTE"),
        (["sky-subtracted", "not sky"], "FIBER"),
    ],
)
def test_rows_that_stay(cells: list[str], column: str) -> None:
    spectrum = read_spectrum(rows(3 * cells, column), name="rows.fits")
    assert not any(f.name == "rows" for f in spectrum.findings)


def numbered(fibres: list[int] | list[str], cards: dict[str, str], kinds: tuple[str, str] = ("CAL", "SCI")) -> Spectrum:
    """A table with a row for each fibre of each order, by their numbers, of which one saw a lamp."""
    wave = np.repeat(WAVE, 2, axis=0)
    flux = np.array([FLUX[kinds[i % 2]][i // 2] for i in range(6)])
    columns = [fits.Column(n, "2000D", array=a) for n, a in (("wavelength", wave), ("flux", flux))]
    columns.append(fits.Column("fiber", "A" if isinstance(fibres[0], str) else "J", array=np.array(3 * fibres)))
    primary = fits.PrimaryHDU()
    primary.header.update(cards)
    return read_spectrum(to_bytes(primary, fits.BinTableHDU.from_columns(columns, name="SPECTRUM")), name="n.fits")


@pytest.mark.parametrize(
    ("fibres", "cards"),
    [
        ([1, 2], {"OBJECTS": "none&thar&GJ 699"}),
        ([0, 1], {"OBJECTS": "ThAr&GJ 699&none"}),
        ([1, 2], {"FIBER1": "Etalon", "FIBER2": "Target"}),
        (["1", "2"], {"FIBER1": "Etalon", "FIBER2": "Target"}),
    ],
)
def test_fibres_that_are_numbered_by_what_cards_say_of_them(
    fibres: list[int] | list[str], cards: dict[str, str]
) -> None:
    """The lamp was read, with a flag."""
    spectrum = numbered(fibres, cards)
    assert is_read(spectrum, "SCI") and "several_spectra" not in spectrum.flags


@pytest.mark.parametrize(
    ("fibres", "cards"),
    [
        ([1, 2], {"OBJECTS": "GJ 699&thar&none"}),  # counted from 1: the second would be the lamp's, the third has none
        ([4, 5], {"OBJECTS": "none&thar&GJ 699"}),
        ([1, 2], {"OBJECTS": "GJ 699"}),
        ([1, 2], {"FIBER1": "200 um"}),
        ([0, 1], {"FIBER1": "Etalon", "FIBER2": "Target"}),  # counted from 0
        ([1, 2], {}),
    ],
)
def test_fibres_of_which_nothing_is_known_stay(fibres: list[int], cards: dict[str, str]) -> None:
    assert "several_spectra" in numbered(fibres, cards, ("SCI", "CAL")).flags


def maroonx(instrument: str = "MAROON-X", **cards: float) -> bytes:
    """The layout of DRAGONS for MAROON-X: the raw frame, and arrays of each fibre, of which the first has none."""
    nothing, primary = np.zeros((1, 1)), fits.PrimaryHDU()
    primary.header.update({"INSTRUME": instrument, "FIBER1": "Dark", "FIBER2": "Etalon", "FIBER3": "Target"})
    raw = fits.ImageHDU(np.zeros((40, 50)), name="SCI")
    raw.header.update(cards)
    hdus = [primary, raw]
    flux = {2: FLUX["CAL"], 3: FLUX["SCI"]}
    kinds = {"BOX_REDUCED_FIBER": flux, "BOX_REDUCED_VAR": {2: FLUX["CAL"] / 10, 3: FLUX["SCI"] / 10}}
    kinds |= {"WLS_STATIC_FIBER": {2: WAVE * 1.00002, 3: WAVE * 1.00002}, "WLS_SIMULTANEOUS_FIBER": {2: WAVE, 3: WAVE}}
    for name in ("BOX_REDUCED_FIBER", "BOX_REDUCED_VAR", "WLS_SIMULTANEOUS_FIBER", "WLS_STATIC_FIBER"):
        arrays = {1: nothing} | kinds[name]
        hdus += [fits.ImageHDU(a / 10 if "WLS" in name else a, name=f"{name}_{n}") for n, a in arrays.items()]
    return to_bytes(*hdus)


def test_maroonx_by_dragons() -> None:
    """The etalon was read, with wavelengths good to half a km/s, and Earth's motion was not found."""
    spectrum = read_spectrum(
        maroonx(BERV_FLUXWEIGHTED_FRD=-4530.0, BERV_FLUXWEIGHTED_PC=-4528.0), name="r_0300_reduced.fits"
    )
    assert is_read(spectrum, "SCI") and "several_spectra" not in spectrum.flags
    assert (spectrum.frame, spectrum.barycentric_velocity) == ("observatory", -4.53)
    columns = next(f.value for f in spectrum.findings if f.name == "columns")
    assert "WLS_SIMULTANEOUS_FIBER" in columns


@pytest.mark.parametrize(
    ("instrument", "cards"),
    [
        ("another", {"BERV": 12.0}),
        ("MAROON-X", {"BERV_FLUXWEIGHTED_FRD": 9e9}),
        ("MAROON-X", {"BERV_FLUXWEIGHTED_FRD": -4530.0, "BERV_FLUXWEIGHTED_PC": 6200.0}),
    ],
)
def test_motions_of_earth_of_other_extensions_that_do_not_count(instrument: str, cards: dict[str, float]) -> None:
    """Where the frame is not known, or where they contradict each other."""
    assert read_spectrum(maroonx(instrument, **cards), name="r.fits").barycentric_velocity is None


@pytest.mark.parametrize("count", [1, 3])
def test_one_motion_of_earth_for_all_orders_or_one_for_each(count: int) -> None:
    """The EPRV standard allows both."""
    hdus = fits.HDUList.fromstring(traces(("SCI",)))
    hdus.append(fits.ImageHDU(np.full(count, 12.5), name="BARYCORR_KMS"))
    hdus.append(fits.ImageHDU(np.full(2, 25.0), name="BERV"))
    spectrum = read_spectrum(to_bytes(*hdus), name="e.fits")
    assert spectrum.barycentric_velocity == 12.5 and "frame_guessed" in spectrum.flags
