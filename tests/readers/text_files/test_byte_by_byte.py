"""Tables under a byte-by-byte description: names, units and explanations count, and rows are cut at its bytes."""

from __future__ import annotations

import io

import numpy as np
import pytest
from astropy.table import Table

from dtl.readers.source import Source
from dtl.readers.text_files.byte_by_byte import described
from dtl.readers.text_files.text_table import parse_table
from dtl.spectrum import UnusableInput
from tests.readers import layouts
from tests.readers.reading import read_columns, read_spectrum

WAVE = layouts.grid()
FLUX = layouts.truth(WAVE) + np.random.default_rng(3).normal(0.0, 0.005, WAVE.size)
MODEL, NOISE = 0.5 + 0.5 * layouts.truth(WAVE - 3.0), np.full(WAVE.size, 0.005)
RULE = 80 * "-"


def table(fields: str, row: str, *columns: object, mark: str = "") -> str:
    head = ["Title: Spectra of M dwarfs", 80 * "=", "Byte-by-byte Description of file: t.dat", RULE]
    head += [
        "   Bytes Format Units    Label   Explanations",
        RULE,
        *fields.splitlines(),
        RULE,
        "Note (1): 1 = bad",
        RULE,
    ]
    return "\n".join([*(mark + line for line in head), *(row.format(*own) for own in zip(*columns, strict=True))])


FIELDS = """\
   1-  9 F9.4   0.1nm    lambda  Wavelength in vacuum
  10- 17 F8.6   ---      M       Synthetic flux of the
                                  nearest model
  18- 25 F8.6   ---      S       Observed flux
  26- 33 F8.6   ---      N       ?=-1 Uncertainty in flux"""
APART = FIELDS.replace("10- 17", "11- 18").replace("18- 25", "20- 27").replace("26- 33", "29- 36")


@pytest.mark.parametrize(
    ("fields", "row", "mark"),
    [
        (FIELDS, "{:9.4f}{:8.6f}{:8.6f}{:8.6f}", ""),  # no separators at all
        (APART, "{:9.4f} {:8.6f} {:8.6f} {:8.6f}", ""),
        (APART, "{:9.4f} {:8.6f} {:8.6f} {:8.6f}", "# "),
        (APART, "  {:.4f}  {:.6f} {:.6f}   {:.6f}", ""),  # written anew with other widths
    ],
)
def test_the_description_says_what_the_columns_are(fields: str, row: str, mark: str) -> None:
    text = table(fields, row, WAVE, MODEL, FLUX, NOISE, mark=mark)
    spectrum = read_spectrum(text.encode())
    found = {finding.name: finding for finding in spectrum.findings}
    assert found["columns"].value == "column 1 'lambda', column 3 'S'" and found["columns"].source == "file"
    assert (found["unit"].value, found["unit"].source) == ("Å", "file") and found["medium"].source == "file"
    assert found["uncertainty"].reason == "column 4 'N'" and not set(spectrum.flags) & {
        "several_spectra",
        "medium_guessed",
    }
    near = (WAVE > 8790) & (WAVE < 8845)
    np.testing.assert_allclose(np.interp(WAVE[near], spectrum.wavelength, spectrum.flux), FLUX[near], atol=1e-4)
    assert read_columns(text.encode())[1].note == "Synthetic flux of the nearest model"


def test_empty_cells_and_numbers_that_stand_for_none() -> None:
    model = ["" if i % 7 == 0 else f"{x:.6f}" for i, x in enumerate(MODEL)]
    noise = ["-1" if i % 9 == 0 else f"{x:.6f}" for i, x in enumerate(NOISE)]
    text = table(FIELDS, "{:9.4f}{:>8}{:8.6f}{:>8}", WAVE, model, FLUX, noise)
    values = parse_table(Source("t.txt", text.encode())).values
    astropys = Table.read(text.splitlines(), format="ascii.cds")
    for i, name in enumerate(astropys.colnames):
        own = np.ma.filled(np.ma.asarray(astropys[name], dtype=float), np.nan)
        np.testing.assert_array_equal(values[:, i], own)
    assert np.isnan(values[0, [1, 3]]).all() and np.isfinite(values[1]).all()


def test_brackets_about_a_unit_are_a_logarithm() -> None:
    fields = "   1- 11 F11.9  [nm]  WL  Wavelength\n  12- 19 F8.6   ---  S  Observed flux"
    spectrum = read_spectrum(table(fields, "{:11.9f}{:8.6f}", np.log10(WAVE / 10), FLUX).encode())
    assert next(found.value for found in spectrum.findings if found.name == "unit") == "log10(nm)"
    np.testing.assert_allclose(spectrum.wavelength, WAVE[np.isin(WAVE.round(3), spectrum.wavelength.round(3))])


def test_as_the_journals_of_the_aas_have_it() -> None:
    own = Table([WAVE, NOISE, FLUX], names=["lam", "e_Flux", "Flux"], units=["Angstrom", None, None])
    text = io.StringIO()
    own.write(text, format="ascii.mrt")
    table = parse_table(Source("t.txt", text.getvalue().encode()))
    assert table.names == own.colnames and table.said["lam"][0] == "Angstrom"
    np.testing.assert_allclose(table.values.T, [own[name] for name in own.colnames], rtol=1e-12)


def test_what_is_no_such_table() -> None:
    assert described("# wave flux\n8800.1 1.0\n") is None
    with pytest.raises(UnusableInput, match="it begins 'Title: Spectra of M dwarfs'"):
        read_spectrum(table(FIELDS, "").encode())  # a ReadMe without its table
    overlapping = described(
        table("1- 9 F9.4 nm a x\n5- 9 F9.4 nm b y\n10-17 F8.6 --- c z", "{:9.4f}{:8.6f}", WAVE, FLUX)
    )
    assert overlapping is not None and list(overlapping.words) == ["a", "c"]


def test_of_several_descriptions_that_counts_which_the_rows_follow() -> None:
    """A ReadMe has that of the list of stars before that of the spectrum, or behind it."""
    text = table(FIELDS, "{:9.4f}{:8.6f}{:8.6f}{:8.6f}", WAVE, MODEL, FLUX, NOISE)
    stars = "   1- 12 A12    ---     Name   Name of the star\n  14- 18 F5.2   mag     Jmag   Magnitude"
    other = table(stars, "{}").replace("t.dat", "stars.dat")
    before = other + "\n" + text
    after = text.replace("Note (1): 1 = bad", other)
    for own in (before, after):
        found = {finding.name: finding for finding in read_spectrum(own.encode()).findings}
        assert found["columns"].value == "column 1 'lambda', column 3 'S'"
