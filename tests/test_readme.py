"""What the README says of accuracy is what the cards say, and of speed what was measured."""

from __future__ import annotations

import json

from tests.readme_figures import README, rotation, section
from tests.readme_speed import MEASURED, table


def test_figures_are_those_of_the_cards() -> None:
    text = README.read_text(encoding="utf-8")
    assert section() in text
    assert rotation() in " ".join(text.split())


def test_speed_is_what_was_measured() -> None:
    found = json.loads(MEASURED.read_text(encoding="utf-8"))
    assert table(found) in README.read_text(encoding="utf-8")
    assert not found["visitors"]["errors"] and not found["visitors"]["cross_talk"]


def test_it_stays_short() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) <= 120
