"""`dtl predict`: answers as JSON, text and tables; bad files among good ones; what the user says of files."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from astropy.table import Table

from dtl.result import COLUMNS, PARAMETERS
from tests.cli.commands import EXAMPLES, GOOD, rows, run


def test_json(capsys: pytest.CaptureFixture) -> None:
    assert run("predict", *GOOD, "--json") == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    found = rows(captured.out)
    assert [row["file"] for row in found] == [Path(path).name for path in GOOD]
    for row in found:
        assert list(row) == list(COLUMNS) and isinstance(row["flags"], list)
        assert all(isinstance(row[f"{name}{part}"], float) for name in PARAMETERS for part in ("", "_lower", "_upper"))


def test_what_was_guessed_is_told(capsys: pytest.CaptureFixture, tmp_path: Path) -> None:
    assert run("predict", GOOD[0]) == 0 and "guessed " not in capsys.readouterr().out
    lines = (EXAMPLES / "simulated-m2-faint.txt").read_text().splitlines()
    bare = tmp_path / "bare.txt"
    bare.write_text("\n".join(line for line in lines if not line.startswith("#")))
    assert run("predict", bare) == 0
    said = capsys.readouterr().out
    assert "guessed unit: Å (no unit in the file;" in said and "guessed medium: " in said
    assert run("predict", bare, "--unit", "Angstrom", "--medium", "vacuum") == 0
    assert not re.search("guessed (unit|medium)", capsys.readouterr().out)


def test_bad_files_among_good_ones(capsys: pytest.CaptureFixture, tmp_path: Path) -> None:
    """The good ones are still answered; each bad one has a sentence that names it."""
    (tmp_path / "empty.fits").write_bytes(b"")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    np.savetxt(tmp_path / "elsewhere.txt", np.c_[np.linspace(5000, 5100, 900), np.ones(900)])
    bad = [
        tmp_path / "missing.fits",
        tmp_path / "empty.fits",
        tmp_path / "picture.png",
        tmp_path / "elsewhere.txt",
        tmp_path / "folder",  # an empty one
    ]
    bad[-1].mkdir()
    assert run("predict", bad[0], GOOD[0], *bad[1:], GOOD[1], "--json") == 2
    captured = capsys.readouterr()
    assert [row["file"] for row in rows(captured.out)] == [Path(path).name for path in GOOD]
    sentences = captured.err.splitlines()
    assert len(sentences) == len(bad) and "Traceback" not in captured.err
    for path, sentence in zip(bad, sentences, strict=True):
        assert path.name in sentence and sentence.endswith(".")


def test_human_table(capsys: pytest.CaptureFixture) -> None:
    assert run("predict", GOOD[0]) == 0
    out = capsys.readouterr().out
    assert all(label in out for label, _, _ in PARAMETERS.values())
    assert "logg_from_main_sequence" in out  # a note; nothing is in doubt
    assert "outside_grid" not in out and "out_of_distribution" not in out
    assert re.search(r"rv +\S+ ± \S+ km/s \(barycentric\), S/N \d+\n", out)
    assert re.search(r"rv +\S+ ± \S+ km/s \(barycentric\), S/N \d+", out)


@pytest.mark.parametrize("ending", ["ecsv", "csv"])
def test_table(ending: str, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    path = tmp_path / f"results.{ending}"
    assert run("predict", *GOOD, "--output", path) == 0
    assert len(Table.read(path, format=f"ascii.{ending}")) == 2
    assert capsys.readouterr().out == ""


def test_what_the_user_says_counts(capsys: pytest.CaptureFixture) -> None:
    assert run("predict", GOOD[1], "--resolution", 30_000, "--json") == 2
    assert "30,000" in capsys.readouterr().err
    assert run("predict", GOOD[1], "--resolution", 45_000, "--json") == 0
    assert "resolution_too_low" in rows(capsys.readouterr().out)[0]["flags"]
    assert run("predict", GOOD[1], "--medium", "air", "--json") == 0
    as_air = rows(capsys.readouterr().out)[0]
    assert as_air["rv"] == pytest.approx(-108.2 + 82.3, abs=1.0)  # 2.42 Angstrom redward


def test_what_the_app_asks_the_command_line_takes(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    """Columns by number or name, the kind of uncertainty, the instrument and the order."""
    wavelength, flux, sigma = np.loadtxt(EXAMPLES / "simulated-m1-fast.txt", unpack=True)[:3]
    table = np.c_[sigma**2, flux, wavelength]
    np.savetxt(tmp_path / "star.txt", table, header="medium: vacuum\nframe: barycentric", fmt="%.9g")
    assert run("predict", EXAMPLES / "simulated-m1-fast.txt", "--bundle", "common-r50000", "--json") == 0
    (expected,) = rows(capsys.readouterr().out)
    said = ("--columns", "3,2,1", "--uncertainty", "variance", "--instrument", "espadons", "--medium", "vacuum")
    assert run("predict", tmp_path / "star.txt", *said, "--order", 0, "--resolution", 50_000, "--json") == 0
    (found,) = rows(capsys.readouterr().out)
    assert found["instrument"] == "ESPaDOnS"
    for name in PARAMETERS:
        assert found[name] == pytest.approx(expected[name], rel=1e-3, abs=0.01), name


def test_all_spectra_of_a_file(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    """One of three is only zeros: the others are answered, each under its name, and the report names the file."""
    wavelength, flux, sigma = np.loadtxt(EXAMPLES / "simulated-m1-fast.txt", unpack=True)[:3]
    rows_of = [np.c_[wavelength, flux, sigma], np.c_[wavelength, 0 * flux, sigma], np.c_[wavelength, 2.5 * flux, sigma]]
    np.savetxt(tmp_path / "field.txt", np.vstack(rows_of), header="wavelength flux error", fmt="%.9g")
    assert run("predict", tmp_path / "field.txt", "--row", "all", "--json", "--report", tmp_path / "r.zip") == 2
    captured = capsys.readouterr()
    found = rows(captured.out)
    assert [row["file"] for row in found] == ["field.txt [1 of 3]", "field.txt [3 of 3]"]
    assert "field.txt [2 of 3] has" in captured.err and "several_spectra" not in found[0]["flags"]
    with ZipFile(tmp_path / "r.zip") as report:
        assert report.read("inputs.sha256").decode().splitlines() == [
            f"{sha256((tmp_path / 'field.txt').read_bytes()).hexdigest()}  field.txt"
        ]
        script = report.read("reproduce.py").decode()
    assert 'dtl.predict("field.txt", row=1' in script and 'dtl.predict("field.txt", row=3' in script


def test_a_run_and_its_table(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    """A bad file is told at the end, and the table has the others."""
    (tmp_path / "notes.txt").write_text("nothing\n")
    assert run("predict", *GOOD, tmp_path / "notes.txt", "--into", tmp_path / "run", "--workers", 1) == 2
    assert "3 files, 1 not usable" in capsys.readouterr().err
    assert run("merge", tmp_path / "run", "--output", tmp_path / "table.ecsv") == 0
    assert len(Table.read(tmp_path / "table.ecsv", format="ascii.ecsv")) == 2
    assert run("predict", *GOOD, "--into", tmp_path / "run") == 2
    assert "begun otherwise" in capsys.readouterr().err
    assert run("predict", *GOOD, "--workers", 2) == 2
    assert "--into" in capsys.readouterr().err


def test_a_table_is_never_written_over_an_input(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    path = tmp_path / "star.ecsv"
    path.write_bytes(Path(GOOD[1]).read_bytes())
    assert run("predict", path, "--output", path) == 2
    assert "one of the files to be read" in capsys.readouterr().err
    assert path.read_bytes() == Path(GOOD[1]).read_bytes()
