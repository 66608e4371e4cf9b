"""The very first visitor of a server who follows a link to a page."""

from __future__ import annotations

from tests import server

#: Notes every line that the page ever shows.
_NOTE = """window.lines = new Set();
const note = () => (document.body?.innerText ?? "").split("\\n").forEach(line => window.lines.add(line));
new MutationObserver(note).observe(document, {subtree: true, childList: true, characterData: true});"""


def test_no_page_is_said_to_be_missing(browser):
    with server.serve() as address:
        page = browser.new_page()
        page.add_init_script(_NOTE)
        page.goto(f"{address}/model-card")
        page.wait_for_selector("h1", timeout=1000 * server.PATIENCE)
        server.settle(page)
        lines = page.evaluate("[...window.lines]")
        page.close()
    assert page.is_closed() and any("common-r50000" in line for line in lines)
    assert not [line for line in lines if "not found" in line or "does not seem to exist" in line]
