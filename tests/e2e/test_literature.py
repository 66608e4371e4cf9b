"""What others have published of the stars of the publication, beside it."""

from __future__ import annotations

from dtl.catalogue import published_stars


def test_the_published_differences_to_marfil_are_found(enter):
    visitor = enter(tour=True)
    visitor.go("Literature")
    visitor.wait_for_figure("Teff in the literature (Marfil+21)")
    check(visitor, "Teff", mean="-19", published="−19 ✓")
    visitor.take("[M/H]", last=True)  # that of one star comes first
    visitor.wait_for_figure("[M/H] in the literature (Marfil+21)")
    visitor.choose("Sources", "Schweitzer+19")
    visitor.wait_for_figure("[M/H] in the literature (Marfil+21, Schweitzer+19)")
    visitor.drop("Marfil+21")
    visitor.wait_for_figure("[M/H] in the literature (Schweitzer+19)")
    visitor.choose("Sources", "Marfil+21")
    visitor.wait_for_figure("[M/H] in the literature (Schweitzer+19, Marfil+21)")
    check(visitor, "[M/H]", mean="-0.11", published="−0.11 ✓")


def test_a_star_that_is_clicked_is_shown_in_all_sources(enter):
    visitor = enter(tour=True)
    visitor.go("Literature")
    visitor.wait_for_figure("Teff in the literature (Marfil+21)")
    visitor.wait_for("J17578+046")
    visitor.click_point(1)
    visitor.wait_for(
        published_stars.literature_table().query("parameter == 'teff' and source == 'marfil2021'")["karmn"].iloc[-1]
    )
    visitor.wait_until_gone("J17578+046")


def check(visitor, title: str, *, mean: str, published: str) -> None:
    """Section 4.2 of Mas-Buitrago et al. 2024: Marfil et al. 2021 minus their own, of all their stars."""
    assert visitor.reads(f"{title}: literature − Mas-Buitrago+24")
    row = visitor.row("Marfil+21", last=True)
    assert (row["Stars"], row["Mean"], row["Published"]) == ("286", mean, published)
