"""A session outlives the server: saved in a browser, restored in another on a server started anew."""

from __future__ import annotations

import json
import os

import pytest

from tests import server
from tests.e2e.visitor import OTHER_VALUES, QUIET

EXAMPLE = server.ROOT / "assets" / "examples" / "simulated-m1-fast.txt"

pytestmark = pytest.mark.skipif(bool(server.missing()), reason=server.missing() or "-")


def opened(browser, address: str):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(1000 * server.PATIENCE)
    page.goto(address)
    page.wait_for_selector("[data-testid=stMetricValue]")
    server.settle(page)
    return page


def values(page) -> list[str]:
    return page.locator("[data-testid=stMetricValue]").all_inner_texts()


def picture(page, name: str) -> None:
    """A picture for the eye, where the environment names a folder for it."""
    if folder := os.environ.get("PICTURES"):
        page.wait_for_timeout(600)
        page.screenshot(path=f"{folder}/{name}.png")


def test_a_session_outlives_the_server_and_its_script_runs(tmp_path):
    with server.chromium() as browser:
        with server.serve() as address:
            page = opened(browser, address)
            own = {"name": "mine.bin", "mimeType": "", "buffer": EXAMPLE.read_bytes()}
            example = values(page)
            page.set_input_files("input[type=file]", own)
            page.wait_for_function(OTHER_VALUES, arg=example)
            page.evaluate(QUIET)
            server.settle(page)
            before = values(page)
            page.get_by_test_id("stPopoverButton").filter(has_text="Python").first.click()
            page.wait_for_selector("[data-testid=stCode]")
            code = page.locator("[data-testid=stCode]").last.inner_text()
            server.follow(page, "keep-results")
            picture(page, "keep")
            with page.expect_download() as download:
                page.get_by_role("button", name="Save the session").click()
            path = tmp_path / "session.json"
            download.value.save_as(path)
            page.get_by_test_id("stPopoverButton").filter(has_text="Save").first.click()
            picture(page, "keep-figure")
            with page.expect_download() as download:
                page.get_by_role("button", name="HTML").click()
            download.value.save_as(tmp_path / "figure.html")
        assert "Save as " in (tmp_path / "figure.html").read_text()
        saved = json.loads(path.read_text())["spectra"]
        assert [spectrum["file"] for spectrum in saved] == ["mine.bin"]
        with server.serve() as address:
            page = opened(browser, address)
            assert values(page) == example
            server.follow(page, "keep-results")
            with page.expect_response(lambda answer: answer.request.method == "PUT"):
                page.set_input_files("input[type=file]", path)
            # The name of the file is shown from before it is sent until the session is restored.
            page.wait_for_selector("[data-testid=stFileChip]", state="detached")
            page.evaluate(QUIET)
            server.settle(page)
            picture(page, "keep-restored")
            server.follow(page, "")
            page.wait_for_function(OTHER_VALUES, arg=example)
            page.evaluate(QUIET)
            server.settle(page)
            assert values(page) == before
            assert page.locator("[data-testid=stException]").count() == 0
    (tmp_path / "mine.bin").write_bytes(EXAMPLE.read_bytes())
    names: dict = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        exec(compile(code, "snippet", "exec"), names)
    assert names["result"].row()["teff"] == pytest.approx(saved[0]["result"]["teff"], rel=1e-6)
