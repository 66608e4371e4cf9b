"""A server of the app on a free loopback port and a Chromium that calls nobody, for tests and measurements."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[1]
#: Seconds that anything may take: far more than it does, as the machine may do other things too.
PATIENCE = 180.0
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
    return list(titles())


def titles() -> dict[str, str]:
    """End of the address of each page, as of `addresses` -> its title."""
    text = (ROOT / "app.py").read_text(encoding="utf-8")
    pages = re.findall(r'title="([^"]+)",.+?url_path="([^"]+)"', text, re.DOTALL)
    return {path if number else "": title for number, (title, path) in enumerate(pages)}


def missing() -> str:
    """Why no browser can be started, empty where one can."""
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        return "Playwright is not installed"
    return "" if shutil.which("chromium") else "no chromium on the path"


@contextmanager
def serve(*, patience: float = PATIENCE, processes: list[int] | None = None) -> Iterator[str]:
    """The address of a freshly started server, which answers already; it ends with the block.

    Args:
        patience: seconds until it must answer.
        processes: takes the number of its process.
    """
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    # A port that is free when it is asked for may be taken when it is used: the server finds one and says which.
    command += ["--server.address", "127.0.0.1", "--server.port", "0", "--browser.gatherUsageStats", "false"]
    with TemporaryDirectory() as folder:
        log = Path(folder) / "log.txt"
        with log.open("wb") as said:
            server = subprocess.Popen(command, cwd=ROOT, env=os.environ.copy(), stdout=said, stderr=subprocess.STDOUT)
        if processes is not None:
            processes.append(server.pid)
        try:
            yield _address(server, log, patience)
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _address(server: subprocess.Popen, log: Path, patience: float) -> str:
    """The address that a server says to have, once it answers there."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with status {server.returncode}: {log.read_text(errors='replace')}")
        with suppress(OSError):
            if found := re.search(r"http://127\.0\.0\.1:\d+(?=\s)", log.read_text(errors="replace")):
                if urlopen(f"{found[0]}/_stcore/health", timeout=PATIENCE).status == 200:
                    return found[0]
        time.sleep(0.05)
    raise TimeoutError(f"the server does not answer: {log.read_text(errors='replace')}")


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
        page.wait_for_selector("h1", timeout=1000 * PATIENCE)
        settle(page)
        yield page
    finally:
        context.close()


def settle(page: object, *, patience: float = PATIENCE) -> None:
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
    page.wait_for_selector(link, state="attached", timeout=1000 * PATIENCE)
    for _ in range(9):  # a click while the page is drawn anew is lost
        page.eval_on_selector(link, "element => element.click()")  # on a narrow page the link is in the folded sidebar
        with suppress(Late):
            page.wait_for_function("path => location.pathname === `/${path}`", arg=path, timeout=20_000)
            break
    else:
        raise TimeoutError(f"the link to /{path} leads nowhere")
    page.wait_for_function("title => document.title.startsWith(title)", arg=titles()[path], timeout=1000 * PATIENCE)
    settle(page)
