"""Jobs with a file of results: the same table whatever runs them, in the order of the jobs, and nothing done twice."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dtl.parallel.engine import Engine
from dtl.parallel.resumable import run_all
from dtl.spectrum import UnusableInput

JOBS = [{"x": x, "name": f"job {x}"} for x in (3, 1, 2, 5)]
TABLE = [{"x": x, "name": f"job {x}", "y": 10.0 * x + 6} for x in (3, 1, 2, 5)]
NUMBERS = np.array([1.0, 2.0, 3.0])


def scaled(job: dict[str, Any], numbers: np.ndarray, factor: float) -> dict[str, Any]:
    return {"y": float(factor * job["x"] + numbers.sum())}


@pytest.mark.parametrize("workers", [1, 2])
def test_same_table(workers: int) -> None:
    fractions: list[float] = []
    found = run_all(
        scaled, JOBS, shared=(NUMBERS, 10.0), engine=Engine(workers), progress=lambda f, text: fractions.append(f)
    )
    assert found == TABLE
    assert fractions == [0.25, 0.5, 0.75, 1.0]


def counted(job: dict[str, Any], done: list[int], limit: int) -> dict[str, Any]:
    if len(done) == limit:
        raise KeyboardInterrupt
    done.append(job["x"])
    return {"y": job["x"] ** 2}


def test_killed_and_resumed(tmp_path: Path) -> None:
    store = tmp_path / "jobs.jsonl"
    done: list[int] = []
    with pytest.raises(KeyboardInterrupt):
        run_all(counted, JOBS, shared=(done, 2), store=store)
    assert done == [3, 1] and len(store.read_text().splitlines()) == 2
    store.write_text(store.read_text() + '{"key": "cut sh')  # killed while it wrote
    fractions: list[float] = []
    found = run_all(counted, JOBS, shared=(done, 9), store=store, progress=lambda f, text: fractions.append(f))
    assert done == [3, 1, 2, 5] and fractions == [0.75, 1.0]
    assert [row["y"] for row in found] == [9, 1, 4, 25]
    assert run_all(counted, JOBS, shared=(done, 4), store=store) == found  # nothing is left to do
    rows = [line for line in store.read_text().splitlines() if line.startswith('{"key"') and line.endswith("}")]
    assert len(rows) == 4 and all(set(json.loads(row)) == {"key", "result"} for row in rows)


def test_results_of_another_run_are_not_taken(tmp_path: Path) -> None:
    done: list[int] = []
    for run in ("a", "b", "a"):
        run_all(counted, JOBS[:1], shared=(done, 9), store=tmp_path / "jobs.jsonl", run=run)
    assert done == [3, 3]


def ended(job: dict[str, Any]) -> dict[str, Any]:
    if job["x"] == 2:
        os._exit(3)
    return job


def test_a_job_that_ends_its_process() -> None:
    with pytest.raises(UnusableInput, match=r"^Job 3 of 4: its process was ended twice"):
        run_all(ended, JOBS, engine=Engine(2))
