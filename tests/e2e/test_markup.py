"""Names of files and stars from strangers stay text on every page: no link, no picture, no bold letters."""

from __future__ import annotations

from pathlib import Path

import pytest
from astropy.io import fits

from tests import server
from tests.e2e.files import EXAMPLES

STARS = (
    "www.evil.example a@evil.example *EVIL*",
    "https://evil.example/x",
    "<a href='http://evil.example'>Z</a> <img src=x>",
    "[l](http://evil.example) **EVIL** $x$",
)
#: What the names of the files have become, beyond text: links to their addresses, pictures, and letters in bold.
_FOUND = """() => [
    ...[...document.querySelectorAll("a")].filter(a => /^(https?:.{0,6}|mailto:.*)evil/.test(a.getAttribute("href"))),
    ...document.querySelectorAll("svg a, img[src=x]"),
    ...[...document.querySelectorAll("strong, em")].filter(e => e.innerText === "EVIL"),
].map(e => e.outerHTML.slice(0, 200))"""
_BOXES = "[data-testid=stExpander] details:not([open]) summary"

pytestmark = pytest.mark.skipif(bool(server.missing()), reason=server.missing() or "-")


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Spectra of stars with such names, and a file that is none."""
    paths = []
    for number, star in enumerate(STARS):
        with fits.open(EXAMPLES / "simulated-m3.fits") as hdus:
            hdus[0].header["OBJECT"] = star
            hdus[0].header["INSTRUME"] = "www.evil.example"
            del hdus[0].header["SIMULAT"]
            hdus[1].data[hdus[1].columns.names[1]][0][5 + number] *= 1.0001
            paths.append(tmp_path / f"{number} www.evil.example a@evil.example [l](evil) **EVIL**.fits")
            hdus.writeto(paths[-1])
    paths.append(tmp_path / "www.evil.example notes.txt")
    paths[-1].write_text("https://evil.example are notes\n")
    return paths


def test_names_stay_text_on_every_page(enter, files: list[Path]) -> None:
    visitor = enter()
    page = visitor.page
    page.locator("input[type=file]").first.set_input_files(files)
    page.wait_for_function("() => document.body.innerText.replaceAll('\\u2060', '').includes('evil.example notes.txt')")
    visitor.wait_until_read()
    for address in server.addresses():
        if address:
            server.follow(page, address)
            visitor.rest()
        for box in page.locator(_BOXES).all():
            if box.is_visible():
                box.evaluate("element => element.click()")
        visitor.rest()
        assert page.evaluate(_FOUND) == [], address
        if not address:
            assert "evil.example" in page.inner_text("body").replace("\N{WORD JOINER}", "")
