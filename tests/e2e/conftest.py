"""One server and one browser for all walks; every walk is a visit of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from tests import server
from tests.e2e.files import examples
from tests.e2e.visitor import Visitor


@pytest.fixture(scope="package")
def address() -> Iterator[str]:
    """Of a server with the whole app."""
    if not examples():
        pytest.skip("no examples in assets/examples")
    with server.serve() as address:
        yield address


@pytest.fixture(scope="package")
def browser() -> Iterator[object]:
    """A Chromium; skips where there is none."""
    if reason := server.missing():
        pytest.skip(reason)
    with server.chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def known_browser(browser: object, address: str) -> Iterator[object]:
    """A browser of somebody who was here before: the tour is closed, and the scripts of the app are kept.

    What a visit holds belongs to its page, not to the browser, so that visits know nothing of each other.
    """
    from pages.shared.core.tour import COOKIE

    name, value = COOKIE
    context = browser.new_context()
    context.add_cookies([{"name": name, "value": value, "url": address}])
    try:
        yield context
    finally:
        context.close()


@pytest.fixture
def enter(browser: object, address: str, known_browser: object) -> Iterator[Callable[..., Visitor]]:
    """A function that opens the app for a visitor; ``tour`` for the first time, at a width and in a theme."""
    with ExitStack() as stack:

        def enter(*, tour: bool = False, width: int = 1280, scheme: str = "light") -> Visitor:
            context = stack.enter_context(closing(browser.new_context())) if tour else known_browser
            page = context.new_page()
            stack.callback(page.close)
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            visitor = Visitor(page)
            page.goto(address)
            visitor.look_around()
            return visitor

        yield enter


@pytest.fixture
def visitor(enter: Callable[..., Visitor]) -> Visitor:
    """Somebody who has just opened the app."""
    return enter()
