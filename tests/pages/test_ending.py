"""The end of a visit, of a server, and of what one that was killed has left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from dtl.readers import limits
from pages.shared.core import ending, holding, uploads, visit
from pages.shared.core import server_folder as module
from pages.shared.core.server_folder import server_folder
from tests import fakes
from tests.builders import shipped
from tests.conftest import ROOT


class Server:
    """Stand-in for Streamlit's runtime: which browsers are there, and which visits it was told to close."""

    def __init__(self, *here: str) -> None:
        self.here, self.closed = set(here), []

    def is_active_session(self, session: str) -> bool:
        return session in self.here

    def close_session(self, session: str) -> None:
        self.closed.append(session)


@pytest.fixture
def of_visit(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """The run of a page, of the visit that it names."""
    context = SimpleNamespace(session_id="a")
    monkeypatch.setattr(ending, "get_script_run_ctx", lambda: context)
    monkeypatch.setattr(ending, "exists", lambda: True)
    monkeypatch.setattr(ending, "_seen", {})
    monkeypatch.setattr(ending, "_wanted", {})
    yield context


def test_what_a_visit_wants_is_done_once_its_browser_is_gone(of_visit: SimpleNamespace) -> None:
    done: list[str] = []
    for session in "ab":
        of_visit.session_id = session
        ending.begin()
        ending.at_end(lambda session=session: done.append(session))
    server, begun = Server("a", "b"), time.monotonic()
    assert ending._end_gone(server, begun) == 0
    server.here.remove("a")
    assert ending._end_gone(server, begun + ending._GRACE) == 0 and not done  # it may come back
    assert ending._end_gone(server, begun + ending._GRACE + ending._LOOK) == 1
    assert done == ["a"] and server.closed == ["a"]
    assert ending._end_gone(server, begun + 1000.0) == 0 and done == ["a"]  # the other one is still there


def test_who_comes_back_in_time_stays(of_visit: SimpleNamespace) -> None:
    ending.begin()
    server, begun = Server("a"), time.monotonic()
    ending._end_gone(server, begun)
    server.here.clear()
    ending._end_gone(server, begun + 0.9 * ending._GRACE)
    server.here.add("a")
    ending._end_gone(server, begun + 0.95 * ending._GRACE)
    server.here.clear()
    assert ending._end_gone(server, begun + 1.5 * ending._GRACE) == 0


def test_what_fails_at_the_end_of_one_visit_ends_nothing_else(
    of_visit: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []
    ending.begin()
    ending.at_end(lambda: 1 / 0)
    ending.at_end(lambda: done.append("after"))
    ending.end_all()
    assert done == ["after"] and "ZeroDivisionError" in caplog.text


def test_a_browser_that_vanishes_is_noticed_within_half_a_minute() -> None:
    config = (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    ping = int(config.partition("websocketPingInterval =")[2].split()[0])
    kept = int(config.partition("disconnectedSessionTTL =")[2].split()[0])
    assert 2 * ping + ending._GRACE + 2 * ending._LOOK <= 30
    assert kept > ending._GRACE + 2 * ending._LOOK  # Streamlit knows it until it is ended here


def test_files_of_a_visit_go_with_it(
    of_visit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(visit.st, "session_state", {})
    ending.begin()
    kept = uploads._laid_aside("0" * 64, visit.Upload("star.fits", b"x" * 100_000))
    assert isinstance(kept.content, Path) and tmp_path in kept.content.parents
    ending._end_gone(Server(), time.monotonic() + 100.0)
    assert not list(tmp_path.iterdir())


def test_without_room_on_disk_uploads_stay_in_memory(
    of_visit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(visit.st, "session_state", {})
    monkeypatch.setattr(Path, "write_bytes", full)
    kept = uploads._laid_aside("0" * 64, visit.Upload("star.fits", b"x" * 100_000))
    assert kept.content == b"x" * 100_000 and "No space left" in caplog.text
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_server_has_a_folder_that_goes_with_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with server_folder() as folder:
        assert tempfile.gettempdir() == folder and Path(folder).parent == tmp_path
        Path(tempfile.mkdtemp(), "file").write_text("of a visitor")
    assert tempfile.gettempdir() == str(tmp_path) and not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_is_done_without(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "absent"))
    with server_folder() as folder:
        assert folder is None
    assert "no folder can be written" in caplog.text


HOLDER = """
import tempfile, time
from pages.shared.core.server_folder import server_folder
with server_folder() as folder:
    open(tempfile.mkdtemp() + "/star.fits", "w").write("of a visitor")
    print(folder, flush=True)
    time.sleep(600)
"""


@pytest.mark.skipif(module.fcntl is None, reason="no locks of files")
def test_what_a_killed_server_left_behind_goes_before_the_next(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    environment = os.environ | {"TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    other = subprocess.Popen([sys.executable, "-c", HOLDER], env=environment, stdout=subprocess.PIPE, text=True)
    try:
        theirs = Path(other.stdout.readline().strip())
        with server_folder() as ours:
            assert theirs.is_dir() and Path(ours).is_dir()  # it lives
        other.send_signal(signal.SIGKILL)
        other.wait()
        assert list(theirs.rglob("star.fits"))
        (tmp_path / "notes").mkdir()
        with server_folder() as ours:
            assert not theirs.exists() and Path(ours).is_dir()
        assert [path.name for path in tmp_path.iterdir()] == ["notes"]
    finally:
        other.kill()


def test_all_visits_together_hold_no_more_than_the_server_has(
    of_visit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else who opens a hundred of them takes all of its memory."""
    monkeypatch.setattr(ending, "_held", {})
    monkeypatch.setattr(uploads, "analyse_upload", lambda upload: fakes.make_result(file=upload.name))
    monkeypatch.setitem(limits.LIMITS, "held_bytes", replace(limits.LIMITS["held_bytes"], most=100))
    for of_visit.session_id in "ab":
        monkeypatch.setattr(visit.st, "session_state", {})
        ending.begin()
        uploads.add([("one.txt", b"1" * 40), ("two.txt", of_visit.session_id.encode() * 15)])
    assert ending.held() == 95  # of the second visit one found no room
    (sentence,) = visit.current().failures.values()
    assert sentence.startswith("two.txt was not taken") and "try it again" in sentence
    uploads.remove(*visit.current().uploads)
    assert ending.held() == 55
    monkeypatch.setattr(ending, "_GRACE", -1.0)
    ending._end_gone(Server("b"), time.monotonic())
    assert ending.held() == 0
    of_visit.session_id = "a"
    ending.hold(70)  # a run that ends after its visit
    assert ending.held() == 0


def test_networks_count_by_their_weights() -> None:
    assert 20e6 < holding.networks_size(shipped()) < 60e6
