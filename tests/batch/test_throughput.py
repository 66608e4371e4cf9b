"""The throughput says what it measured; how fast a machine is, no test may ask."""

from __future__ import annotations

import json

import pytest

from dtl.cli.main import main


def test_files_by_workers(capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dtl.evaluation.benchmark.measure_times", lambda *_, **__: {"seconds": {}})  # has its own test
    assert main(["benchmark", "--json", "--files", "6", "--runs", "3"]) == 0
    everything = json.loads(capsys.readouterr().out)
    found = everything["batch"]
    assert found["files"] == 6 and list(found["workers"]) == ["1", "2"]
    assert found["read"] > 0 and all(rate > 0 for rate in found["workers"].values())
    assert list(everything["runs"]) == ["3"]
    assert everything["runs"]["3"]["memory_mb"] > 100 and everything["runs"]["3"]["rate"] > 0
