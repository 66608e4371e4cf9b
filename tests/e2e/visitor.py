"""What a visitor does and sees, in words of the app and not of its page's elements."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from time import monotonic

from tests.server import settle

#: Milliseconds that a visitor waits: far more than anything takes, as a test machine may be busy.
PATIENCE = 120_000
#: Presses of the tabulator after which a place counts as out of reach.
_FAR = 150
#: Ends when nothing on the page has changed for half a second, or after a minute of changes.
QUIET = """() => new Promise(done => {
    const end = () => { seen.disconnect(); done(); };
    setTimeout(end, 60000);
    let timer = setTimeout(end, 500);
    const seen = new MutationObserver(() => { clearTimeout(timer); timer = setTimeout(end, 500); });
    seen.observe(document.querySelector("[data-testid=stApp]"), {subtree: true, childList: true, characterData: true});
})"""
#: Whether the page shows values, and others than those given.
OTHER_VALUES = """old => {
    const now = [...document.querySelectorAll("[data-testid=stMetricValue]")].map(e => e.innerText);
    return now.length && now.join() !== old.join();
}"""


class Visitor:
    """Somebody with mouse and keyboard in front of a page."""

    def __init__(self, page: object) -> None:
        self.page = page
        page.set_default_timeout(PATIENCE)
        # Whoever listens from the start gets every dialog for files; Playwright lets the page go on before a listener
        # that comes with the key is in place, and half of those dialogs were lost on a busy machine.
        page.on("filechooser", lambda dialog: None)

    # What they do

    def look_around(self) -> None:
        """Wait until the page that was opened is there."""
        self.page.wait_for_selector("h1")
        settle(self.page)
        self.page.evaluate(QUIET)

    def upload(self, paths: Iterable[Path]) -> None:
        """Give files to the upload and wait for what the page says of the last one."""
        paths = list(paths)
        self.page.locator("input[type=file]").first.set_input_files(paths)
        self._uploaded(paths)

    def choose_files(self, chooser: object, paths: Iterable[Path]) -> None:
        """Answer an open dialog for files and wait for what the page says of the last one."""
        paths = list(paths)
        chooser.set_files(paths)
        self._uploaded(paths)

    def go(self, title: str) -> None:
        """Follow the link to another page of the app."""
        self.link(title).first.click()
        self._arrived(title)

    def choose(self, title: str, option: str) -> None:
        """Take an option of a list, found by typing a part of it."""
        box = self.list(title).first
        box.click()
        box.fill(option)
        self.page.get_by_role("option").filter(has_text=option).first.wait_for()
        box.press("Enter")
        self.rest()

    def drop(self, option: str) -> None:
        """Take a chosen option out of a list of several, which stays open in front of the page until it is closed."""
        self.press("Escape")
        self.page.get_by_role("button", name=f"Remove {option}", exact=True).click()
        settle(self.page)

    def choose_in_front(self, title: str, option: str) -> None:
        """Take an option of a list in the box that a button opened in front of the page."""
        self.page.get_by_test_id("stPopoverBody").get_by_role("combobox", name=title).click()
        self.page.get_by_role("option", name=option, exact=True).click()
        settle(self.page)

    def take(self, option: str, *, last: bool = False) -> None:
        """Take one of a few options that stand side by side; where several groups have it, of the first or the last."""
        found = self.page.get_by_role("radio", name=option, exact=True)
        (found.last if last else found.first).click()
        settle(self.page)

    def press_button(self, name: str) -> None:
        """Press a button, once the page is at rest: a click while it draws is lost."""
        self.rest()
        self.button(name).first.click()
        settle(self.page)

    def press_button_of_work(self, name: str) -> None:
        """Press a button that goes once it is pressed, while the page shows work and never rests."""
        self.wait_until(lambda: self._pressed(name))
        settle(self.page)

    def _pressed(self, name: str) -> bool:
        from playwright.sync_api import TimeoutError as Late

        button = self.button(name).first
        with suppress(Late):
            button.click(timeout=10_000)
            button.wait_for(state="detached", timeout=10_000)
        return not button.count()

    def open_box(self, title: str) -> None:
        """Open an expander, once the page is at rest: a click while it draws is lost."""
        self.rest()
        self.page.locator("summary").filter(has_text=title).click()
        settle(self.page)

    def turn_to(self, tab: str, *, within: str = "") -> None:
        """Turn to a tab, of an expander that is opened first where it is closed."""
        self.rest()
        closed = self.page.locator("details:not([open]) > summary").filter(has_text=within)
        if within and closed.count():
            closed.first.click()
        self.page.get_by_role("tab", name=tab, exact=True).click()
        settle(self.page)

    def type_number(self, title: str, value: float) -> None:
        """Type into the field whose label contains ``title``."""
        field = self.page.get_by_role("spinbutton", name=title).or_(self.page.get_by_role("textbox", name=title)).first
        field.fill(f"{value:g}")
        field.press("Enter")
        settle(self.page)

    def type_text(self, title: str, text: str) -> None:
        """Type into a field for text."""
        field = self.page.get_by_role("textbox", name=title).first
        field.fill(text)
        field.press("Enter")
        settle(self.page)

    def lowest(self, title: str) -> None:
        """Move a slider to its lower end."""
        self.page.get_by_role("slider", name=title).press("Home")
        settle(self.page)

    def download(self, name: str) -> str:
        """Press a button that saves a file; the text in it."""
        return self.saved(self.button(name).first.click)

    def saved(self, action: Callable[[], object]) -> str:
        """Text of the file that an action saves."""
        with self.page.expect_download() as download:
            action()
        return Path(download.value.path()).read_text(encoding="utf-8")

    def tab_to(self, target: object) -> None:
        """Move the focus with the tabulator alone until it is on an element, a Playwright locator, or in it.

        The page is quiet then: a key that is pressed while it draws is lost.
        """
        target = target.first
        target.wait_for(state="attached")
        passed = []
        for _ in range(_FAR):
            self.page.keyboard.press("Tab")
            if target.evaluate("e => e === document.activeElement || e.contains(document.activeElement)"):
                self.rest()
                return
            passed.append(self.page.evaluate("document.activeElement.ariaLabel || document.activeElement.innerText"))
        raise AssertionError(f"no way to {target} by keyboard; the focus went over {passed}")

    def button(self, name: str) -> object:
        """A button."""
        return self.page.get_by_role("button", name=re.compile(rf"(^|\s){re.escape(name)}$"))  # after its icon, if any

    def link(self, name: str) -> object:
        """A link to another page of the app."""
        return self.page.get_by_role("link", name=name)

    def list(self, title: str) -> object:
        """A list to choose from."""
        return self.page.get_by_role("combobox", name=title)

    def simulate_and_adapt(self) -> None:
        """On the page Adapt: begin with the smallest survey and the shortest learning that it allows."""
        self.lowest("Simulated stars")
        self.open_box("Training length")
        self.lowest("Rounds at most")
        self.lowest("Passes over the models in a round")
        self.press_button("Simulate and adapt")

    def click_point(self, figure: int = 0) -> None:
        """Click the point of a figure, the first where not said, that lies on top of all others."""
        point = self.page.get_by_test_id("stPlotlyChart").nth(figure).locator(".points path.point").last
        point.hover(force=True)
        self.page.wait_for_selector(".hoverlayer .hovertext")
        point.click(force=True)
        settle(self.page)

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def arrive(self, title: str) -> None:
        """Wait for a page that a link was followed to."""
        self._arrived(title)

    # What they see

    def wait_for(self, text: str, *, patience: float = PATIENCE / 1000) -> None:
        """Wait until a text can be read on the page, so many seconds at most."""
        place = self.page.get_by_test_id("stMain").get_by_text(text).locator("visible=true").first
        place.wait_for(timeout=1000 * patience)
        settle(self.page)

    def wait_until_read(self) -> None:
        """Wait until the files are read whose names the page shows.

        They stand in the list of the upload and beside its progress before anything is known of the files.
        """
        for passing in ("stFileChip", "stProgress"):
            self.page.get_by_test_id(passing).locator("visible=true").first.wait_for(state="detached")
        # Between the upload and the new page the script rests for a moment; a click on what is drawn anew then is lost.
        self.rest()

    def wait_for_figure(self, text: str) -> None:
        """Wait for a figure that is said to show something."""
        self.page.wait_for_function(
            "text => [...document.querySelectorAll('[data-testid=stPlotlyChart]')].some(e => "
            "[e, e.parentElement, ...e.querySelectorAll('[aria-label]')].some(a => "
            "(a.getAttribute('aria-label') ?? '').includes(text)))",
            arg=text,
        )
        settle(self.page)

    def wait_until(self, condition: Callable[[], object]) -> None:
        """Wait until something is so."""
        end = monotonic() + PATIENCE / 1000
        while not condition():
            assert monotonic() < end, "it never came to be"
            self.page.wait_for_timeout(100)

    def wait_until_gone(self, text: str) -> None:
        """Wait until a text is no longer on the page."""
        self.page.get_by_test_id("stMain").get_by_text(text).first.wait_for(state="detached")
        settle(self.page)

    def rest(self) -> None:
        """Wait until the script has run and nothing on the page changes any more."""
        settle(self.page)
        self.page.evaluate(QUIET)
        settle(self.page)

    def answer(self) -> dict[str, str]:
        """The large figures: name of the parameter -> value with its unit."""
        return dict(
            self.page.get_by_test_id("stMetric").evaluate_all(
                "all => all.map(e => ['stMetricLabel', 'stMetricValue']"
                ".map(id => e.querySelector(`[data-testid=${id}]`).innerText.trim()))"
            )
        )

    def wait_for_answer(self, title: str, value: float, *, within: float) -> None:
        """Wait until a large figure shows a number that lies that close to a value."""
        self.page.wait_for_function(
            "([title, value, within]) => [...document.querySelectorAll('[data-testid=stMetric]')].some(e => "
            "e.querySelector('[data-testid=stMetricLabel]').innerText.trim() === title && "
            "Math.abs(parseFloat(e.querySelector('[data-testid=stMetricValue]').innerText) - value) < within)",
            arg=[title, value, within],
        )
        settle(self.page)

    def changes(self) -> dict[str, str]:
        """The large figures with what is said below them: title -> both."""
        return dict(
            self.page.get_by_test_id("stMetric").evaluate_all(
                "all => all.map(e => [e.querySelector('[data-testid=stMetricLabel]').innerText.trim(), "
                "['stMetricValue', 'stMetricDelta'].map(id => e.querySelector(`[data-testid=${id}]`).innerText)"
                ".join(' after, ')])"
            )
        )

    def understood(self, about: str) -> list[str]:
        """What the page says that it understood of the file about something, and why."""
        row = (
            self.page.get_by_test_id("stTable")
            .get_by_role("row")
            .filter(has=self.page.get_by_role("cell", name=about, exact=True))
        )
        return row.get_by_role("cell").all_inner_texts()[1:]

    def row(self, first: str, *, last: bool = False) -> dict[str, str]:
        """A row of a table by its first cell: header -> what the cell says; of the first table with one, or the last.

        The tables are drawn; what they say is read where a screen reader finds it, once it is as drawn.
        """
        self.page.evaluate(QUIET)
        cell = self.page.locator("[data-testid=stDataFrame] [role=gridcell]").filter(
            has_text=re.compile(f"^{re.escape(first)}$")
        )
        (cell.last if last else cell.first).wait_for(state="attached")
        return dict(
            (cell.last if last else cell.first).evaluate(
                "e => [...e.closest('[role=grid]').querySelectorAll('[role=columnheader]')]"
                ".map((h, i) => [h.textContent, e.parentElement.children[i].textContent])"
            )
        )

    def wait_for_progress(self) -> None:
        """Wait until work is under way."""
        self.page.get_by_test_id("stProgress").locator("visible=true").first.wait_for()

    def reads(self, text: str) -> bool:
        """Whether a text is on the page."""
        return text in self.page.get_by_test_id("stMain").inner_text()

    def figures(self) -> list[str]:
        """What each figure of the page is said to show."""
        return self.page.get_by_test_id("stPlotlyChart").evaluate_all(
            "all => all.map(e => (e.closest('[aria-label]') ?? e.querySelector('[aria-label]') ?? e)"
            ".getAttribute('aria-label') ?? '')"
        )

    def _uploaded(self, paths: list[Path]) -> None:
        self.wait_for(paths[-1].name)
        self.wait_until_read()
        self.wait_for(paths[-1].name)

    def _arrived(self, title: str) -> None:
        self.page.wait_for_function("title => document.title.startsWith(title)", arg=title)
        settle(self.page)
