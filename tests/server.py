"""A server of the app on a free loopback port and a Chromium that calls nobody, for tests and measurements."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--headless",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def addresses() -> list[str]:
    """Ends of the addresses of all pages, in the order in which ``app.py`` lists them; that of the first is ``""``."""
    return ["", *re.findall(r'url_path="([^"]+)"', (ROOT / "app.py").read_text(encoding="utf-8"))[1:]]


def missing() -> str:
    """Why no browser can be started, empty where one can."""
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        return "Playwright is not installed"
    return "" if shutil.which("chromium") else "no chromium on the path"


@contextmanager
def serve(*, patience: float = 60.0, processes: list[int] | None = None) -> Iterator[str]:
    """The address of a freshly started server, which answers already; it ends with the block.

    Args:
        patience: seconds until it must answer.
        processes: takes the number of its process.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    command += ["--server.address", "127.0.0.1", "--server.port", str(port), "--browser.gatherUsageStats", "false"]
    server = subprocess.Popen(
        command, cwd=ROOT, env=os.environ.copy(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    if processes is not None:
        processes.append(server.pid)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(server, f"{address}/_stcore/health", patience)
        yield address
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()


def _wait(server: subprocess.Popen, health: str, patience: float) -> None:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with status {server.returncode}")
        try:
            if urlopen(health, timeout=2).status == 200:
                return
        except (URLError, OSError):
            time.sleep(0.05)
    raise TimeoutError("the server does not answer")


@contextmanager
def chromium() -> Iterator[object]:
    """A Playwright browser."""
    browser = _playwright().chromium.launch(
        executable_path=shutil.which("chromium"), headless=True, args=list(CHROMIUM_ARGUMENTS)
    )
    try:
        yield browser
    finally:
        browser.close()


@cache
def _playwright() -> object:
    """The one Playwright of this process, which allows no second one beside it."""
    from playwright.sync_api import sync_playwright

    running = sync_playwright().start()
    atexit.register(running.stop)
    return running


@contextmanager
def visit(browser: object, address: str, *, path: str = "", tour: bool = False, **options: object) -> Iterator[object]:
    """A page with the app, as a person sees it who has closed the tour, or sees it for the first time.

    Args:
        browser: of `chromium`.
        address: of `serve`.
        path: end of the address of the page to begin with.
        tour: leave the tour open.
        options: of Playwright's ``new_context``, as ``viewport`` and ``color_scheme``.
    """
    from pages.shared.core.tour import COOKIE

    context = browser.new_context(**options)
    if not tour:
        name, value = COOKIE
        context.add_cookies([{"name": name, "value": value, "url": address}])
    try:
        page = context.new_page()
        page.goto(f"{address}/{path}")
        page.wait_for_selector("h1", timeout=60_000)
        settle(page)
        yield page
    finally:
        context.close()


def settle(page: object, *, patience: float = 90.0) -> None:
    """Wait until the script has run and figures are drawn."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=1000 * patience)
    page.wait_for_function(
        "() => !document.querySelector('[data-testid=stSkeleton]')"
        " && [...document.querySelectorAll('[data-testid=stPlotlyChart]')].every(c => c.querySelector('.main-svg'))",
        timeout=1000 * patience,
    )


def follow(page: object, path: str) -> None:
    """Open another page of the same visit by its link, ``path`` being the end of its address."""
    from playwright.sync_api import TimeoutError as Late

    link = f"a[href$='/{path}']"
    page.wait_for_selector(link, state="attached")
    for patience in (10_000, 10_000, 30_000):  # a click while the page is drawn anew is lost
        page.eval_on_selector(link, "element => element.click()")  # on a narrow page the link is in the folded sidebar
        try:
            page.wait_for_function("path => location.pathname.endsWith(path)", arg=path, timeout=patience)
            break
        except Late:
            continue
    page.wait_for_timeout(300)
    settle(page)
