"""Every control of every page is known to a test: the list of controls is taken from the pages themselves."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from tests.pages.conftest import texts, upload

ROOT = Path(__file__).resolve().parents[1]
KINDS = (
    "button", "download_button", "selectbox", "multiselect", "button_group", "toggle", "checkbox", "text_input",
    "number_input", "slider", "select_slider", "radio",
)  # fmt: skip
PAGES = ("spectrum", "latent_space", "hr_diagram", "literature", "adapt", "model", "export")
#: Ends of the keys of what every figure has, whose functions `tests.pages.test_cards` calls.
EVERY_FIGURE = ("-pdf", "-svg", "-html")
#: Parts of a page that are drawn once they are asked for: value of a widget by its key.
STATES: dict[str, tuple[dict[str, object], ...]] = {
    "spectrum": ({"wavelengths": True, "second-opinion": True, "corner": True},),
    "latent_space": ({}, {"latent-section": "gap"}, {"latent-section": "latents"}, {"latent-section": "walk"}),
    "hr_diagram": ({}, {"diagram": "kiel"}, {"diagram": "populations"}),
    "export": ({"citation": True},),
}


@cache
def sources() -> str:
    """All that the tests say, but for this one."""
    return "\n".join(path.read_text() for path in ROOT.rglob("*.py") if path != Path(__file__))


def name_of(key: str) -> str:
    """Key of a control without what belongs to one file or one number of it."""
    return re.sub(r"-?[0-9a-f]{64}.*$|-\d+$", "", key)


def controls(app) -> dict[str, str]:
    """Key of each control of a page -> its label."""
    found = {}
    for kind in KINDS:
        for element in app.get(kind):
            if key := getattr(element, "key", None):
                found[name_of(key)] = getattr(element, "label", "") or ""
    return found


@pytest.mark.parametrize("page", PAGES)
def test_every_control_is_touched_by_a_test(visit, page):
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
    assert found and texts(app)
    known = sources()
    untouched = {
        key: label
        for key, label in found.items()
        if not key.endswith(EVERY_FIGURE)
        and f'"{key}' not in known and not re.search(rf"\b{re.escape(re.sub(r'-[^-]*$', '', key))}-\{{", known)
        and not (len(label) > 2 and f'"{label}"' in known)
    }  # fmt: skip
    assert not untouched
