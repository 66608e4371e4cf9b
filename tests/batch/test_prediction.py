"""Batches: the same table however often a run was killed and whatever the workers; a bad file is a row of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Timer

import numpy as np
import pytest
from astropy.table import Table

from dtl.batch import worker
from dtl.batch.merge import merge_run
from dtl.batch.prediction import predict_into
from dtl.batch.worker import Task, Wanted, prepare_apart, prepare_file
from dtl.inference.analyse import analyse
from dtl.parallel import cluster as dask
from dtl.parallel.engine import Engine
from dtl.readers import limits
from dtl.readers.options import ReadOptions
from dtl.result import PARAMETERS
from dtl.spectrum import UnusableInput
from tests.batch import deadly
from tests.builders import observe_model, shipped
from tests.conftest import PATIENCE, ROOT
from tests.parallel.clusters import Cluster, cluster

#: A run of small parts in a process of its own, to be killed.
DRIVER = """
import sys
from dtl.batch.prediction import predict_into
from dtl.bundle.store import load_bundle
from dtl.parallel.engine import Engine
if __name__ == "__main__":
    folder, workers, *paths = sys.argv[1:]
    inputs = [(path, path.rpartition("/")[2]) for path in paths]
    predict_into(folder, inputs, load_bundle("common-r50000"), engine=Engine(int(workers)), part=2)
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    """Eleven small spectra, and two files that are none."""
    folder = tmp_path_factory.mktemp("stars")
    for number in range(11):
        star = observe_model((3300.0 + 60 * number, 4.8, 0.0, 4.0), snr=80.0, seed=number)
        table = np.c_[star.wavelength, star.flux, star.uncertainty]
        np.savetxt(folder / f"star-{number:02d}.txt", table, header="medium: vacuum\nresolution: 50000", fmt="%.8g")
    (folder / "star-03b.txt").write_text("these are notes\n")
    (folder / "star-07b.fits").write_bytes(b"SIMPLE  =")
    return [(str(path), path.name) for path in sorted(folder.iterdir())]


@pytest.fixture(scope="module")
def undisturbed(files: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run of all files by one worker, never disturbed."""
    folder = tmp_path_factory.mktemp("runs") / "undisturbed"
    assert predict_into(folder, files, shipped(), part=2) == (13, 2)
    return folder


def merged(folder: Path, ending: str = "ecsv") -> bytes:
    merge_run(folder, folder / f"table.{ending}")
    return (folder / f"table.{ending}").read_bytes()


def test_each_file_has_its_answer(files: list[tuple[str, str]], undisturbed: Path) -> None:
    """The same as one file at a time; what cannot be used has its sentence, and the run its record."""
    merged(undisturbed)
    table = Table.read(undisturbed / "table.ecsv", format="ascii.ecsv")
    good = [(path, name) for path, name in files if "b." not in name]
    assert list(table["file"]) == [name for _, name in good]
    for row, (path, _) in list(zip(table, good, strict=True))[::4]:
        flags = "" if np.ma.is_masked(row["flags"]) else row["flags"]
        expected = analyse(path, bundle=shipped()).row()
        for name in PARAMETERS:
            width = expected[f"{name}_lower"] + expected[f"{name}_upper"]
            assert row[name] == pytest.approx(expected[name], abs=0.01 * width), name
        assert row["rv"] == pytest.approx(expected["rv"])
        assert flags == ", ".join(expected["flags"])
    failures = Table.read(undisturbed / "failures.ecsv", format="ascii.ecsv")
    assert list(failures["file"]) == ["star-03b.txt", "star-07b.fits"]
    assert all(str(row["sentence"]).startswith(row["file"]) for row in failures)
    about = json.loads((undisturbed / "run.json").read_text())
    assert about["inputs"]["count"] == 13 and set(about["asked"]["bundles"]) == {"common-r50000"}
    events = [json.loads(line)["event"] for line in (undisturbed / "log.jsonl").read_text().splitlines()]
    assert events == ["begun", "done"]


@pytest.mark.parametrize("ending", ["fits", "vot", "csv", "parquet"])
def test_formats(undisturbed: Path, ending: str) -> None:
    assert merged(undisturbed, ending) == merged(undisturbed, ending)
    kind = {"vot": "votable", "csv": "ascii.csv"}.get(ending, ending)
    assert len(Table.read(undisturbed / f"table.{ending}", format=kind)) == 11


def test_workers_change_nothing(files: list[tuple[str, str]], undisturbed: Path, tmp_path: Path) -> None:
    predict_into(tmp_path / "run", files, shipped(), engine=Engine(3), part=2)
    assert merged(tmp_path / "run") == merged(undisturbed)


def kill_at_random(folder: Path, files: list[tuple[str, str]], times: int) -> None:
    """Begin or go on with a run and kill all its processes at once, many times, and then let it end."""
    rng = np.random.default_rng(5)
    command = [sys.executable, "-c", DRIVER, str(folder), "2", *(path for path, _ in files)]
    for _ in range(times):
        done = len(list((folder / "parts").glob("*.parquet"))) if folder.exists() else 0
        running = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
        wanted = done + int(rng.integers(0, 2))
        while running.poll() is None and len(list((folder / "parts").glob("*.parquet"))) < wanted:
            time.sleep(0.02)
        time.sleep(float(rng.uniform(0.0, 0.6)))
        with contextlib.suppress(ProcessLookupError):  # it may have ended by itself
            os.killpg(running.pid, signal.SIGKILL)
        running.wait()
    subprocess.run(command, cwd=ROOT, check=True)


@pytest.mark.parametrize(
    "times",
    [2, pytest.param(20, marks=pytest.mark.skipif("SLOW_TESTS" not in os.environ, reason="minutes; set SLOW_TESTS"))],
)
def test_kills_change_nothing(files: list[tuple[str, str]], undisturbed: Path, tmp_path: Path, times: int) -> None:
    kill_at_random(tmp_path / "run", files, times)
    assert merged(tmp_path / "run") == merged(undisturbed)
    failures = (tmp_path / "run" / "failures.ecsv").read_bytes()
    assert failures == (undisturbed / "failures.ecsv").read_bytes()
    assert not list((tmp_path / "run" / "parts").glob(".*"))


def predict_on_cluster(
    folder: Path, files: list[tuple[str, str]], cluster: Cluster, when: dict[int, Callable[[], object]]
) -> None:
    """A run on a cluster to which something happens once so many files are answered."""
    answered = iter(range(1, 1000))

    def note(fraction: float, text: str) -> None:
        when.get(next(answered), lambda: None)()

    engine = Engine(scheduler=cluster.address)
    assert predict_into(folder, files, shipped(), engine=engine, part=2, progress=note) == (13, 2)


@pytest.mark.parametrize(
    "times",
    [1, pytest.param(5, marks=pytest.mark.skipif("SLOW_TESTS" not in os.environ, reason="minutes; set SLOW_TESTS"))],
)
def test_workers_of_a_cluster_that_are_killed_change_nothing(
    files: list[tuple[str, str]], undisturbed: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, times: int
) -> None:
    pytest.importorskip("distributed", reason="Dask is optional")
    monkeypatch.setattr(dask, "_ANSWER", PATIENCE)
    with cluster() as running:
        kills = {1 + 2 * kill: partial(running.kill_worker, kill) for kill in range(times)}
        predict_on_cluster(tmp_path / "run", files, running, kills)
    assert merged(tmp_path / "run") == merged(undisturbed)
    assert (tmp_path / "run" / "failures.ecsv").read_bytes() == (undisturbed / "failures.ecsv").read_bytes()


def test_a_scheduler_that_goes_and_comes_back_changes_nothing(
    files: list[tuple[str, str]], undisturbed: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("distributed", reason="Dask is optional")
    monkeypatch.setattr(dask, "_ANSWER", PATIENCE)
    with cluster(1) as running:
        restart = Timer(1.0, running.start, [1])
        predict_on_cluster(tmp_path / "run", files, running, {3: lambda: (running.stop(), restart.start())})
        restart.join()
    assert merged(tmp_path / "run") == merged(undisturbed)


def test_limits_hold_on_a_cluster(files: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """What a worker of a cluster does: a process for each file, with the same sentences as here."""
    wanted = Wanted({"common-r50000": shipped().target}, {"common-r50000": 50_000.0}, "common-r50000", ReadOptions())
    tasks = [Task(number, *file) for number, file in enumerate(files)]
    for task in (tasks[0], tasks[4]):  # a good one, and notes
        (apart,), (here,) = prepare_apart(task, wanted), prepare_file(task, wanted)
        assert apart.sentence == here.sentence and apart.name == here.name
        assert (apart.prepared is None) == (here.prepared is None)
        if here.prepared is not None:
            np.testing.assert_array_equal(apart.prepared.flux, here.prepared.flux)
    for killed, seconds, words in (
        (deadly.die, 600, "ended the process that read it"),
        (deadly.compute, 1, "took more than 1 s"),
    ):
        monkeypatch.setitem(limits.LIMITS, "worker_seconds", limits.Limit(seconds, ""))
        monkeypatch.setattr(worker, "_tell_all", killed)
        (answer,) = prepare_apart(tasks[0], wanted)
        assert answer.sentence.startswith(f"{tasks[0].name}: {words}") and answer.prepared is None


def test_files_that_a_cluster_does_not_see(
    files: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(Engine, "answers", lambda *given, **more: iter([(0, [False])]))
    with pytest.raises(UnusableInput, match=r"star-00\.txt: the workers of tcp://x:1 do not see this file; put the"):
        predict_into(tmp_path / "run", files, shipped(), engine=Engine(scheduler="tcp://x:1"))


def test_a_run_goes_on_only_as_it_was_begun(files: list[tuple[str, str]], undisturbed: Path) -> None:
    with pytest.raises(UnusableInput, match="begun otherwise \\(with other options\\)"):
        predict_into(undisturbed, files, shipped(), options=ReadOptions(medium="air"))
    with pytest.raises(UnusableInput, match="with other inputs"):
        predict_into(undisturbed, files[:3], shipped())
    before = merged(undisturbed)
    assert predict_into(undisturbed, files, shipped()) == (13, 2)  # there is nothing left to do
    assert merged(undisturbed) == before
