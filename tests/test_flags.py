"""Flags: each is a note, a limit or a doubt, and what is none of the first two is a doubt."""

from __future__ import annotations

from dtl.flags import FLAGS, LIMITS, NOTES, doubts, explain, joined


def test_every_note_and_limit_is_a_flag() -> None:
    assert set(FLAGS) > NOTES | LIMITS
    assert not NOTES & LIMITS


def test_doubts() -> None:
    assert doubts(FLAGS) == [flag for flag in FLAGS if flag not in NOTES | LIMITS]
    assert "low_snr" in doubts(FLAGS) and "outside_grid" in doubts(FLAGS)
    assert doubts(["upper_limit_vsini", "resolution_unknown"]) == []
    assert doubts(["of a later version"]) == ["of a later version"]  # what is not known is taken seriously


def test_texts() -> None:
    assert joined(["low_snr", "rv_uncertain"]) == "low_snr, rv_uncertain" and joined([]) == ""
    assert all(explain(flag).endswith(".") for flag in FLAGS)
    assert explain("of a later version") == "of a later version"


def test_guesses_name_the_option_that_settles_them() -> None:
    assert "--frame" in explain("frame_guessed") and "Velocity frame" in explain("frame_guessed")
    assert "--medium" in explain("medium_guessed") and "Air or vacuum" in explain("medium_guessed")
