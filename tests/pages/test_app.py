"""What all pages share: navigation, theme, and that each opens."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from dtl.figures.palette import palette

ROOT = Path(__file__).parents[2]
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "pages").glob("*.py"))


def contrast(one: str, two: str) -> float:
    """Contrast ratio of two colours as ``#rrggbb`` (WCAG 2.2)."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(two)))
    return (light + 0.05) / (dark + 0.05)


def mixed(colour: str, ground: str, share: float) -> str:
    """``colour`` laid over ``ground`` with an opacity."""
    parts = [(int(colour[i : i + 2], 16), int(ground[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(share * a + (1 - share) * b):02x}" for a, b in parts)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_opens_with_something_to_see(visit, page, theme):
    app = visit(page, theme)
    assert not app.exception
    assert len(app.title) == 1
    if page == "pages/adapt.py":  # whose figures come with the work that is offered
        assert not app.button(key="adapt-start").disabled
    elif page == "pages/model.py":  # whose figures come with the tabs that are opened
        assert app.metric
    else:
        assert app.get("plotly_chart")
    assert all(chart.proto.alt for chart in app.get("plotly_chart"))


def test_every_page_is_in_the_navigation():
    text = (ROOT / "app.py").read_text()
    assert all(f'"{page}"' in text for page in PAGES)


def test_no_address_is_the_name_of_a_page_file():
    addresses = re.findall(r'url_path="([^"]+)"', (ROOT / "app.py").read_text())
    assert len(addresses) == len(PAGES)
    assert not set(addresses) & {Path(page).stem for page in PAGES}


@pytest.mark.parametrize("appearance", ["light", "dark"])
def test_text_can_be_read_on_every_ground(appearance):
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"][appearance]
    for ground in (theme["backgroundColor"], theme["secondaryBackgroundColor"]):
        caption = mixed(theme["textColor"], ground, 0.6)  # Streamlit fades captions to 60 %
        for colour in (theme["textColor"], theme["primaryColor"], theme["linkColor"], caption):
            assert contrast(colour, ground) >= 4.5, (colour, ground)
    for colour in theme["chartCategoricalColors"]:
        assert contrast(colour, theme["backgroundColor"]) >= 4.5, colour


@pytest.mark.parametrize("appearance", ["light", "dark"])
def test_figures_have_the_grounds_and_contrasts_of_the_theme(appearance):
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"][appearance]
    colours = palette(appearance == "dark")
    assert colours.ground == theme["backgroundColor"]
    assert colours.text == theme["textColor"]
    for colour in (colours.data, colours.model, colours.star, colours.muted, *colours.others):
        assert contrast(colour, colours.ground) >= 3.0, colour
    assert contrast(colours.data, colours.model) >= 1.5
