"""`dtl grid` and `dtl train`: the whole chain from a library to an answer."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from dtl.bundle.store import load_bundle
from dtl.evaluation.ablation import VARIANTS
from dtl.evaluation.survey_report import measure_transfer
from dtl.grid.build import load_grid
from dtl.result import PARAMETERS
from dtl.simulation.gap import GapModel, gap_of
from dtl.simulation.observation import simulate_observation
from tests.builders import tiny_grid, write_hires
from tests.cli.commands import CONFIG, rows, run
from tests.other_window import LINE, MOVED, OTHER, TELLURIC

#: Ways of transfer that are compared here: all twelve take minutes.
_FEW = ("none", "family, then ours", "ours")
_WAYS = {name: way for name, way in VARIANTS.items() if name in _FEW or "SLOW_TESTS" in os.environ}


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

    monkeypatch.setattr("dtl.evaluation.make.measure_transfer", partial(measure_transfer, variants=_WAYS))
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

    monkeypatch.setattr("dtl.evaluation.make.measure_transfer", lambda *_, **__: {})  # takes most of the time
    again = ("train", config, "--networks", tmp_path / "bundle", "--output", tmp_path / "again")
    assert run(*again, "--grid", grid_file) == 0
    capsys.readouterr()
    assert run("predict", star, "--bundle", tmp_path / "again", "--json") == 0
    (same,) = rows(capsys.readouterr().out)
    for name in PARAMETERS:
        assert same[name] == pytest.approx(row[name], rel=1e-6)
    tiny_grid().save(tmp_path / "other.npz")
    assert run(*again, "--grid", tmp_path / "other.npz") == 2
    refused = capsys.readouterr().err
    assert "other.npz was built for another [grid]" in refused
    assert "(teff 3350.0 to 3450.0, not 3350.0 to 3425.0)" in refused
    config.write_text(CONFIG.replace("3425.0", "3450.0"))
    assert run(*again, "--grid", tmp_path / "other.npz") == 2
    assert "trained on another grid" in capsys.readouterr().err


_OTHER_WINDOW = f"""
[window]
lower = {OTHER.lower}
upper = {OTHER.upper}
margin = {OTHER.margin}
telluric_lines = [{TELLURIC}]
[[window.lines]]
species = "{LINE.species}"
air = {LINE.air}
reference = "{LINE.reference}"
"""


def test_another_window_is_a_config(
    tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No more than a config and a library make a bundle of another window, with a synthetic gap of its own."""
    monkeypatch.setattr("dtl.evaluation.make.measure_transfer", lambda *_, **__: {})  # takes most of the time
    nodes = list(product((3300.0, 3400.0, 3500.0), (4.5, 5.0), (-0.5, 0.0, 0.5)))
    wavelength = np.arange(OTHER.lower - 50.0, OTHER.upper + 50.0, 0.02)
    write_hires(tmp_path / "HiResFITS", nodes, wavelength=wavelength, moved=MOVED)
    one = np.ones(1)
    gap = GapModel(8662.0 * one, 0.1 * one, 0.02 * np.ones((2, 1)), np.zeros((2, 3)), (3300.0, 3500.0), window=OTHER)
    gap.save(tmp_path / "gap.json")
    shipped_window = "\n[window]\nlower = 8800.0\nupper = 8835.0\n"
    assert shipped_window in CONFIG
    text, config = CONFIG.replace(shipped_window, _OTHER_WINDOW), tmp_path / "other.toml"
    text = text.replace("stars = 10", 'stars = 4\ngap = "gap.json"')
    config.write_text(text)
    arguments = ("--phoenix", tmp_path / "HiResFITS", "--checkpoints", tmp_path / "checkpoints")
    assert run("train", config, *arguments, "--output", tmp_path / "bundle") == 0
    bundle = load_bundle(tmp_path / "bundle")
    assert (bundle.window, bundle.lines, bundle.target.telluric_lines) == (OTHER, (LINE,), (TELLURIC,))
    assert bundle.card["limits"] == ["a test"] and gap_of(bundle.card).entries() == gap.entries()

    drawn = np.array([3390.0, 4.85, 0.05, 9.0])
    data = simulate_observation(drawn, bundle, snr=150.0, velocity=-37.0, pixel=0.05, seed=1)
    star = tmp_path / "star.txt"
    np.savetxt(star, np.column_stack(data), header="medium: vacuum\nframe: barycentric\nresolution: 50000")
    assert run("predict", star, "--bundle", tmp_path / "bundle", "--json") == 0
    (row,) = rows(capsys.readouterr().out.partition("km/s\n")[2])
    assert row["rv"] == pytest.approx(-37.0, abs=0.3) and "window_incomplete" not in row["flags"]
    assert row["teff"] == pytest.approx(3390.0, abs=60.0) and row["vsini"] == pytest.approx(9.0, abs=5.0)

    again = ("train", config, "--networks", tmp_path / "bundle", "--output", tmp_path / "again")
    tiny_grid().save(tmp_path / "shipped.npz")
    assert run(*again, "--grid", tmp_path / "shipped.npz") == 2
    refused = capsys.readouterr().err
    assert "shipped.npz was built for another [window]" in refused and "lower 8800.0, not 8650.0" in refused
    assert not (tmp_path / "again").exists()
