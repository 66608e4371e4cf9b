"""Every control of every page is used by a test: the list of controls is taken from what the pages send."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from pages.shared.core.elements import TYPED
from tests.pages.conftest import texts, upload

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("spectrum", "latent_space", "hr_diagram", "literature", "adapt", "model", "export")
#: How Streamlit names a widget in what it sends: a digest, then the key that the page gave, or None.
_WIDGET = re.compile(r'"\$\$ID-[0-9a-f]+-([^"]+)"')
#: What has a key only to be styled or found, and does nothing.
_STYLED = {
    "star-heading", "file-table", "parameters", "uploader-upload", "expected-errors", "model-ranges", "wide-and-narrow",
}  # fmt: skip
#: Ends of the keys of what every figure has, whose functions `tests.pages.test_cards` calls.
EVERY_FIGURE = ("-pdf", "-svg", "-html", "-save")
#: Beginnings of keys of controls that are made by one function with those of other keys.
ALIKE = {"table-": "results-"}
#: Keys of what nobody chooses anything in, or that stand for others by name.
PASSIVE = {
    "corner-figure", "expected-errors", "file-table", "kept-reconstruction", "model-ranges", "parallel-view",
    "populations-figure", "preview-{digest}", "model-tab", "reading-tabs-{digest}", "star-heading", "tour-closed",
    "tour-closing", "uploader-{name}", "walk-figure", "walk-map", "wide-and-narrow", "{key}-save",
}  # fmt: skip
#: What a visitor in the browser sees of a control without a label.
IN_BROWSER = {"model-tab": "Validation", "samp": "Send to TOPCAT"}
#: Parts of a page that are drawn once they are asked for: value of a widget by its key.
STATES: dict[str, tuple[dict[str, object], ...]] = {
    "spectrum": ({"wavelengths": True, "second-opinion": True, "corner": True, "measure": True},),
    "latent_space": ({}, {"latent-section": "gap"}, {"latent-section": "latents"}, {"latent-section": "walk"}),
    "hr_diagram": ({}, {"diagram": "kiel"}, {"diagram": "spectroscopic"}, {"diagram": "populations"}),
    "model": ({}, {"model-tab": "Validation"}, {"model-tab": "Real stars"}, {"model-tab": "Training"}),
    "export": ({"citation": True},),
}
#: Methods by which the tests of pages and the walks in the browser use a control.
_PICKS = "open_box|opened|pick|search_clicked|take|drawn"
_USES = "set_value|set_values|click|select|unselect|check|uncheck|set_range|increment|decrement|input|upload"
_WALKS = (
    "button|choose|choose_in_front|download|drop|get_by_text|list|lowest|open_box|press_button|take|turn_to|type_number|"
    "type_text"
)


@cache
def sources() -> str:
    """All that the tests say, but for this one."""
    return "\n".join(path.read_text() for path in ROOT.rglob("*.py") if path != Path(__file__))


def name_of(key: str) -> str:
    """Key of a control without what belongs to one file or one number of it."""
    return re.sub(r"-?[0-9a-f]{64}.*$|-\d+$", "", key)


def parts_of(node: object) -> Iterator[object]:
    """A part of the page and all within it."""
    yield node
    for child in getattr(node, "children", {}).values():
        yield from parts_of(child)


def controls(app) -> dict[str, str]:
    """Key of each control of a page, whatever its kind -> its label."""
    found = {}
    for part in parts_of(app._tree):
        if part.type == "plotly_chart" and not part.proto.selection_mode:  # a figure in which nothing is chosen
            continue
        for key in _WIDGET.findall(str(getattr(part, "proto", ""))):
            found[name_of(key)] = getattr(part, "label", "") or ""
    return {key: label for key, label in found.items() if key not in _STYLED}


def is_used(key: str, label: str) -> bool:
    """Whether a test uses a control: by its key, as one of a family of keys, or by its label in the browser."""
    key = next((key.replace(one, other, 1) for one, other in ALIKE.items() if key.startswith(one)), key)
    pieces = key.split("-")
    stems = "|".join(re.escape("-".join(pieces[:end])) for end in range(1, len(pieces)))
    named = rf'(?:"{re.escape(key)}"|f"{re.escape(key)}-\{{[^"\n]*"' + (
        rf'|f"(?:{stems})-\{{[^"\n]*")' if stems else ")"
    )
    ways = [
        rf"key={named}\)\.(?:{_USES})\(",
        rf'key=\w+\([^)\n]*"{re.escape(pieces[-1])}"\)\)\.(?:{_USES})\(',
        rf"parametrize\(\s*[^@]*{named}[^@]*\n(?:@.*\n)*def ",
        rf'"session_state", {{{{"{re.escape(key)}-?\d*": ',
        rf'uploader\(app, "{re.escape(key)}"\)',
        rf"key={named}\)\n",
        rf"saved\[{named}\]",
        rf"session_state\[{named}\] =",
        rf"[{{ ]{named}: ",
        rf"(?:{_PICKS})\(.*{named}",
    ]
    label = IN_BROWSER.get(key, label)
    if len(label) > 2:
        ways.append(rf'\.(?:{_WALKS})\(\s*"{re.escape(label)}"')
    return any(re.search(way, sources()) for way in ways)


@pytest.mark.parametrize("page", PAGES)
def test_every_control_is_used_by_a_test(visit, page):
    app = upload(visit(), a_txt=b"fake teff=3400 star=GJ_699", b_txt=b"fake teff=3700 star=GJ_273", c_txt=b"words")
    if page != "spectrum":
        app.switch_page(f"pages/{page}.py").run()
    found: dict[str, str] = {}
    for state in STATES.get(page, ({},)):
        for key, value in state.items():
            app.session_state[key] = value
        app.run()
        assert not app.exception
        found |= controls(app)
    assert len(found) > 10 and texts(app)
    assert "None" not in found, "a control without a key"
    unused = {key: label for key, label in found.items() if not key.endswith(EVERY_FIGURE) and not is_used(key, label)}
    assert not unused, sorted(unused)


def test_every_key_in_the_pages_is_used_by_a_test():
    """Those too that a page shows in states that the test above does not reach."""
    unused = []
    for path in (ROOT.parent / "pages").rglob("*.py"):
        for key in re.findall(r'(?:[( ]key=|links\.view\()f?"([^"]+)"', path.read_text()):
            parts = [re.escape(part) if part[:1] != "{" else r'[^"\n]*' for part in re.split(r"(\{[^}]*\})", key)]
            named = (
                rf'"{"".join(parts)}"|\w\("{re.escape(key.partition("-")[2].partition("-{")[0])}", '  # or by a helper
            )
            if key not in PASSIVE and not re.search(named, sources()):
                unused.append((path.name, key))
    assert not unused


def test_enter_takes_one_of_a_list_of_several():
    """The usual list offers all that have the letters typed somewhere, first and together: three files for one name."""
    calls = [
        (path.name, [ast.unparse(word.value) for word in call.keywords if word.arg is None])
        for path in (ROOT.parent / "pages").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "multiselect"
    ]
    assert len(calls) >= 7 and all("elements.TYPED" in words for _, words in calls), calls
    assert TYPED == {"filter_mode": "contains", "select_all": False}
