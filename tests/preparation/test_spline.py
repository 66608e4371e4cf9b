"""The spline is that of SciPy, which has another implementation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from dtl.preparation.broadening import log_grid
from dtl.preparation.spline import cubic_spline


@pytest.mark.parametrize("count", [4, 5, 60, 3000])
def test_as_scipy(count: int) -> None:
    """On uneven points, at them, between them and at both ends."""
    rng = np.random.default_rng(count)
    x = 8790.0 + np.cumsum(rng.uniform(0.01, 0.1, count))
    y = rng.normal(1.0, 0.3, count)
    at = np.sort(np.concatenate([x, rng.uniform(x[0], x[-1], 2000)]))
    np.testing.assert_allclose(cubic_spline(x, y, at), CubicSpline(x, y)(at), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(cubic_spline(x, y, x), y, rtol=1e-12)


def test_cubic_is_its_own_spline() -> None:
    """On the grid that the flux is resampled from; the ends, too, as no derivative is made up there."""
    x = log_grid(8794.0, 8841.0, 0.3)
    at = np.linspace(x[0], x[-1], 3501)
    cubic = np.polynomial.Polynomial([1.0, 0.3, -0.2, 0.05], domain=[8800.0, 8835.0])
    np.testing.assert_allclose(cubic_spline(x, cubic(x), at), cubic(at), rtol=1e-11)
