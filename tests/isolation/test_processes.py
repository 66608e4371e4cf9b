"""Calls in processes of their own: what comes back of one, and every way in which it ends."""

from __future__ import annotations

import errno
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from dtl.isolation.fork_server import Bounds, _serve
from dtl.isolation.processes import Ended, Processes
from dtl.spectrum import UnusableInput
from tests.conftest import PATIENCE

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux alone")


@pytest.fixture(scope="module")
def processes() -> Iterator[Processes]:
    made = Processes(["numpy", "dtl.spectrum"])
    yield made
    made.close()


def who() -> tuple[int, int]:
    """Numbers of the process and of its parent."""
    return os.getpid(), os.getppid()


def refuse(sentence: str) -> None:
    raise UnusableInput(sentence)


def lay_hold_of(size: int) -> int:
    """Memory that is written to, a few pages of each megabyte."""
    held = [np.zeros(2**20, dtype=np.uint8) for _ in range(size >> 20)]
    for part in held:
        part[::4096] = 1
    return sum(len(part) for part in held)


NO_MEMORY = {
    "folder": OSError(errno.ENOMEM, os.strerror(errno.ENOMEM), "/somewhere/else"),
    "library": ImportError("/somewhere/internals.so: cannot map zero-fill pages"),
    "segment": ImportError("internals.so: failed to map segment from shared object"),
    "Python": SystemError("error return without exception set"),
}


def find_no_memory(where: str) -> None:
    raise NO_MEMORY[where]


def lay_hold_of_a_tensor(size: int) -> int:
    """Memory that PyTorch asks for, whose refusal is no MemoryError."""
    import torch

    return len(torch.ones(size, dtype=torch.uint8))


def spin() -> None:
    while True:
        pass


def spin_and_count(most: int, tell: Callable[..., object]) -> None:
    for number in range(most):
        end = time.process_time() + 0.8
        while time.process_time() < end:
            pass
        tell(number)


def die(number: int) -> None:
    os.kill(os.getpid(), number)
    time.sleep(60)


def count(most: int, tell: Callable[..., object]) -> str:
    for number in range(most):
        tell("number", number)
        time.sleep(0.01)
    return "counted"


def alive(process: int) -> bool:
    """Whether a process is there and has not ended."""
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):  # it may end while it is looked at
        return False
    return state not in "ZX"


def holds(condition: Callable[[], object]) -> bool:
    """Whether something becomes true in time."""
    end = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return bool(condition())


def gone(process: int) -> bool:
    """Whether a process ends."""
    return holds(lambda: not alive(process))


def appears(path: Path) -> bool:
    """Whether a file comes to be."""
    return holds(path.exists)


def wait_between(begun: Path, go: Path) -> str:
    """Make one file, and wait for another."""
    begun.touch()
    return "went on" if appears(go) else "was late"


def test_each_call_has_a_process_of_its_own(processes: Processes) -> None:
    (first, parent), (second, same) = processes.call(who), processes.call(who)
    assert parent == same and len({first, second, parent, os.getpid()}) == 4
    assert gone(first) and gone(second)  # nothing of a call is left for the next


def test_what_is_given_is_what_comes_back(processes: Processes) -> None:
    array = np.random.default_rng(1).normal(size=300_000)
    assert np.array_equal(processes.call(np.sort, array), np.sort(array))
    assert processes.call(sorted, [3, 1, 2], reverse=True) == [3, 2, 1]


def test_what_is_raised_there_is_raised_here(processes: Processes) -> None:
    with pytest.raises(UnusableInput, match=r"star\.fits is no spectrum; give another\."):
        processes.call(refuse, "star.fits is no spectrum; give another.")
    with pytest.raises(ZeroDivisionError) as caught:
        processes.call(divmod, 1, 0)
    assert "divmod" in str(caught.value.__cause__) or "function(*arguments" in str(caught.value.__cause__)


def test_what_takes_too_much_memory_is_ended_alone(processes: Processes) -> None:
    bounds = Bounds(memory=100 << 20)
    assert processes.call(lay_hold_of, 50 << 20, bounds=bounds) == 50 << 20
    with pytest.raises(Ended) as end:
        processes.call(lay_hold_of, 200 << 20, bounds=bounds)
    assert end.value.why == "memory"
    assert processes.call(lay_hold_of, 50 << 20, bounds=bounds) == 50 << 20


def test_memory_that_is_denied_to_pytorch_is_memory(processes: Processes) -> None:
    assert processes.call(lay_hold_of_a_tensor, 1 << 20) == 1 << 20
    with pytest.raises(Ended) as end:
        processes.call(lay_hold_of_a_tensor, 8 << 30, bounds=Bounds(memory=4 << 30))
    assert end.value.why == "memory"


@pytest.mark.parametrize("where", NO_MEMORY)
def test_memory_that_is_denied_while_a_library_is_loaded_is_memory(processes: Processes, where: str) -> None:
    """Of the system as it looks through folders, or maps a library; of Python that cannot even say so."""
    with pytest.raises(Ended) as end:
        processes.call(find_no_memory, where)
    assert end.value.why == "memory"


def test_what_takes_too_long_is_ended_alone(processes: Processes) -> None:
    with pytest.raises(Ended) as end:
        processes.call(spin, bounds=Bounds(seconds=1))
    assert end.value.why == "time"
    assert processes.call(abs, -1) == 1


def test_each_word_on_the_way_has_the_time_that_is_allowed(processes: Processes) -> None:
    told: list[int] = []
    processes.call(spin_and_count, 4, bounds=Bounds(seconds=1), tell=told.append)
    assert told == [0, 1, 2, 3]


def test_what_sleeps_too_long_is_ended_by_the_clock(processes: Processes) -> None:
    with pytest.raises(Ended) as end:
        processes.call(time.sleep, 600, bounds=Bounds(seconds=1))
    assert end.value.why == "time"


@pytest.mark.parametrize(("number", "why"), [(signal.SIGSEGV, "died"), (signal.SIGKILL, "memory")])
def test_a_process_that_dies_is_told(processes: Processes, number: int, why: str) -> None:
    with pytest.raises(Ended) as end:
        processes.call(die, int(number))
    assert end.value.why == why


def test_an_answer_that_is_too_large_is_told(processes: Processes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its process waits for somebody to take it, and is ended."""
    monkeypatch.setattr("dtl.isolation.processes._MAX_ANSWER", 1000)
    with pytest.raises(Ended) as ended:
        processes.call(bytes, 10_000_000)
    assert ended.value.why == "memory"


def test_others_go_on_meanwhile(processes: Processes, tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        long = pool.submit(processes.call, wait_between, tmp_path / "begun", tmp_path / "go")
        assert appears(tmp_path / "begun")
        quick = [pool.submit(processes.call, pow, 2, number) for number in range(40)]
        assert [answer.result(PATIENCE) for answer in quick] == [2**number for number in range(40)]
        assert not long.done()
        (tmp_path / "go").touch()
        assert long.result(PATIENCE) == "went on"


def test_it_tells_on_its_way_and_ends_once_it_is_not_wanted(processes: Processes) -> None:
    told: list[tuple[object, ...]] = []
    assert processes.call(count, 5, tell=lambda *what: told.append(what)) == "counted"
    assert told == [("number", number) for number in range(5)]
    stop = threading.Event()
    with pytest.raises(Ended) as end:
        threading.Timer(0.3, stop.set).start()
        processes.call(time.sleep, 600, stop=stop)
    assert end.value.why == "stopped"


def test_who_listens_may_break_off(processes: Processes) -> None:
    process: list[int] = []

    def listen(kind: str, number: int) -> None:
        process.append(number)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        processes.call(say_who_and_wait, tell=listen)
    assert gone(process[0])


def say_who_and_wait(tell: Callable[..., object]) -> None:
    tell("process", os.getpid())
    time.sleep(600)


def test_another_one_takes_the_place_of_what_was_killed(processes: Processes) -> None:
    _, maker = processes.call(who)
    os.kill(maker, signal.SIGKILL)
    assert gone(maker)
    _, other = processes.call(who)
    assert other != maker


def test_all_end_with_the_one_that_makes_them() -> None:
    made, process = Processes(["dtl.spectrum"]), []
    _, maker = made.call(who)
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(made.call, say_who_and_wait, tell=lambda kind, number: process.append(number))
        assert holds(lambda: process)
        made.close()
        with pytest.raises(Ended):
            call.result(PATIENCE)
    assert gone(process[0]) and gone(maker)


def test_temporary_files_lie_where_they_should(tmp_path: Path) -> None:
    made = Processes(["tempfile"], str(tmp_path))
    try:
        assert made.call(place_of_temporary_files) == str(tmp_path)
    finally:
        made.close()


def place_of_temporary_files() -> str:
    import tempfile

    return tempfile.gettempdir()


def test_what_is_lost_with_the_maker_of_the_processes_is_told_from_what_died(processes: Processes) -> None:
    told: list[int] = []
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(processes.call, say_who_and_wait, tell=lambda kind, number: told.append(number))
        assert holds(lambda: told)
        processes._server.kill()
        with pytest.raises(Ended) as end:
            call.result(PATIENCE)
    assert end.value.why == "lost" and gone(told[0])
    assert processes.call(abs, -1) == 1


def test_where_no_process_can_be_made_the_maker_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its end would be that of all other calls."""

    def full() -> int:
        raise BlockingIOError("Resource temporarily unavailable")

    monkeypatch.setattr("os.fork", full)
    control, ours = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    heard, rung = socket.socketpair()
    waiting, theirs = socket.socketpair()
    reading, writing = os.pipe()
    with control, ours, heard, rung, waiting:
        with theirs:
            socket.send_fds(ours, [b"c"], [theirs.fileno(), writing])
        os.close(writing)
        pipes: dict[int, int] = {}
        assert _serve(control, heard, pipes) and not pipes
        assert os.read(reading, 8) == b"" and waiting.recv(8) == b""  # nobody holds the other ends
    os.close(reading)
