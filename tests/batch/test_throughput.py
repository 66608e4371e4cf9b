"""The throughput says what it measured; how fast a machine is, no test may ask."""

from __future__ import annotations

import json

import pytest

from dtl.cli.main import main


def test_files_by_workers(capsys: pytest.CaptureFixture) -> None:
    assert main(["benchmark", "--json", "--repeat", "1", "--files", "6", "--memory", "3"]) == 0
    everything = json.loads(capsys.readouterr().out)
    found = everything["batch"]
    assert found["files"] == 6 and list(found["workers"]) == ["1", "2"]
    assert found["read"] > 0 and all(rate > 0 for rate in found["workers"].values())
    assert list(everything["memory_mb"]) == ["3"] and everything["memory_mb"]["3"] > 100
