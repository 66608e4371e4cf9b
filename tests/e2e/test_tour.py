"""The tour of the first visit: closed once, it stays closed, and nothing moves."""

from __future__ import annotations

TOP = "document.querySelector('h1').getBoundingClientRect().top"


def test_it_stays_closed_and_nothing_moves(enter):
    visitor = enter(tour=True)
    box = visitor.page.locator(".st-key-tour")
    box.wait_for()
    before = visitor.page.evaluate(TOP)
    visitor.press_button("Close for good")
    box.wait_for(state="detached")
    visitor.page.wait_for_function("document.cookie.includes('dtl-tour=closed')")
    assert visitor.page.evaluate(TOP) == before
    visitor.page.reload()
    visitor.look_around()
    assert box.count() == 0
