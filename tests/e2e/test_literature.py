"""What others have published: the difference to one work, and one star in all of them."""

from __future__ import annotations


def test_a_published_difference_and_a_star_are_found(visitor):
    visitor.go("Literature")
    visitor.take("[M/H]")
    visitor.wait_for("[M/H]: literature")
    row = visitor.row("Marfil+21")
    assert (row["Mean"], row["Stars"]) == ("-0.11", "286")
    assert row["Published"] == "−0.11 ✓"  # Table 3 of Mas-Buitrago et al. 2024
    visitor.type_text("Star", "Gl 411")
    visitor.wait_for("Lalande 21185")
    visitor.type_text("Star", "Gl 699")
    visitor.wait_for("Barnard's Star")
    visitor.wait_for_figure("[M/H] of Barnard's Star")
    assert visitor.row("Marfil+21", last=True)["[M/H] [dex]"].startswith("▼ −0.57 ± 0.10")  # Marfil et al. 2021
