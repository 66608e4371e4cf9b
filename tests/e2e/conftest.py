"""One server and one browser for all walks; every walk is a visit of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests import server
from tests.e2e.files import examples
from tests.e2e.visitor import Visitor


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Of a server with the whole app."""
    if not examples():
        pytest.skip("no examples in assets/examples")
    with server.serve() as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """A Chromium; skips where there is none."""
    if reason := server.missing():
        pytest.skip(reason)
    with server.chromium() as browser:
        yield browser


@pytest.fixture
def enter(browser: object, address: str) -> Iterator[Callable[..., Visitor]]:
    """A function that opens the app for a new visitor; options as those of `tests.server.visit`."""
    with ExitStack() as stack:

        def enter(**options: object) -> Visitor:
            options = {"viewport": {"width": 1280, "height": 900}} | options
            return Visitor(stack.enter_context(server.visit(browser, address, **options)))

        yield enter


@pytest.fixture
def visitor(enter: Callable[..., Visitor]) -> Visitor:
    """Somebody who has just opened the app."""
    return enter()
