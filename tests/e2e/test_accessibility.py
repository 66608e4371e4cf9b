"""Every page, in both themes, looked through by axe-core for what shuts people out.

The environment variable ``AXE_CORE`` names ``axe.min.js``; without it the copy in ``node_modules`` is taken
(``npm install axe-core``).
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.server import ROOT, addresses, follow

AXE = Path(os.environ.get("AXE_CORE") or ROOT / "node_modules" / "axe-core" / "axe.min.js")
#: Rule -> parts of the markup of elements that Streamlit draws by itself and that no page can change, and why.
FRAME: dict[str, dict[str, str]] = {
    "color-contrast": {
        '<span title="': "a chosen item of a list, in white on the colour of the theme, which is light on dark pages "
        "so that words in it can be read",
    }
}
#: Names of the violations that shut people out, with the elements concerned.
_RUN = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
    .filter(v => ["serious", "critical"].includes(v.impact))
    .flatMap(v => v.nodes.map(n => [v.id, n.target.join(" "), n.html.slice(0, 300)]))"""

pytestmark = pytest.mark.skipif(not AXE.is_file(), reason=f"no axe-core: {AXE} is absent (npm install axe-core)")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280)])
def test_nobody_is_shut_out(enter, scheme, width):
    page = enter(scheme=scheme, width=width).page
    page.add_script_tag(path=AXE)
    found = []
    for path in addresses():
        if path:
            follow(page, path)
        found += [(path, *node) for node in page.evaluate(_RUN) if not _of_the_frame(*node)]
    assert not found, "\n".join(" | ".join(node) for node in found)


def _of_the_frame(rule: str, target: str, html: str) -> bool:
    return any(part in f"{target} {html}" for part in FRAME.get(rule, {}))
