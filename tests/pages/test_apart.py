"""Work apart from the server: the same answers, and a sentence to the sender of a file that takes too much."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from dtl.bundle.zip_file import pack
from dtl.inference.analyse import Stages, analyse
from dtl.isolation import processes as module
from dtl.isolation.checks import check_bundle
from dtl.readers import limits
from dtl.readers.options import ReadOptions
from dtl.resources import asset
from dtl.spectrum import UnusableInput
from dtl.transfer.fine_tuning import TransferSettings
from pages.shared.adapt import work
from pages.shared.core import analysis, apart, visit
from tests.builders import shipped
from tests.conftest import PATIENCE, ROOT
from tests.isolation.test_processes import alive, appears, gone, spin, wait_between

linux = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux alone")


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("_BEHIND", "_FAR_BEHIND"):
        monkeypatch.setattr(apart, name, 0)  # other tests may take all of the machine
    limited(monkeypatch, worker_seconds=600)
    apart.start()
    assert apart.running()
    yield
    apart.stop()


def limited(monkeypatch: pytest.MonkeyPatch, **most: int) -> None:
    for name, number in most.items():
        monkeypatch.setitem(limits.LIMITS, name, replace(limits.LIMITS[name], most=number))


@linux
@pytest.mark.parametrize("file", ["simulated-m3.fits", "simulated-m4-metal-poor.ecsv"])
def test_answers_are_the_same_wherever_the_work_is_done(started: None, file: str) -> None:
    path = asset("examples", file)
    stages = Stages(run=apart.caller(file))
    for options in (ReadOptions(), ReadOptions(resolution=60_000.0)):
        there = analyse(path, bundle=shipped(), name=file, options=options, stages=stages)
        here = analyse(path, bundle=shipped(), name=file, options=options)
        assert there.row() == here.row() and there.prepared.steps[-1].text == here.prepared.steps[-1].text
        assert np.array_equal(there.prepared.flux, here.prepared.flux)


@linux
def test_a_file_that_takes_too_much_costs_its_sender_a_sentence(started: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert apart.call("first.txt", abs, -1) == 1  # what makes the processes is there
    with monkeypatch.context() as short:
        limited(short, worker_seconds=1)
        with pytest.raises(UnusableInput, match=r"^slow\.txt takes more than 1 s to read"):
            apart.call("slow.txt", spin)
    limited(monkeypatch, worker_bytes=50_000_000)
    with pytest.raises(UnusableInput, match=r"^large\.txt needs more than 50 MB of memory"):
        apart.call("large.txt", np.ones, 20_000_000)
    assert apart.call("good.txt", abs, -1) == 1


def test_so_many_files_are_read_at_once_as_the_limit_says() -> None:
    code = "from pages.shared.core import apart; print([apart._turns.acquire(blocking=False) for _ in range(4)])"
    settings = os.environ | {"DTL_MAX_READERS_AT_ONCE": "3"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=settings, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "[True, True, True, False]", done.stderr


@linux
def test_a_slow_file_holds_up_no_other(started: None, tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(apart.call, "slow.txt", wait_between, tmp_path / "begun", tmp_path / "go")
        assert appears(tmp_path / "begun")
        assert [apart.call("good.txt", abs, -number) for number in range(20)] == list(range(20))
        assert not slow.done()
        (tmp_path / "go").touch()
        assert slow.result(PATIENCE) == "went on"


def test_no_processes_no_matter(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("Resource temporarily unavailable")

    monkeypatch.setattr(module.subprocess, "Popen", fail)
    apart.start()
    assert not apart.running() and "no processes can be started" in caplog.text
    assert apart.call("star.fits", abs, -1) == 1


@linux
def test_files_that_come_early_wait_for_the_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    limited(monkeypatch, worker_seconds=600)
    apart.expect()
    try:
        with ThreadPoolExecutor(1) as pool:
            early = pool.submit(apart.call, "early.txt", os.getpid)
            time.sleep(0.3)
            assert not early.done()
            apart.start()
            assert early.result(PATIENCE) != os.getpid()
    finally:
        apart.stop()


@linux
def test_uploads_are_read_apart_and_examples_are_not(started: None, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def call(file: str, function: Callable[..., object], *arguments: object, **named: object) -> object:
        asked.append(file)
        return function(*arguments, **named)

    monkeypatch.setattr(apart, "call", call)
    monkeypatch.setattr(apart, "caller", lambda file: lambda *what, **named: call(file, *what, **named))
    state: dict[str, object] = {}
    monkeypatch.setattr(visit.st, "session_state", state)
    data = asset("examples", "simulated-m3.fits").read_bytes()
    assert not isinstance(analysis.analyse_upload(visit.Upload("simulated-m3.fits", data)), str)
    assert not asked
    assert not isinstance(analysis.analyse_upload(visit.Upload("mine.fits", data)), str)
    assert asked == ["mine.fits"] * 3
    asked.clear()
    assert "without a table of numbers" in analysis.analyse_upload(visit.Upload("notes.txt", b"these are notes\n"))
    assert asked == ["notes.txt"]


@linux
def test_a_bundle_is_opened_apart_first(started: None) -> None:
    apart.call("networks.zip", check_bundle, pack(shipped()), "networks.zip")
    with pytest.raises(UnusableInput, match=r"^forged\.zip is not a zip file"):
        apart.call("forged.zip", check_bundle, b"no zip", "forged.zip")


def plan(**settings: int) -> work.Plan:
    return work.Plan(shipped(), "mine", TransferSettings(**settings), seed=1, spectra={}, stars=16)


@linux
def test_an_adaptation_is_a_process_that_ends_when_it_is_cancelled(started: None) -> None:
    job = work.start(plan())
    end = time.monotonic() + PATIENCE
    while not job.text and time.monotonic() < end:
        time.sleep(0.05)
    assert job.state == "running" and job.text
    workers = descendants(apart._started[0]._server.pid)
    assert len(workers) == 1 and alive(workers[0])
    job.cancel()
    assert job.wait(PATIENCE)
    assert job.state == "cancelled" and gone(workers[0])


def descendants(process: int) -> list[int]:
    with open(f"/proc/{process}/task/{process}/children", encoding="ascii") as file:
        return [int(number) for number in file.read().split()]


@linux
def test_an_adaptation_gives_there_what_it_gives_here(started: None, monkeypatch: pytest.MonkeyPatch) -> None:
    adapted = SimpleNamespace(card={"name": "mine"}, target_encoder=None, gap=None)
    told: list[tuple[object, ...]] = []
    reporter = SimpleNamespace(
        progress=lambda *what: told.append(what), watch=lambda row: told.append((row,)), unwanted=None
    )

    def call(function: Callable[..., object], sent: work.Plan, *, tell: Callable[..., object], stop: object) -> object:
        assert all(not r.prepared.steps for r in sent.spectra.values())
        tell("progress", 0.5, "Learning")
        tell("watch", {"round": 1})
        return adapted.card, adapted.target_encoder, adapted.gap, "comparison"

    monkeypatch.setattr(apart, "call_long", call)
    result = analyse(asset("examples", "simulated-m3.fits"), bundle=shipped())
    asked = replace(plan(), spectra={sha256(b"").hexdigest(): result})
    found = work._send(asked, reporter)
    assert told == [(0.5, "Learning"), ({"round": 1},)]
    assert found.plan is asked and found.bundle.name == "mine" and found.change == "comparison"
    assert found.bundle.autoencoder is asked.bundle.autoencoder


@linux
def test_an_adaptation_that_needs_too_much_is_told(started: None, monkeypatch: pytest.MonkeyPatch) -> None:
    limited(monkeypatch, adaptation_bytes=30_000_000)
    job = work.start(plan())
    assert job.wait(PATIENCE)
    assert job.state == "failed" and job.problem.startswith("The adaptation needs more than 30 MB of memory")


@linux
def test_a_file_is_read_again_where_its_process_was_lost_by_no_fault_of_its_own(started: None, tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(apart.call, "star.fits", wait_between, tmp_path / "begun", tmp_path / "go")
        assert appears(tmp_path / "begun")
        (tmp_path / "begun").unlink()
        apart._started[0]._server.kill()
        assert appears(tmp_path / "begun")
        (tmp_path / "go").touch()
        assert call.result(PATIENCE) == "went on"


def test_where_no_process_is_to_be_had_it_is_no_fault_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    class Without:
        def call(self, *_: object, **__: object) -> None:
            raise module.Ended("lost")

    monkeypatch.setattr(apart, "_started", [Without()])
    with pytest.raises(UnusableInput, match=r"^star\.fits was not read, .* overloaded; try it again"):
        apart.call("star.fits", abs, -1)
    job = work.start(plan())
    assert job.wait(PATIENCE)
    assert job.state == "failed" and job.problem.startswith("The adaptation was broken off")
