"""Every page, in both themes, wide and narrow, looked through by axe-core for what shuts people out.

The environment variable ``AXE_CORE`` names ``axe.min.js``; without it the copy in ``node_modules`` is taken
(``npm install axe-core``).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.visitor import QUIET
from tests.server import ROOT, addresses, follow, settle

AXE = Path(os.environ.get("AXE_CORE") or ROOT / "node_modules" / "axe-core" / "axe.min.js")
#: Rule -> parts of the names or of the markup of elements that Streamlit draws by itself and that no page can change,
#: and why.
FRAME: dict[str, dict[str, str]] = {
    "color-contrast": {
        '<span title="': "a chosen item of a list, in white on the colour of the theme, which is light on dark pages "
        "so that words in it can be read",
        "<p>Velocity from</p>": "the label of a list that is switched off, which need not stand out",
    },
    "scrollable-region-focusable": {
        "stTable": "the frame of a wide table on a narrow page; browsers themselves let the keyboard into it",
    },
}
#: Names of the violations that shut people out, with the elements concerned, by the name of the widget and the way to
#: them, once nothing fades any more. The button of a menu that is open is left out: Streamlit colours it as pressed, in
#: a shade of its own.
_RUN = """async () => {
    const passing = document.getAnimations().filter(a => a.effect.getComputedTiming().endTime < Infinity);
    await Promise.allSettled(passing.map(a => a.finished));
    const pressed = "[data-testid=stPopoverButton][aria-expanded=true]";
    const name = node => document.querySelector(node.target[0])?.closest("[data-testid]")?.dataset.testid;
    return (await axe.run({exclude: [pressed]}, {resultTypes: ["violations"]})).violations
        .filter(v => ["serious", "critical"].includes(v.impact))
        .flatMap(v => v.nodes.map(n => [v.id, `${name(n)} ${n.target.join(" ")}`, n.html.slice(0, 300)]));
}"""
#: Height of a page in pixels, with what is below the edge of the window.
_HEIGHT = """() => [...document.querySelectorAll("[data-testid=stMain], [data-testid=stMain] > *")]
    .reduce((most, e) => Math.max(most, e.scrollHeight), 0) + 100"""
_FOLDED = "[data-testid=stMain] details:not([open]) > summary"
#: What shuts somebody out, and the rule that it breaks.
PLANTED = {
    "image-alt": '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=" width="20" height="20">',
    "button-name": "<button></button>",
    "color-contrast": '<p style="color: #999; background: #bbb">Hard to read</p>',
}

SLOW = pytest.mark.skipif("SLOW_TESTS" not in os.environ, reason="a minute and a half; set SLOW_TESTS to run it")
pytestmark = pytest.mark.skipif(not AXE.is_file(), reason=f"no axe-core: {AXE} is absent (npm install axe-core)")


@pytest.mark.parametrize(
    ("scheme", "width", "unfolded"),
    [
        ("light", 1280, False),
        ("dark", 1280, False),
        ("light", 390, False),
        ("dark", 390, True),
        pytest.param("light", 1280, True, marks=SLOW),
    ],
)
def test_nobody_is_shut_out(enter, scheme, width, unfolded):
    """Unfolded: with every expander open, and a menu over the page where it has one."""
    page = enter(scheme=scheme, width=width).page
    page.add_script_tag(path=AXE)
    found = []
    for path in addresses():
        if path:
            follow(page, path)
        menu = page.get_by_test_id("stMain").get_by_test_id("stPopoverButton").locator("visible=true").first
        if unfolded:
            for _ in turn_tabs(page):
                found += [(path, *node) for node in violations(page)]
            if not menu.count():
                continue
            menu.press("Enter")
            page.get_by_test_id("stPopoverBody").wait_for()
        found += [(path, *node) for node in violations(page)]
        page.keyboard.press("Escape")
        page.get_by_test_id("stPopoverBody").wait_for(state="detached")
    assert not found, "\n".join(" | ".join(node) for node in found)


def test_what_shuts_people_out_is_found(visitor):
    page = visitor.page
    page.add_script_tag(path=AXE)
    assert not violations(page)
    # Below everything else, where a window of the usual height does not reach.
    page.get_by_test_id("stMainBlockContainer").evaluate(
        "(e, planted) => e.insertAdjacentHTML('beforeend', planted)", "".join(PLANTED.values())
    )
    assert {rule for rule, *_ in violations(page)} == set(PLANTED)


def violations(page) -> list[list[str]]:
    """What shuts people out of a page, all of which is brought into the window, as axe-core sees no colours beyond."""
    size = page.viewport_size
    page.set_viewport_size(size | {"height": page.evaluate(_HEIGHT)})
    page.evaluate(QUIET)
    settle(page)
    found = [node for node in page.evaluate(_RUN) if not _of_the_frame(*node)]
    page.set_viewport_size(size)
    return found


def unfold(page) -> None:
    """Open every expander in sight, also those inside another."""
    folded = page.locator(_FOLDED).locator("visible=true")
    while folded.count():
        folded.first.press("Enter")
        page.evaluate(QUIET)
        settle(page)


def turn_tabs(page) -> Iterator[None]:
    """Every tab of a page in turn, the one in front first, with what it holds unfolded."""
    tabs = page.get_by_test_id("stMain").get_by_role("tab").locator("visible=true")
    for number in range(max(tabs.count(), 1)):
        if number:
            tabs.nth(number).click()
            page.evaluate(QUIET)
            settle(page)
        unfold(page)
        yield


def _of_the_frame(rule: str, target: str, html: str) -> bool:
    return any(part in f"{target} {html}" for part in FRAME.get(rule, {}))
