"""Figures cut by their uncertainty."""

from __future__ import annotations

import pytest

from dtl.result import Estimate
from dtl.rounding import (
    decimals,
    format_estimate,
    format_number,
    format_significant,
    format_with_error,
    listed,
    rounded,
    shortened,
)


@pytest.mark.parametrize(
    ("name", "estimate", "expected"),
    [
        ("teff", (3353.2, 33.1, 41.0), ("3353", "−33", "+41")),
        ("teff", (3353.2, 333.0, 141.0), ("3350", "−330", "+140")),
        ("logg", (4.963, 0.04, 0.052), ("4.96", "−0.04", "+0.05")),
        ("logg", (4.963, 0.004, 0.05), ("4.963", "−0.004", "+0.050")),
        ("mh", (-0.001, 0.07, 0.12), ("0.00", "−0.07", "+0.12")),
        ("mh", (-0.22, 0.07, 0.12), ("−0.22", "−0.07", "+0.12")),
        ("vsini", (2.13, 0.31, 0.28), ("2.1", "−0.3", "+0.3")),
        ("vsini", (30.4, 12.0, 11.0), ("30", "−12", "+11")),
        ("teff", (3353.2, 0.0, 41.0), ("3353", "−0", "+41")),
    ],
)
def test_estimates(name, estimate, expected):
    assert format_estimate(name, Estimate(*estimate)) == expected


@pytest.mark.parametrize(
    ("value", "error", "expected"),
    [
        (5.5234, 0.0312, "5.523 ± 0.031"),
        (-110.48, 0.31, "−110.48 ± 0.31"),
        (5.5234, None, "5.52"),
        (9999.4, None, "9999"),
        (99.96, None, "100"),
    ],
)
def test_velocities(value, error, expected):
    assert format_with_error(value, error) == expected


def test_numbers_that_are_none():
    assert format_number(float("nan"), 2) == "–"
    assert decimals(float("inf"), 2) == 2


@pytest.mark.parametrize(
    ("value", "figures", "expected"),
    [
        (5.377e-7, 2, "5.4 × 10⁻⁷"),
        (5e-5, 1, "5 × 10⁻⁵"),
        (-9.99e-5, 2, "−1.0 × 10⁻⁴"),
        (0.0252, 2, "0.025"),
        (0.001, 2, "0.0010"),
        (9.99, 2, "10"),
        (353.2, 2, "350"),
        (2.72, 3, "2.72"),
        (0.0, 2, "0"),
        (float("nan"), 2, "–"),
        (3.2e14, 2, "320000000000000"),
        (9.99e15, 2, "1.0 × 10¹⁶"),
    ],
)
def test_significant_figures(value, figures, expected):
    assert format_significant(value, figures) == expected


def test_words_in_a_row():
    assert [listed(list("abc")[:count]) for count in range(4)] == ["", "a", "a and b", "a, b and c"]


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        (92.5, 0, "93"),
        (47.5, 0, "48"),
        (-2.5, 0, "−3"),
        (3365.0, -1, "3370"),
        (0.125, 2, "0.13"),
        (3.55, 1, "3.5"),  # which a computer holds as 3.5499…
        (92.4999, 0, "92"),
        (-0.4, 0, "0"),
        (2e15, -2, "2000000000000000"),
    ],
)
def test_a_half_goes_away_from_zero(value, places, expected):
    assert format_number(value, places) == expected
    assert rounded(value, places) == float(expected.replace("−", "-"))


def test_numbers_of_any_size_are_rounded():
    assert format_number(-1.2345e300, 1) == "−1.2 × 10³⁰⁰" and format_number(2.0**53, 0) == "9.0 × 10¹⁵"
    assert format_with_error(5.0, 1e-40).startswith("5.0")
    assert rounded(1e300, 2) == 1e300 and rounded(float("inf"), 2) == float("inf")


def test_a_text_that_is_too_long_keeps_its_end():
    assert shortened("two-stars-stacked.fits [1 of 2]", 20) == "two-stars…s [1 of 2]"
    assert shortened("a sentence", 6, 0) == "a sen…"
    assert shortened("short", 5) == "short"
