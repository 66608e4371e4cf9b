"""The command line: exit status, one sentence for bad input, and the whole chain from a library to an answer."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from astropy.table import Table

from dtl.bundle.store import load_bundle, save_bundle
from dtl.cli.main import main
from dtl.grid.build import load_grid
from dtl.result import COLUMNS, PARAMETERS
from dtl.simulation.observation import simulate_observation
from dtl.training.search import PRESETS, budgeted_search
from tests.builders import tiny_grid, write_hires

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "assets" / "examples"
GOOD = [str(EXAMPLES / name) for name in ("simulated-m3.fits", "simulated-m4-metal-poor.ecsv")]
CONFIG = """
name = "tiny"
version = "0.1"
seed = 3
limits = ["a test"]
[grid]
teff = [3350.0, 3425.0]
logg = [4.8, 4.9]
mh = [-0.2, 0.2]
[autoencoder]
hidden = [32]
n_latent = 8
epochs = 10
batch = 16
[regressor]
members = 2
steps = 120
batch = 64
draws = 4
[augmentation]
snr = [50.0, 500.0]
depth = 0.0
[maps]
neighbours = 10
[survey]
transfer = "none"
calibration_surveys = 1
test_surveys = 1
stars = 10
"""


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


def rows(out: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.splitlines()]


def test_json(capsys: pytest.CaptureFixture) -> None:
    assert run("predict", *GOOD, "--json") == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    found = rows(captured.out)
    assert [row["file"] for row in found] == [Path(path).name for path in GOOD]
    for row in found:
        assert list(row) == list(COLUMNS) and isinstance(row["flags"], list)
        assert all(isinstance(row[f"{name}{part}"], float) for name in PARAMETERS for part in ("", "_lower", "_upper"))


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
        tmp_path,
    ]
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
    assert all(label in out for label, _, _ in PARAMETERS.values()) and "flags   none" in out


@pytest.mark.parametrize("ending", ["ecsv", "csv"])
def test_table(ending: str, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    path = tmp_path / f"results.{ending}"
    assert run("predict", *GOOD, "--output", path) == 0
    assert len(Table.read(path, format=f"ascii.{ending}")) == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["predict", GOOD[0], "--output", "results.xlsx"], "results.xlsx: unknown kind of table"),
        (["predict", GOOD[0], "--output", "no/such/folder/results.csv"], "cannot be written"),
        (["predict", GOOD[0], "--bundle", "nonsense"], "nonsense: is no bundle"),
        (["train", "missing.toml", "--grid", "x.npz", "--output", "x"], "missing.toml: cannot be opened"),
        (["search", "missing.toml", "--grid", "x.npz", "--preset", "budget", "--output", "x.json"], "missing.toml"),
        (["search", "x", "--grid", "x", "--preset", "budget", "--output", "x.txt"], "x.txt: cannot be written"),
        (["search", "x", "--grid", "x", "--preset", "budget", "--output", "no/x.json"], "no/x.json: cannot be written"),
        (["grid", "build", "--phoenix", "missing", "--output", "grid.npz"], "missing: no such folder"),
        (["grid", "build", "--phoenix", ".", "--output", "grid.txt"], "grid.txt: a grid is written as .npz"),
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
    "arguments",
    [[], ["predict"], ["predict", "x", "--json", "--output", "x.csv"], ["predict", "x", "--medium", "water"], ["dance"],
     *(["predict", "x", "--resolution", value] for value in ("nan", "-1", "0", "inf", "high")),
     ["benchmark", "--repeat", "0"]],
)  # fmt: skip
def test_arguments_that_argparse_refuses(arguments: list[str], capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit) as caught:
        run(*arguments)
    assert caught.value.code == 2 and "error:" in capsys.readouterr().err


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


def test_what_the_user_says_counts(capsys: pytest.CaptureFixture) -> None:
    assert run("predict", GOOD[1], "--resolution", 30_000, "--json") == 2
    assert "30,000" in capsys.readouterr().err
    assert run("predict", GOOD[1], "--resolution", 45_000, "--json") == 0
    assert "resolution_too_low" in rows(capsys.readouterr().out)[0]["flags"]
    assert run("predict", GOOD[1], "--medium", "air", "--json") == 0
    as_air = rows(capsys.readouterr().out)[0]
    assert as_air["rv"] == pytest.approx(-108.2 + 82.3, abs=1.0)  # 2.42 Angstrom redward


def test_as_a_process(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "dtl", "predict", GOOD[0], str(tmp_path / "missing.fits"), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 2
    assert len(rows(done.stdout)) == 1 and "missing.fits" in done.stderr and len(done.stderr.splitlines()) == 1


def test_search(tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table goes to the file, every job to the file beside it, and a second call does none again."""
    grid = tiny_grid()
    grid.save(tmp_path / "grid.npz")
    (tmp_path / "tiny.toml").write_text(CONFIG)
    monkeypatch.setitem(PRESETS, "budget", partial(budgeted_search, candidates=3, epochs=1))
    output = tmp_path / "found.json"
    arguments = ("search", tmp_path / "tiny.toml", "--grid", tmp_path / "grid.npz", "--preset", "budget")
    times = []
    for _ in range(2):
        assert run(*arguments, "--output", output, "--engine", "serial") == 0
        assert "found.json: 1 of 3 kept" in capsys.readouterr().out
        times.append((tmp_path / "found.jsonl").read_text())
    assert times[0] == times[1] and len(times[0].splitlines()) == 3
    found = json.loads(output.read_text())
    assert (found["preset"], found["config"], found["seed"]) == ("budget", "tiny", 3)
    assert found["grid_sha256"] == grid.digest() and len(found["search"]) == 3

    folder = tmp_path / "bundle"
    bundle = load_bundle(save_bundle(load_bundle("common-r50000"), folder))
    assert run(*arguments, "--output", output, "--engine", "serial", "--write", folder) == 0
    written = load_bundle(folder).card
    assert written["search"] == {"preset": "budget", "seed": 3, "rows": found["search"]}
    assert written == bundle.card | {"search": written["search"]}


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Address of a folder on this computer."""
    handler = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/HiResFITS/"
        server.shutdown()
        thread.join()


def test_from_a_library_to_an_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Download, build, train, predict; then transfer and figures of the same networks anew."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    write_hires(
        tmp_path / "server" / "HiResFITS", list(product((3300.0, 3400.0, 3500.0), (4.5, 5.0), (-0.5, 0.0, 0.5)))
    )
    config, grid_file = tmp_path / "tiny.toml", tmp_path / "grid.npz"
    config.write_text(CONFIG)
    with served(tmp_path / "server") as address:
        fetched = ("--to", tmp_path / "HiResFITS", "--config", config, "--server", address)
        assert run("grid", "download", *fetched) == 0
    assert run("grid", "build", "--phoenix", tmp_path / "HiResFITS", "--output", grid_file, "--config", config) == 0
    grid = load_grid(grid_file)
    assert "HiRes, 18 files" in grid.source and len(grid.nodes) > 100

    where = ("--output", tmp_path / "bundle", "--checkpoints", tmp_path / "checkpoints")
    assert run("train", config, "--grid", grid_file, *where) == 0
    assert "test rmse" in capsys.readouterr().out
    bundle = load_bundle(tmp_path / "bundle")
    card = bundle.card
    assert (bundle.name, bundle.version) == ("tiny", "0.1") and card["limits"] == ["a test"]
    assert card["nodes"]["count"] == len(grid.nodes) == len(bundle.latents) == len(bundle.map_flux)
    assert card["training"]["grid_sha256"] == grid.digest() and card["data"]["library"] == grid.source
    metrics = card["metrics"]
    assert set(metrics["coverage_1_sigma"]) == {"50", "100", "300"}
    assert metrics["pca_mse"]["4"] > metrics["pca_mse"]["16"] > 0
    for column, name in enumerate(PARAMETERS):
        assert 0 < metrics["rmse_noise_free"][name] < 0.8 * grid.nodes[:, column].std(), name
    assert (np.diff(bundle.references["latent_distance"].quantiles, axis=1) >= 0).all()
    assert np.ptp(bundle.map_flux, axis=0).min() > 1 and np.ptp(bundle.map_latent, axis=0).min() > 1

    drawn = np.array([3390.0, 4.85, 0.05, 9.0])
    data = simulate_observation(drawn, bundle, snr=150.0, velocity=-37.0, pixel=0.05, seed=1)
    star = tmp_path / "star.txt"
    np.savetxt(star, np.column_stack(data), header="medium: vacuum\nframe: barycentric\nresolution: 50000")
    assert run("predict", star, "--bundle", tmp_path / "bundle", "--json") == 0
    (row,) = rows(capsys.readouterr().out)
    assert row["bundle"] == "tiny 0.1" and row["rv"] == pytest.approx(-37.0, abs=0.3)
    assert row["teff"] == pytest.approx(3390.0, abs=60.0) and row["vsini"] == pytest.approx(9.0, abs=5.0)
    assert row["reconstruction_mse"] < 1e-3 and not {"rv_uncertain", "window_incomplete"} & set(row["flags"])

    again = ("train", config, "--networks", tmp_path / "bundle", "--output", tmp_path / "again")
    assert run(*again, "--grid", grid_file) == 0
    capsys.readouterr()
    assert run("predict", star, "--bundle", tmp_path / "again", "--json") == 0
    (same,) = rows(capsys.readouterr().out)
    for name in PARAMETERS:
        assert same[name] == pytest.approx(row[name], rel=1e-6)
    tiny_grid().save(tmp_path / "other.npz")
    assert run(*again, "--grid", tmp_path / "other.npz") == 2
    assert "trained on another grid" in capsys.readouterr().err
