"""Times that a person waits, measured in Chromium: ``python -m tests.browser_timing FILE [--repeat N]``.

Prints one JSON object with the medians in seconds: ``cold_start`` from starting the server to the first page with the
example's parameters and figure, ``upload`` from choosing the file to its parameters, ``change`` from another colour of
the map to the map in it, ``switch`` from hiding the names of the lines to the figure without them, both from the key or
click to the painted frame by the browser's own clock, ``reread`` from another medium to the new parameters.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from tests.server import chromium, follow, missing, serve, settle

_CARD = "[data-testid=stMetricValue]"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="spectrum to upload")
    parser.add_argument("--repeat", type=int, default=5)
    arguments = parser.parse_args()
    if reason := missing():
        parser.exit(2, f"nothing measured: {reason}\n")
    data = arguments.file.read_bytes()
    times: dict[str, list[float]] = {"cold_start": [], "upload": [], "switch": [], "reread": [], "change": []}
    with chromium() as browser:
        for _ in range(max(1, arguments.repeat // 2)):
            times["cold_start"].append(_cold(browser))
        with serve() as address:
            page = browser.new_page()
            page.goto(address)
            page.wait_for_selector(_CARD, timeout=60_000)
            settle(page)
            for i in range(arguments.repeat):
                times["upload"].append(_timed(lambda i=i: _upload(page, f"timing-{i}.{arguments.file.name}", data)))
                settle(page)
            for i in range(arguments.repeat):
                times["switch"].append(_switch(page, shown=bool(i % 2)))
            for medium in ("air", "vacuum") * (arguments.repeat // 2 + 1):
                times["reread"].append(_timed(lambda medium=medium: _reread(page, medium)))
            follow(page, "latent-space")
            for label in ("log g", "[M/H]", "v sin i", "Teff") * (1 + arguments.repeat // 4):
                times["change"].append(_change(page, label))
    print(json.dumps({name: round(median(values), 3) for name, values in times.items() if values}))


def _timed(action: Callable[[], object]) -> float:
    """Seconds an action takes, or what it says itself where its beginning is not to be counted."""
    start = time.perf_counter()
    begun = action()
    return time.perf_counter() - (begun if isinstance(begun, float) else start)


def _cold(browser: object) -> float:
    start = time.perf_counter()
    with serve() as address:
        page = browser.new_page()
        page.goto(address)
        page.wait_for_selector(_CARD, timeout=60_000)
        page.wait_for_selector("[data-testid=stPlotlyChart] .main-svg", timeout=60_000)
        taken = time.perf_counter() - start
        page.close()
    return taken


def _upload(page: object, name: str, data: bytes) -> None:
    # One more byte at the end would break some formats: the name alone differs, and the same content is analysed anew.
    page.set_input_files("input[type=file]", {"name": name, "mimeType": "", "buffer": data})
    page.wait_for_selector(f"[data-testid=stMain] p:has-text('{name}')", timeout=60_000)
    page.wait_for_selector(_CARD)


#: Notes the moment of a key or click, and that of the next painted frame once the page holds what is waited for.
_WATCH = """([selector, text, wanted]) => {
    const seen = () => [...document.querySelectorAll(selector)].some(e => e.textContent.includes(text)) === wanted;
    const begin = () => { window.begun ??= performance.now(); };
    window.begun = undefined;
    window.painted = new Promise(done => {
        const watch = new MutationObserver(() => {
            if (window.begun === undefined || !seen()) return;
            watch.disconnect();
            requestAnimationFrame(() => setTimeout(() => done((performance.now() - window.begun) / 1000)));
        });
        watch.observe(document.body, {childList: true, subtree: true, characterData: true});
    });
    for (const kind of ["keydown", "click"]) window.addEventListener(kind, begin, {once: true, capture: true});
}"""


def _switch(page: object, *, shown: bool) -> float:
    page.evaluate(_WATCH, ["[data-testid=stPlotlyChart] text", "Mg I", shown])
    page.get_by_role("button", name="Mg I", exact=True).evaluate("element => element.click()")
    return page.evaluate("() => window.painted")


def _reread(page: object, medium: str) -> float:
    begun = _choose(page, "Wavelengths measured in", medium)
    page.wait_for_function(
        "word => [...document.querySelectorAll('[data-testid=stTable] tr')].some("
        "row => row.innerText.includes('Your choice') && row.innerText.includes(word))",
        arg=medium,
        timeout=30_000,
    )
    settle(page)
    return begun


def _change(page: object, label: str) -> float:
    _choose(page, "Colour", label, watch=["[data-testid=stPlotlyChart] text", f"{label} [", True])
    return page.evaluate("() => window.painted")


def _choose(page: object, title: str, option: str, watch: list | None = None) -> float:
    """Choose in a selectbox by the keyboard; when the last key is pressed."""
    box = page.get_by_role("combobox", name=title, exact=True)
    box.click()
    box.fill(option)
    page.wait_for_selector(f"[role=option]:has-text('{option}')")
    if watch:
        page.evaluate(_WATCH, watch)
    begun = time.perf_counter()
    box.press("Enter")
    return begun


if __name__ == "__main__":
    main()
