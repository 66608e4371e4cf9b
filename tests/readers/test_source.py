"""Refusals before anything is read: one sentence each, as it was written."""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
import pytest
from astropy.table import Table

from dtl.readers.source import open_source
from dtl.spectrum import UnusableInput
from tests.readers import layouts
from tests.readers.reading import read_spectrum


def refusal(path: Path) -> str:
    with pytest.raises(UnusableInput) as caught:
        open_source(path)
    return str(caught.value)


def test_sentences_about_paths_stand_alone(tmp_path: Path) -> None:
    assert refusal(tmp_path) == f"{tmp_path.name} is a folder, not a file; it is empty, give files of spectra."
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert refusal(tmp_path) == f"{tmp_path.name} is a folder, not a file; give the files in it."
    assert refusal(pipe) == "pipe is a device or a pipe, not a file; give a regular file."
    assert refusal(tmp_path / "none.fits").startswith("none.fits was not found (")


def test_a_pattern_without_files_is_called_one(tmp_path: Path) -> None:
    assert "none-*.fits was not found: as a pattern it matches no file (" in refusal(tmp_path / "none-*.fits")


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("encoding", [f"utf-{bits}{order}" for bits in (16, 32) for order in ("", "-le", "-be")])
@pytest.mark.parametrize("kind", ["votable", "text", "ecsv"])
def test_a_file_of_wide_letters_is_read_as_in_utf8(kind: str, encoding: str, mark: str) -> None:
    wave = layouts.grid()
    if kind == "text":
        content = layouts.text().decode()
    else:
        table = Table({"wavelength": wave, "flux": layouts.truth(wave)}, units={"wavelength": "Angstrom"})
        handle = io.BytesIO() if kind == "votable" else io.StringIO()
        table.write(handle, format="votable" if kind == "votable" else "ascii.ecsv")
        content = handle.getvalue().decode() if kind == "votable" else handle.getvalue()
    mark = mark if encoding[6:] else ""  # else there is one already
    other = content.replace('encoding="utf-8"', f'encoding="{encoding[:6].upper()}"')
    assert kind != "votable" or "UTF-" in other
    plain, found = (read_spectrum(data, name="star") for data in (content.encode(), (mark + other).encode(encoding)))
    np.testing.assert_array_equal(found.wavelength, plain.wavelength)
    np.testing.assert_array_equal(found.flux, plain.flux)
    assert [note.value for note in found.findings] == [note.value for note in plain.findings]


def test_a_web_page_in_utf16_is_one(tmp_path: Path) -> None:
    path = tmp_path / "star.txt"
    path.write_text("<!DOCTYPE html><html></html>", encoding="utf-16")
    assert "is a web page" in refusal(path)


def test_a_web_page_with_numbers_is_no_login(tmp_path: Path) -> None:
    path = tmp_path / "star.html"
    path.write_text("<html><table>" + "<tr><td>8800.1</td><td class='x'> 0.93</td></tr>\n" * 30 + "</table></html>")
    assert "web page with a table of numbers" in refusal(path)
    path.write_text("<html><table><tr><td>Name</td><td><input></td></tr></table></html>")
    assert "login" in refusal(path)


def test_sentence_about_a_large_file_stands_alone(tmp_path: Path) -> None:
    path = tmp_path / "large.fits"
    with path.open("wb") as handle:
        handle.truncate(300_000_000)  # sparse: it takes no space
    assert refusal(path) == (
        "large.fits has 300 MB and the limit is 200 MB, so it is hardly a single spectrum; give one exposure, or cut "
        "it to the window of the networks and some 50 Å on each side."
    )


@pytest.mark.parametrize("head", ["<table border='1'>", "<div>\n<style scoped></style><table>", "<html><table>"])
def test_a_part_of_a_web_page_is_called_so(head: str, tmp_path: Path) -> None:
    rows = "".join(f"<tr><th>{i}</th><td>{8800 + i}</td><td>0.9</td></tr>" for i in range(40))
    path = tmp_path / "star.html"
    path.write_text(f"{head}{rows}</table>")
    assert "web page with a table of numbers" in refusal(path)
