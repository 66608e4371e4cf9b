"""What the README says of accuracy is what the cards say."""

from __future__ import annotations

from tests.readme_figures import README, section


def test_figures_are_those_of_the_cards() -> None:
    assert section() in README.read_text(encoding="utf-8")


def test_it_stays_short() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) <= 120
