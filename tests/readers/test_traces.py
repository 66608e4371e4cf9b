"""Fibres that saw the sky or a lamp, as cards and columns call them."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.io import fits

from dtl.readers.cards import Cards
from dtl.readers.traces import called_by_trace
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
    ("cells", "column"), [(["A", "B"], "FIBER"), (["SKY", "SKY"], "FIBER"), (["SKY", "A"], "NOTE")]
)
def test_rows_that_stay(cells: list[str], column: str) -> None:
    spectrum = read_spectrum(rows(3 * cells, column), name="rows.fits")
    assert not any(f.name == "rows" for f in spectrum.findings)
