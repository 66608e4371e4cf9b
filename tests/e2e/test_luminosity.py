"""A star whose luminosity nobody knows is put into the diagram."""

from __future__ import annotations

from tests.e2e.files import renamed

MISSING = "the luminosity is not known"


def test_a_star_without_luminosity_is_put_in_the_diagram(visitor, tmp_path):
    visitor.upload(renamed(tmp_path, 1))
    visitor.go("HR diagram")
    visitor.wait_for(MISSING)
    visitor.wait_for_figure("0 of yours")
    visitor.open_box("Luminosities of your stars")
    visitor.take("Typed value")
    visitor.type_number("Luminosity [L☉]", 0.012)
    visitor.wait_until_gone(MISSING)
    visitor.wait_for_figure("1 of yours")
