"""Limits and errors of processes that work for another one."""

from __future__ import annotations

import resource
import subprocess
import sys
import threading

from dtl.parallel.child_process import RaisedElsewhere, sendable
from dtl.spectrum import UnusableInput


class Clinging(Exception):
    """An error that cannot be sent."""

    def __init__(self) -> None:
        super().__init__("held")
        self.lock = threading.Lock()


def test_errors_are_sent_without_what_hangs_on_them() -> None:
    try:
        try:
            raise Clinging
        except Clinging as error:
            raise UnusableInput("star.fits is no spectrum; give another.") from error
    except UnusableInput as error:
        sent = sendable(error)
    assert type(sent) is UnusableInput and str(sent) == "star.fits is no spectrum; give another."
    assert sent.__cause__ is None and sent.__traceback__ is None


def test_of_what_cannot_be_sent_the_name_is() -> None:
    sent = sendable(Clinging())
    assert type(sent) is RuntimeError and str(sent) == "Clinging"
    assert str(RaisedElsewhere("line 3")) == "\nline 3"


def test_limits_are_lowered_and_never_raised() -> None:
    words = (
        "import resource; from dtl.parallel.child_process import lower_limit; "
        "resource.setrlimit(resource.RLIMIT_CORE, (0, 4096)); "
        "lower_limit(resource.RLIMIT_CORE, 1024); print(*resource.getrlimit(resource.RLIMIT_CORE)); "
        "lower_limit(resource.RLIMIT_CORE, 10**6); print(*resource.getrlimit(resource.RLIMIT_CORE))"
    )
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    if hard != resource.RLIM_INFINITY and hard < 4096:
        return
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1024", "4096", "4096", "4096"]
