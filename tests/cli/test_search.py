"""`dtl search`: table, resumption, and the card that takes it."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from dtl.bundle.store import load_bundle, save_bundle
from dtl.training.search import PRESETS, budgeted_search
from tests.builders import tiny_grid
from tests.cli.commands import CONFIG, run


def test_search(tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table goes to the file, every job to the file beside it, and a second call does none again."""
    grid = tiny_grid()
    grid.save(tmp_path / "grid.npz")
    (tmp_path / "tiny.toml").write_text(CONFIG.replace("3425.0", "3450.0"))  # the domain of that grid
    monkeypatch.setitem(PRESETS, "budget", partial(budgeted_search, candidates=3, epochs=1))
    output = tmp_path / "found.json"
    arguments = ("search", tmp_path / "tiny.toml", "--grid", tmp_path / "grid.npz", "--preset", "budget")
    times = []
    for _ in range(2):
        assert run(*arguments, "--output", output) == 0
        assert "found.json: 1 of 3 kept" in capsys.readouterr().out
        times.append((tmp_path / "found.jsonl").read_text())
    assert times[0] == times[1] and len(times[0].splitlines()) == 3
    found = json.loads(output.read_text())
    assert (found["preset"], found["config"], found["seed"]) == ("budget", "tiny", 3)
    assert found["grid_sha256"] == grid.digest() and len(found["search"]) == 3

    folder = tmp_path / "bundle"
    bundle = load_bundle(save_bundle(load_bundle("common-r50000"), folder))
    assert run(*arguments, "--output", output, "--write", folder) == 0
    written = load_bundle(folder).card
    assert written["search"] == {"preset": "budget", "seed": 3, "rows": found["search"]}
    assert written == bundle.card | {"search": written["search"]}
