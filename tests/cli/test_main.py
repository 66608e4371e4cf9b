"""The command line as a whole: exit status, one sentence for what is unusable, help without heavy imports."""

from __future__ import annotations

import importlib.util
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.commands import GOOD, rows, run
from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["predict", GOOD[0], "--output", "results.xlsx"], "results.xlsx is no name for a table; let it end in .ecsv"),
        (["predict", GOOD[0], "--output", "no/such/folder/results.csv"], "cannot be written"),
        (["predict", GOOD[0], "--output", "."], ". is no name for a table"),
        (["predict", GOOD[0], "--report", "no/report.zip"], "no/report.zip cannot be written (there is no folder no)"),
        (["predict", GOOD[0], "--instrument", "telescope"], "The instrument 'telescope' cannot be used"),
        (["predict", GOOD[0], "--bundle", "nonsense"], "nonsense is no bundle"),
        (["train", "missing.toml", "--grid", "x.npz", "--output", "x"], "missing.toml cannot be opened"),
        (["search", "missing.toml", "--grid", "x.npz", "--preset", "budget", "--output", "x.json"], "missing.toml"),
        (
            ["search", "x", "--grid", "x", "--preset", "budget", "--output", "x.txt"],
            "x.txt is no name for a table of",
        ),
        (["search", "x", "--grid", "x", "--preset", "budget", "--output", "no/x.json"], "no/x.json cannot be written"),
        (["grid", "build", "--phoenix", "missing", "--output", "grid.npz"], "missing: no such folder"),
        (
            ["grid", "build", "--phoenix", ".", "--output", "grid.txt"],
            "grid.txt is no name for a grid; let it",
        ),
        (["predict", GOOD[1], "--extension", "99"], "a file of this kind (ECSV table) is read as a whole"),
        (["predict", GOOD[0], "--extension", "99"], "has no spectrum in extension '99'; it has extension 1"),
        (["predict", GOOD[1], "--columns", "1,1"], "one column as two things"),
        (["predict", GOOD[1], "--columns", "1,2,2"], "one column as two things"),
        (["predict", GOOD[1], "--order", "7"], "; leave the choice to the program"),
        (["predict", GOOD[1], "--row", "2"], "holds 1; choose --row 1 to 1"),
        (["predict", "@"], "@ names no list of files"),
        (["train", "common-r50000", "--grid", GOOD[0], "--output", "x"], "is no grid (it is of another kind"),
        (["train", "common-r50000", "--grid", "no.npz", "--output", "x"], "is no grid (No such file or directory)"),
        (["app", "--address", "999.1.1.1", "--no-browser"], "999.1.1.1: no server can listen there"),
        (["adapt", GOOD[0], "--bundle", "nonsense", "--output", "x"], "nonsense is no bundle"),
        (["adapt", GOOD[0], "--bundle", "x", "--output", "x", "--scale", "mann15"], "--scale goes with --anchors"),
        (
            ["adapt", GOOD[0], "--bundle", "x", "--output", "x", "--anchors", "a.csv", "--scale", "mann15"],
            "--scale goes with --anchors without a table",
        ),
    ],
)
def test_unusable_arguments(
    arguments: list[str], word: str, capsys: pytest.CaptureFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(*arguments) == 2
    captured = capsys.readouterr()
    assert word in captured.err and len(captured.err.splitlines()) == 1 and not captured.out
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["simulate", "287", "--output", "x"], "ask for 286 at most"),
        (["simulate", "2", "--snr", "300", "50", "--output", "x"], "give the lower end first"),
        (["simulate", "2", "--snr", "1e9", "1e9", "--output", "x"], "give 100,000 at most"),
        (["sample-size", "--counts", "1", "--output", "x.json"], "give numbers from 4 to 282"),
        (["sample-size", "--counts", "286", "--output", "x.json"], "give numbers from 4 to 282"),
        (["adapt", GOOD[0], "--bundle", "common-r50000", "--output", "x"], "give spectra of 10 stars at least"),
        (["evaluate", "--spectra", "missing.fits", "--parts", "stars"], "missing.fits was not found"),
    ],
)
def test_unusable_arguments_that_work_shows(
    arguments: list[str], word: str, capsys: pytest.CaptureFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As above, below a bar of progress."""
    monkeypatch.chdir(tmp_path)
    assert run(*arguments) == 2
    assert word in capsys.readouterr().err.splitlines()[-1]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "arguments",
    [[], ["predict"], ["predict", "x", "--json", "--output", "x.csv"], ["predict", "x", "--medium", "water"], ["dance"],
     *(["predict", "x", "--resolution", value] for value in ("nan", "-1", "0", "inf", "high")),
     *(["predict", "x", "--columns", value] for value in ("1", "1,2,3,4", ",2")), ["predict", "x", "--order", "-1"],
     *(["predict", "x", "--row", value] for value in ("0", "-1", "1.5", "")),
     *(["predict", "x", option, ""] for option in ("--extension", "--bundle", "--output", "--report", "--instrument")),
     *(["benchmark", "--repeat", value] for value in ("0", "-1", "9" * 20)), ["predict", ""],
     *(["app", "--port", value] for value in ("0", "-1", "70000", "1.5")), ["app", "--address", ""],
     *(["evaluate", "--stars", value] for value in ("0", "-3", "1.5")), ["evaluate", "--bundle", ""],
     *(["simulate", value, "--output", "x"] for value in ("0", "-1", "1.5", "many")),
     *(["sample-size", "--output", "x.json", "--counts", value] for value in ("0", "-2")),
     ["search", "x", "--grid", "x", "--preset", "budget", "--output", "x.json", "--workers", "0"],
     ["adapt", "x", "--bundle", "x", "--output", "x", "--mean-mh", "nan"]],
)  # fmt: skip
def test_arguments_that_argparse_refuses(arguments: list[str], capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit) as caught:
        run(*arguments)
    (said,) = capsys.readouterr().err.splitlines()
    assert caught.value.code == 2 and "error:" in said and said.endswith("--help.")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["predict", "x", "--resolution", "high"], "high is no positive number"),
        (["benchmark", "--repeat", "many"], "many is no whole number above 0"),
    ],
)
def test_numbers_are_asked_for_in_words(arguments: list[str], words: str, capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit):
        run(*arguments)
    assert words in capsys.readouterr().err


def test_as_a_process(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "dtl", "predict", GOOD[0], str(tmp_path / "missing.fits"), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 2
    assert len(rows(done.stdout)) == 1 and "missing.fits" in done.stderr and len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_signs_that_cannot_be_written_have_others_for_them(encoding: str) -> None:
    """Above all the minus: the star of this file comes nearer."""
    command = [sys.executable, "-m", "dtl", "predict", GOOD[1]]
    done = subprocess.run(
        command, capture_output=True, cwd=ROOT, check=True, env=os.environ | {"PYTHONIOENCODING": encoding}
    )
    said = done.stdout.decode(encoding)
    assert "rv      -108.2" in said and "?" not in said and not done.stderr


def test_a_closed_output_is_told() -> None:
    command = f"{shlex.quote(sys.executable)} -m dtl predict {shlex.quote(GOOD[0])} >&-"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 2 and done.stderr.startswith("The standard output is closed")


def test_a_file_whose_name_is_no_text_ends_no_run(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    bad = os.path.join(os.fsencode(tmp_path), b"bad\xff.txt")
    with open(bad, "wb") as file:
        file.write(b"no spectrum\n")
    assert run("predict", os.fsdecode(bad), GOOD[0], "--into", tmp_path / "run", "--workers", "1") == 2
    assert "2 files, 1 not usable" in capsys.readouterr().err
    assert "bad?.txt" in (tmp_path / "run" / "failures.ecsv").read_text()


@pytest.mark.parametrize("arguments", [["predict", *GOOD], ["predict", *GOOD, "--json"], ["merge", "--help"]])
def test_a_reader_that_has_enough_ends_it_quietly(arguments: list[str]) -> None:
    """As `head` does: it closes the pipe while more is to come."""
    command = [sys.executable, "-m", "dtl", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) as process:
        process.stdout.close()
        said = process.stderr.read()
    assert said == "" and process.returncode != 2


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["predict", "--help"], ["grid", "build", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    code = f"""
import sys
from dtl.cli.main import main
try:
    main({arguments!r})
except SystemExit as end:
    assert end.code == 0
heavy = {{"numpy", "torch", "scipy", "astropy", "pandas", "streamlit", "plotly"}} & set(sys.modules)
assert not heavy, heavy
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    assert "dtl" in done.stdout


@pytest.mark.parametrize(
    ("command", "name"),
    [(["train", "common-r50000", "--grid", "x.npz", "--output", "x"], "umap"),
     (["search", "common-r50000", "--grid", "x.npz", "--preset", "budget", "--output", "x.json", "--scheduler",
      "tcp://x:1"], "distributed")],
)  # fmt: skip
def test_a_library_that_is_not_installed_is_named_before_the_work(
    command: list[str], name: str, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(importlib.util, "find_spec", lambda asked: None if asked == name else object())
    assert run(*command) == 2
    assert "not installed" in capsys.readouterr().err and not list(tmp_path.iterdir())


def test_a_shipped_config_goes_by_its_name(capsys: pytest.CaptureFixture, tmp_path: Path) -> None:
    """Read without a complaint: what is missed is the grid."""
    assert run("train", "common-r50000", "--grid", tmp_path / "x.npz", "--output", tmp_path / "x") == 2
    assert "x.npz" in capsys.readouterr().err


def test_a_missing_library_is_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a Python that the program was not installed for."""
    monkeypatch.setitem(sys.modules, "torch", None)
    assert run("predict", GOOD[0]) == 2
    said = capsys.readouterr().err
    assert said.startswith("torch: this library is not installed") and "pip install ." in said and "\n" not in said[:-1]
