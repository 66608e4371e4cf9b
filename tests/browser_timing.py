"""What a person waits for, measured in Chromium: ``python -m tests.browser_timing FILE [--repeat N] [--many N]``.

Prints one JSON object. Medians in seconds: ``cold_start`` from starting the server to the first page with the example's
parameters and figure; ``upload`` from the file chosen to the painted frame with its parameters, the server being warm;
``many`` for 30 files at once; ``change`` from another colour of the map to the map in it, ``switch`` from hiding the
names of the lines to the figure without them, both from the key or click to the painted frame by the browser's own
clock; ``reread`` from another medium to the new parameters. ``weight``: bytes that each page takes when it is opened
first. ``wire``: all as they are sent, headers too, and how many of them over the websocket; ``sent``: over HTTP as the
browser counts them, ``unpacked``, and how many are the scripts and fonts that come with Streamlit (Plotly's among
them); ``messages``: those of the websocket, unpacked. ``memory``: MB that the server holds after 10 and after ``--many`` uploads in one
visit.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.server import addresses, chromium, follow, missing, serve, settle, visit
from tests.wire import counted

_CARD = "[data-testid=stMetricValue]"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="spectrum to upload")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--many", type=int, default=100, help="uploads for the memory; 0 leaves that out")
    arguments = parser.parse_args()
    if reason := missing():
        parser.exit(2, f"nothing measured: {reason}\n")
    times: dict[str, list[float]] = {
        name: [] for name in ("cold_start", "upload", "many", "switch", "reread", "change")
    }
    report: dict[str, object] = {}
    with chromium() as browser, TemporaryDirectory() as folder:
        files = _Files(arguments.file, Path(folder))
        for _ in range(max(1, arguments.repeat // 2)):
            times["cold_start"].append(_cold(browser))
        processes: list[int] = []
        with serve(processes=processes) as address:
            report["weight"] = {path or "first": _weigh(browser, address, path) for path in addresses()}
            with visit(browser, address) as page:
                for _ in range(arguments.repeat):
                    times["upload"].append(_upload(page, [files.next()]))
                for i in range(arguments.repeat):
                    times["switch"].append(_switch(page, shown=bool(i % 2)))
                for medium in ("air", "vacuum") * (arguments.repeat // 2 + 1):
                    times["reread"].append(_timed(lambda medium=medium: _reread(page, medium)))
                follow(page, "latent-space")
                for label in ("log g", "[M/H]", "v sin i", "Teff") * (1 + arguments.repeat // 4):
                    times["change"].append(_change(page, label))
            with visit(browser, address) as page:
                times["many"].append(_upload(page, [files.next() for _ in range(30)]))
            if arguments.many:
                report["memory"] = _memory(browser, address, files, processes[0], arguments.many)
    medians = {name: round(median(values), 3) for name, values in times.items() if values}
    print(json.dumps(medians | report))


class _Files:
    """Copies of one file, each with a name and a content of its own, so that none is known already."""

    def __init__(self, source: Path, folder: Path) -> None:
        self._data, self._name, self._folder, self._count = source.read_bytes(), source.name, folder, 0

    def next(self) -> Path:
        """The next copy; a FITS file may be longer than its parts, and text may end with empty lines."""
        self._count += 1
        path = self._folder / f"timing-{self._count}.{self._name}"
        fits = self._data.startswith(b"SIMPLE")
        path.write_bytes(self._data + (b"\0" * 2880 if fits else b"\n") * self._count)
        return path


def _weigh(browser: object, address: str, path: str) -> dict[str, int]:
    """Bytes of a page opened by somebody who has never been there."""
    with counted(address) as (door, wire):
        weight = _watched(browser, f"{door}/{path}")
    return {"wire": wire.total, "of_websocket": wire.websocket} | weight


def _watched(browser: object, url: str) -> dict[str, int]:
    """What the browser says of the same: bytes over HTTP, and of the messages of the websocket."""
    weight = {"sent": 0, "unpacked": 0, "of_streamlit": 0, "of_plotly": 0, "messages": 0}
    addresses_: dict[str, str] = {}

    def received(event: dict) -> None:
        weight["sent"] += event["encodedDataLength"]
        address = addresses_.get(event["requestId"], "")
        weight["of_streamlit"] += event["encodedDataLength"] if "/static/" in address else 0
        weight["of_plotly"] += event["encodedDataLength"] if "PlotlyChart" in address else 0

    def framed(event: dict) -> None:
        text, binary = event["response"]["payloadData"], event["response"]["opcode"] == 2
        weight["messages"] += len(text) * 3 // 4 if binary else len(text)

    context = browser.new_context()
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.requestWillBeSent", lambda e: addresses_.update({e["requestId"]: e["request"]["url"]}))
    session.on("Network.dataReceived", lambda e: weight.update(unpacked=weight["unpacked"] + e["dataLength"]))
    session.on("Network.loadingFinished", received)
    session.on("Network.webSocketFrameReceived", framed)
    page.goto(url)
    page.wait_for_selector("h1", timeout=60_000)
    settle(page)
    context.close()
    return weight


def _memory(browser: object, address: str, files: _Files, process: int, many: int) -> dict[str, float]:
    """MB that the server holds after 10 and after ``many`` uploads, ten at a time, in one visit."""
    held = {}
    with visit(browser, address) as page:
        for count in range(10, many + 1, 10):
            _upload(page, [files.next() for _ in range(10)])
            if count in (10, many):
                status = Path(f"/proc/{process}/status").read_text()
                held[str(count)] = round(int(status.partition("VmRSS:")[2].split()[0]) / 1024, 1)
    return held


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


def _upload(page: object, paths: list[Path]) -> float:
    """Seconds from the chosen files to the painted frame with the last one's parameters, by the browser's clock."""
    page.evaluate(_WATCH, ["[data-testid=stMain] p", paths[-1].name, True])
    page.set_input_files("input[type=file]", paths)
    taken = page.evaluate("() => window.painted")
    page.wait_for_selector(_CARD)
    settle(page)
    return taken


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
    const once = {once: true, capture: true};
    for (const kind of ["keydown", "click", "change"]) window.addEventListener(kind, begin, once);
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
