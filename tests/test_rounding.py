"""Figures cut by their uncertainty."""

from __future__ import annotations

import pytest

from dtl.result import Estimate
from dtl.rounding import decimals, format_estimate, format_number


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


def test_numbers_that_are_none():
    assert format_number(float("nan"), 2) == "–"
    assert decimals(float("inf"), 2) == 2
