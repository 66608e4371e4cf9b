"""The benchmark says what it measured; how fast a machine is, no test may ask."""

from __future__ import annotations

import json

import pytest

from dtl.cli.main import main
from dtl.evaluation.benchmark import DEFAULT_FILE


def test_json(capsys: pytest.CaptureFixture) -> None:
    assert main(["benchmark", "--json", "--repeat", "1"]) == 0
    out = json.loads(capsys.readouterr().out)
    assert list(out["seconds"]) == ["start", "read", "prepare", "infer", "infer_286", "loop_286", "noise_loop_286"]
    assert all(value > 0 for value in out["seconds"].values())
    assert out["file"] == DEFAULT_FILE.name and out["bundle"].startswith("common-r50000 ") and out["repeats"] == 1
    assert out["cpus"] >= 1 and {"python", "dtl", "torch", "numpy"} <= set(out["versions"])


def test_bad_file(capsys: pytest.CaptureFixture) -> None:
    assert main(["benchmark", "--json", "--file", "missing.fits"]) == 2
    captured = capsys.readouterr()
    assert not captured.out and "missing.fits" in captured.err
