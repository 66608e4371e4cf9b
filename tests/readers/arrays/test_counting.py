"""Columns without names that count rows, pixels or orders are no uncertainties, and their neighbours are read."""

from __future__ import annotations

import numpy as np
import pytest

from dtl.readers.arrays.counting import changes_with_others, counted, running_steps
from tests.builders import observe
from tests.readers.reading import read_spectrum


@pytest.mark.parametrize(
    ("values", "what"),
    [
        (np.arange(50.0), "row"),
        (np.arange(50.0, 0.0, -1.0), "row"),
        (np.tile(np.arange(25.0), 3), "pixel"),
        (np.repeat([70.0, 69.0, 68.0], 25), "order"),
        (np.repeat([1.0, 2.0, 5.0], 25), "order"),  # two of them left out
        (np.repeat([0.0, 1.0], 25), ""),  # a mask
        (np.repeat([1.0, 0.0, 1.0], 25), ""),
        (np.repeat([3.0, 2.0, 3.0], 25), ""),  # noise in whole counts
        (np.repeat([40.0, 90.0], 25), ""),
        (np.full(50, 7.0), ""),
        (np.repeat([1.5, 2.5], 25), ""),
        (np.linspace(0.0, 1.0, 50), ""),
        (np.array([1.0]), ""),
    ],
)
def test_what_numbers_count(values: np.ndarray, what: str) -> None:
    assert counted(values) == what


def orders(columns: str, first: int, count: int) -> bytes:
    """Orders that overlap as text without names, S/N 100; columns o(rder), p(ixel), w, f, e."""
    star = observe(reach=(8700.0, 8940.0), seed=5)
    parts = [np.flatnonzero(abs(star.wavelength - middle) < 35) for middle in np.linspace(8730, 8910, count)]
    rows = []
    for order, part in enumerate(parts):
        number = first + (order if first == 1 else -order)
        for pixel, i in enumerate(part, 1):
            own = {"o": f"{number}", "p": f"{pixel}", "w": f"{star.wavelength[i]:.4f}", "f": f"{star.flux[i]:.3f}"}
            own["e"] = f"{star.uncertainty[i]:.3f}"
            rows.append(" ".join(own[column] for column in columns))
    return "\n".join(rows).encode()


@pytest.mark.parametrize("columns", ["owfe", "opwfe", "pwfe", "wofe", "wfeo", "owf", "wfo", "opwf"])
@pytest.mark.parametrize(("first", "count"), [(1, 4), (70, 4), (1, 9), (70, 9)])
def test_numbers_of_orders_are_no_noise(columns: str, first: int, count: int) -> None:
    """Those of orders passed for 1 sigma: a signal-to-noise ratio of up to 330 in place of 115; or the file was
    refused, as it had no pixel in the window."""
    found = read_spectrum(orders(columns, first, count))
    assert found.flux.size > 500 and found.wavelength[0] < 8800 and found.wavelength[-1] > 8835
    if "e" in columns:
        assert np.nanmedian(found.flux / found.uncertainty) == pytest.approx(120.0, rel=0.4)
    else:
        assert found.uncertainty is None


@pytest.mark.parametrize("first", [40, 44])
def test_noise_in_whole_counts_that_grows_is_no_number_of_orders(first: int) -> None:
    """It was said that the file gives no uncertainties."""
    star = observe()
    sigma = np.abs(np.repeat([first, 41, 42, 43, 84 - first], star.flux.size // 5))
    rows = zip(star.wavelength, star.flux, sigma, strict=True)
    found = read_spectrum("\n".join(f"{w:.3f} {f:.3f} {s}" for w, f, s in rows).encode())
    np.testing.assert_array_equal(found.uncertainty, sigma)


def test_orders_end_where_wavelengths_jump() -> None:
    number = np.repeat([1.0, 2.0, 3.0], 50)
    even, noise = np.arange(150.0), np.random.default_rng(1).normal(size=150)
    overlap = even - 20 * number
    assert changes_with_others(number, running_steps([noise, number, overlap]))
    for jumps in (even + 9 * number, -overlap):
        assert changes_with_others(number, running_steps([jumps]))
    assert not changes_with_others(number, running_steps([number, even, noise, np.full(150, np.nan), even[:-1]]))
