"""One walk through the app in a real browser."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests import server
from tests.e2e.visitor import OTHER_VALUES, QUIET

EXAMPLES = Path(__file__).parents[2] / "assets" / "examples"

pytestmark = [
    pytest.mark.skipif(bool(server.missing()), reason=server.missing() or "-"),
    pytest.mark.skipif(not (EXAMPLES / "index.json").is_file(), reason="no examples in assets/examples"),
]


def test_an_uploaded_file_shows_its_temperature_and_nobody_is_called():
    example = EXAMPLES / json.loads((EXAMPLES / "index.json").read_text())[-1]["file"]
    with server.serve() as address, server.chromium() as browser:
        page = browser.new_page()
        page.set_default_timeout(1000 * server.PATIENCE)
        strangers = []
        page.on(
            "request", lambda request: strangers.append(request.url) if _is_elsewhere(request.url, address) else None
        )
        page.goto(address)
        page.wait_for_selector("[data-testid=stMetricValue]")
        server.settle(page)
        shown = page.locator("[data-testid=stMetricValue]").all_inner_texts()
        page.set_input_files("input[type=file]", {"name": "mine.bin", "mimeType": "", "buffer": example.read_bytes()})
        page.wait_for_function(OTHER_VALUES, arg=shown)
        page.evaluate(QUIET)
        server.settle(page)
        assert "mine.bin" in page.inner_text("body")
        teff = page.inner_text("[data-testid=stMetric]:has-text('Teff') [data-testid=stMetricValue]")
        value = re.fullmatch(r"(\d{4}) K", teff)
        assert value and 2500 < int(value[1]) < 5000, teff
        assert "Traceback" not in page.inner_text("body")
        for path in server.addresses()[1:]:
            server.follow(page, path)
            assert page.url.endswith(path)
            if path == "model-card":  # whose figures come with their tab
                page.get_by_role("tab", name="Validation").click()
                page.wait_for_selector("[data-testid=stPlotlyChart] .main-svg")
            if path != "adapt-networks":  # whose figures come with the work that is offered
                assert page.locator("[data-testid=stPlotlyChart] .main-svg").count()
            assert page.locator("[data-testid=stException]").count() == 0
        assert not strangers


def test_a_link_to_a_page_is_answered_by_that_page_on_a_fresh_server():
    with (
        server.serve() as address,
        server.chromium() as browser,
        server.visit(browser, address, path="model-card") as page,
    ):
        page.wait_for_function("() => document.title.startsWith('Model')", timeout=1000 * server.PATIENCE)
        assert page.url.endswith("/model-card")
        assert page.locator("[role=dialog]").count() == 0, page.inner_text("[role=dialog]")


def _is_elsewhere(url: str, address: str) -> bool:
    """Whether an address is that of another machine: a hub of SAMP is looked for on the visitor's own."""
    own = (address, address.replace("http", "ws", 1), "data:", "blob:", "http://localhost:21012/")
    return not url.startswith(own)
