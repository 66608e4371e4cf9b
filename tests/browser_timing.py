"""What a person waits for, measured in Chromium: ``python -m tests.browser_timing FILE [--repeat N] [--many N]``.

Prints one JSON object. Times are medians in seconds.

- ``cold_start``: from starting the server to the first page with the example's parameters and figure.
- ``upload``: from the file chosen to the painted frame with its parameters, the server being warm; ``many``: the same
  for 30 files at once, to those of the last.
- ``reactions``: for widgets of every page, from the key or click to the painted frame that shows what was asked for, by
  the browser's own clock.
- ``weight``: bytes that each page takes when it is opened first. ``wire``: all as they are sent, headers too, and how
  many of them over the websocket; ``sent``: over HTTP as the browser counts them, ``unpacked``, and how many are the
  scripts and fonts that come with Streamlit (Plotly's among them); ``messages``: those of the websocket, unpacked.
- ``memory``: MB that the server holds after 10 and after ``--many`` uploads in one visit.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from dtl.transfer.sample import MIN_STARS
from tests.server import addresses, chromium, follow, missing, serve, settle, visit
from tests.wire import counted

_CARD = "[data-testid=stMetricValue]"
_FIGURE = "[data-testid=stPlotlyChart]"
#: Error bars of the published stars; those of the user's stay.
_MANY_BARS = ".st-key-literature-figure .shapelayer path"
#: What the page holds once it has answered: a selector, words that one such element holds, and whether it is there.
Sign = tuple[str, tuple[str, ...], bool]


class _Step(NamedTuple):
    """One choice of a widget, and the sign that it was followed."""

    option: str
    sign: Sign


class _Reaction(NamedTuple):
    """A widget, and choices that are made in turn.

    Attributes:
        name: in the report.
        path: end of the address of its page.
        kind: ``select`` for a list, ``button`` for one of several that bear the options, ``toggle`` and ``menu`` for
            what bears the title.
        title: of the widget.
        steps: to be taken in turn; after the last all is as it was.
        within: words of what is to be opened before, empty where the widget is in sight.
        tab: in which it stands, empty where it is in sight.
    """

    name: str
    path: str
    kind: str
    title: str
    steps: tuple[_Step, ...]
    within: str = ""
    tab: str = ""


def _figure(*words: str, there: bool = True) -> Sign:
    return f"{_FIGURE} text", words, there


def _chosen(word: str) -> Sign:
    return "[data-testid=stTable] tr", ("Your choice", word), True


#: The part of the first page in which the tabs stand.
_READING = "Metadata, preparation and reading options"

_REACTIONS = (
    _Reaction(
        "lines", "", "button", "Line identification",
        (_Step("Mg I", _figure("Mg I", there=False)), _Step("Mg I", _figure("Mg I"))), "Lines",
    ),
    _Reaction(
        "medium", "", "select", "Air or vacuum",
        (_Step("air", _chosen("air")), _Step("vacuum", _chosen("vacuum"))), tab="Reading options",
    ),
    _Reaction(
        "unit", "", "button", "Unit",
        (_Step("nm", _figure("star at rest [nm]")), _Step("Å", _figure("star at rest [Å]"))), "Axis",
    ),
    _Reaction(
        "preparation", "", "button", "Step of the preparation",
        (_Step("Rest frame", _figure("as in the file", there=False)), _Step("As read", _figure("as in the file"))),
        tab="Preparation steps",
    ),
    _Reaction(
        "map colour", "latent-space", "select", "Colour",
        tuple(_Step(label, _figure(f"{label} [")) for label in ("log g", "v sin i", "[M/H]", "Teff")),
    ),
    _Reaction(
        "networks", "latent-space", "button", "Networks",
        (_Step("Before the transfer", _figure("After the ")), _Step("After the transfer", _figure("Before the "))),
    ),
    _Reaction(
        "diagram colour", "hr-diagram", "select", "Colour",
        (_Step("log g", _figure("Surface gravity")), _Step("[M/H]", _figure("Metallicity"))),
    ),
    _Reaction(
        "diagram", "hr-diagram", "button", "Diagram",
        (_Step("Kiel", _figure("Surface gravity")), _Step("HR", _figure("Luminosity"))),
    ),
    _Reaction(
        "literature parameter", "literature-values", "button", "Parameter",
        (_Step("log g", _figure("log g", ", literature")), _Step("Teff", _figure("[K], literature"))),
    ),
    _Reaction(
        "error bars", "literature-values", "toggle", "Error bars",
        (_Step("", (_MANY_BARS, (), False)), _Step("", (_MANY_BARS, (), True))),
    ),
    _Reaction(
        "adapt to", "adapt-networks", "button", "Adapt to",
        (
            _Step("A simulated survey", ("[data-testid=stWidgetLabel]", ("Simulated stars",), True)),
            _Step("Your spectra", ("[data-testid=stWidgetLabel]", ("Simulated stars",), False)),
        ),
    ),
    _Reaction(
        "card", "model-card", "select", "Networks",
        tuple(
            _Step(name, ("[data-testid=stTable] tr", ("Name and version", name), True))
            for name in ("carmenes-r94600", "common-r50000")
        ),
    ),
    _Reaction(
        "python", "keep-results", "menu", "Python",
        (_Step("", ("[data-testid=stCode]", (), True)), _Step("", ("[data-testid=stCode]", (), False))),
    ),
)  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="spectrum to upload")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--many", type=int, default=100, help="uploads for the memory; 0 leaves that out")
    arguments = parser.parse_args()
    if reason := missing():
        parser.exit(2, f"nothing measured: {reason}\n")
    report: dict[str, object] = {}
    with chromium() as browser, TemporaryDirectory() as folder:
        files = _Files(arguments.file, Path(folder))
        report["cold_start"] = _middle(_cold(browser) for _ in range(max(1, arguments.repeat // 2)))
        processes: list[int] = []
        with serve(processes=processes) as address:
            report["weight"] = {path or "first": _weigh(browser, address, path) for path in addresses()}
            with visit(browser, address) as page:
                report["upload"] = _middle(_upload(page, [files.next()]) for _ in range(arguments.repeat))
                _upload(page, [files.next() for _ in range(MIN_STARS)])  # so many that the page Adapt offers them
                report["reactions"] = _reactions(page, arguments.repeat)
            with visit(browser, address) as page:
                report["many"] = round(_upload(page, [files.next() for _ in range(30)]), 3)
            if arguments.many:
                report["memory"] = _memory(browser, address, files, processes[0], arguments.many)
    print(json.dumps(report))


def _middle(times: Iterable[float]) -> float:
    return round(median(times), 3)


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
    page.wait_for_timeout(1500)  # for what is loaded once the page is there
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
    # Its name stands in the uploader and beside the progress, too, but not as a heading; the parameters come after it.
    heading = "[data-testid=stMain] :is(h1, h2, [data-testid=stMarkdown] p)"
    page.evaluate(_WATCH, [heading, [paths[-1].name], True, _CARD])
    page.set_input_files("input[type=file]", paths)
    taken = page.evaluate("() => window.painted")
    settle(page)
    return taken


#: Notes the moment of a key or click, and that of the next painted frame once the page holds what is waited for, and
#: what matches the last selector is of this run of the script. A task of the highest priority comes right after the
#: frame; a time-out would come after whatever else waits, as the drawing of figures that were not waited for.
_WATCH = """([selector, words, wanted, fresh]) => {
    const holds = e => words.every(word => e.textContent.includes(word));
    const stale = e => e.closest("[data-stale=true]") !== null;
    const seen = () => [...document.querySelectorAll(selector)].some(holds) === wanted
        && !(fresh && [...document.querySelectorAll(fresh)].some(stale));
    const begin = () => { window.begun ??= performance.now(); };
    window.begun = undefined;
    window.painted = new Promise((done, fail) => {
        setTimeout(() => fail(`${selector}: ${words.join(", ")} not seen`), 30000);
        const watch = new MutationObserver(() => {
            if (window.begun === undefined || !seen()) return;
            watch.disconnect();
            const end = () => done((performance.now() - window.begun) / 1000);
            requestAnimationFrame(() => scheduler.postTask(end, {priority: "user-blocking"}));
        });
        watch.observe(document.body, {childList: true, subtree: true, characterData: true, attributes: true});
    });
    const once = {once: true, capture: true};
    for (const kind of ["keydown", "click", "change"]) window.addEventListener(kind, begin, once);
}"""


def _reactions(page: object, repeat: int) -> dict[str, float]:
    """Seconds of each of `_REACTIONS`, ``repeat`` rounds of its steps without the first."""
    medians, here = {}, ""
    for reaction in _REACTIONS:
        if reaction.path != here:
            follow(page, reaction.path)
            here = reaction.path
        if reaction.within:
            page.get_by_test_id("stPopoverButton").filter(has_text=reaction.within).first.click()
        if reaction.tab:
            folded = page.locator("details:not([open]) > summary", has_text=_READING)
            if folded.count():
                folded.click()
                settle(page)
            page.get_by_role("tab", name=reaction.tab).click()
        rounds = [[_react(page, reaction, step) for step in reaction.steps] for _ in range(1 + repeat)]
        medians[reaction.name] = _middle(taken for times in rounds[1:] for taken in times)
        if reaction.within:
            page.keyboard.press("Escape")
    return medians


def _react(page: object, reaction: _Reaction, step: _Step) -> float:
    """Seconds from the key or click to the painted frame."""
    selector, words, there = step.sign
    sign = [selector, list(words), there, ""]
    if reaction.kind == "select":
        box = page.get_by_role("combobox", name=reaction.title, exact=True)
        box.click()
        box.fill(step.option)
        page.wait_for_selector(f"[role=option]:has-text('{step.option}')")
        page.evaluate(_WATCH, sign)
        box.press("Enter")
    else:
        page.evaluate(_WATCH, sign)
        _place(page, reaction, step).evaluate("element => element.click()")
    taken = page.evaluate("() => window.painted")
    settle(page)
    return taken


def _place(page: object, reaction: _Reaction, step: _Step) -> object:
    """What is to be clicked."""
    if reaction.kind == "toggle":
        return page.get_by_role("switch", name=reaction.title)
    if reaction.kind == "menu":
        return page.get_by_test_id("stPopoverButton").filter(has_text=reaction.title).first
    words = re.compile(f"^{re.escape(step.option)}$")
    group = page.get_by_test_id("stButtonGroup").filter(has_text=reaction.title)
    return group.locator("button", has_text=words).first


if __name__ == "__main__":
    main()
