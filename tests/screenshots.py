"""Pictures of every page and state: ``python -m tests.screenshots [--output screenshots]``.

Light and dark, 1280 and 390 pixels wide, whole pages; with ``--readme`` the two of the README alone, in `assets`.
"""

from __future__ import annotations

import argparse
import json
from io import BytesIO
from pathlib import Path

from PIL import Image

from tests.e2e.visitor import Visitor
from tests.server import ROOT, addresses, chromium, follow, missing, serve, settle, visit

WIDTHS = (1280, 390)
EVIDENCE = ("Least-squares fit", "Wavelength attribution")
BAD = {
    "empty.fits": b"",
    "letter.txt": b"Dear reader,\nthis is no spectrum.\n",
    "picture.fits": b"\x89PNG\r\n\x1a\n" + bytes(2000),
}


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=ROOT / "screenshots")
    parser.add_argument("--files", type=Path, nargs="*", default=[], help="spectra for the state with several")
    parser.add_argument("--readme", action="store_true", help="the pictures of the README alone, in assets")
    arguments = parser.parse_args()
    if reason := missing():
        parser.exit(2, f"no pictures: {reason}\n")
    if arguments.readme:
        _readme(ROOT / "assets")
        return
    arguments.output.mkdir(parents=True, exist_ok=True)
    files = [(path.name, path.read_bytes()) for path in arguments.files or _examples()]
    with serve() as address, chromium() as browser:
        for width in WIDTHS:
            for scheme in ("light", "dark"):
                for state, uploads in {"first": [], "several": files, "bad": list(BAD.items())}.items():
                    viewport = {"width": width, "height": 900}
                    with visit(browser, address, viewport=viewport, color_scheme=scheme) as page:
                        if uploads:
                            _upload(page, uploads)
                        if state != "bad":
                            _open(page, *EVIDENCE)
                        for path in addresses() if state != "bad" else [""]:
                            if path:
                                follow(page, path)
                            name = f"{path or 'spectrum'}-{state}-{width}-{scheme}.png"
                            _picture(page, arguments.output / name, width)
                        if state == "first":
                            _adapt(page)
                            _picture(page, arguments.output / f"adapt-networks-adapted-{width}-{scheme}.png", width)


def _readme(folder: Path) -> None:
    """The first page with its example, and beside each other the maps and the HR diagram."""
    views = {}
    with serve(patience=180) as address, chromium() as browser:
        with visit(browser, address, viewport={"width": 1280, "height": 990}, color_scheme="light") as page:
            for path in ("", "latent-space", "hr-diagram"):
                if path:
                    follow(page, path)
                page.mouse.move(0, 0)
                page.wait_for_timeout(4000)
                settle(page)
                views[path] = Image.open(BytesIO(page.screenshot())).convert("RGB")
    first = views.pop("").resize((960, 742), Image.Resampling.LANCZOS)
    both = Image.new("RGB", (1290, 499), "white")
    for number, view in enumerate(views.values()):
        both.paste(view.resize((645, 499), Image.Resampling.LANCZOS), (645 * number, 0))
    for name, picture in (("screenshot", first), ("screenshot-maps", both)):
        picture.quantize(256, Image.Quantize.MAXCOVERAGE).save(folder / f"{name}.png", optimize=True)


def _examples() -> list[Path]:
    folder = ROOT / "assets" / "examples"
    index = folder / "index.json"
    return [folder / row["file"] for row in json.loads(index.read_text())] if index.is_file() else []


def _upload(page: object, uploads: list[tuple[str, bytes]]) -> None:
    page.set_input_files("input[type=file]", [{"name": n, "mimeType": "", "buffer": data} for n, data in uploads])
    page.wait_for_timeout(500)
    page.wait_for_selector("[data-testid=stFileChip]:visible", state="detached", timeout=60_000)
    settle(page)


def _open(page: object, *titles: str) -> None:
    for title in titles:
        page.locator("[data-testid=stExpander] summary").filter(has_text=title).first.click()
        page.wait_for_timeout(500)
        settle(page)


def _adapt(page: object) -> None:
    """Let the networks learn from the smallest survey, in the shortest way that the page allows."""
    follow(page, "adapt-networks")
    visitor = Visitor(page)
    visitor.simulate_and_adapt()
    visitor.wait_for("What it changed", patience=240)
    settle(page)


def _picture(page: object, path: Path, width: int) -> None:
    page.mouse.move(0, 0)
    page.wait_for_timeout(600)
    main = "document.querySelector('[data-testid=stMain]')"
    page.set_viewport_size({"width": width, "height": 900})
    height = min(15000, page.evaluate(f"{main}.scrollHeight") + 20)
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_timeout(900)
    page.screenshot(path=path)
    page.set_viewport_size({"width": width, "height": 900})


if __name__ == "__main__":
    main()
