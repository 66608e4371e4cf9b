"""The model spectra next to a star, and one of them opened; with the mouse, and by keyboard alone."""

from __future__ import annotations


def test_a_neighbour_is_opened(visitor):
    visitor.go("Latent space")
    before = visitor.figures()[-1]
    visitor.list("Model").first.click()
    visitor.press("ArrowDown")
    options = visitor.page.get_by_role("option")
    options.first.wait_for()
    words = options.nth(2).inner_text()
    options.nth(2).click()
    visitor.wait_for_figure(words)
    assert words not in before


def test_the_same_by_keyboard_alone(visitor):
    visitor.tab_to(visitor.link("Latent space"))
    visitor.press("Enter")
    visitor.arrive("Latent space")
    visitor.tab_to(visitor.list("Model"))
    visitor.press("ArrowDown")
    options = visitor.page.get_by_role("option")
    options.first.wait_for()
    visitor.press("ArrowDown", "ArrowDown")
    words = visitor.page.locator("[role=option][data-focused=true], [role=option][data-highlighted]").inner_text()
    visitor.press("Enter")
    visitor.wait_for_figure(words)
