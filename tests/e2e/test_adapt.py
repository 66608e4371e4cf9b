"""Networks learn the gap of a small simulated survey; the way there can be left."""

from __future__ import annotations

import re


def test_the_gap_falls(visitor):
    visitor.go("Adapt")
    visitor.simulate_and_adapt()
    visitor.wait_for_progress()
    visitor.wait_for("What it changed", patience=1200)
    visitor.wait_for("10 simulated stars")
    misfit, distance = (
        [float(number) for number in re.findall(r"\d+\.?\d*", words)] for words in visitor.changes().values()
    )
    after, before, alone = misfit
    assert after < before < alone
    assert distance[0] < distance[2]  # ten stars do not bring it below that of networks that learned from 858


def test_it_can_be_cancelled(visitor):
    visitor.go("Adapt")
    visitor.press_button("Simulate and adapt")  # with what is proposed, which takes minutes
    visitor.wait_for_progress()
    visitor.press_button_of_work("Cancel")
    visitor.wait_for("The adaptation was cancelled; nothing was changed.")
    visitor.button("Simulate and adapt").wait_for()
    assert not visitor.reads("What it changed")
