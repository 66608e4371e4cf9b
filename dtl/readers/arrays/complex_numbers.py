"""Complex numbers whose imaginary parts are nothing, as a filter by Fourier transforms leaves them."""

from __future__ import annotations

import numpy as np

__all__ = ["without_imaginary"]

#: Imaginary parts, as part of the largest number, that are errors of rounding, of single precision too.
_ROUNDING = 1e-5


def without_imaginary(values: np.ndarray) -> np.ndarray:
    """The real parts of complex numbers that have no others, NaN where one of both is no number; all else as it is.

    Any shape.
    """
    if values.dtype.kind != "c" or not values.size:
        return values
    largest = np.nanmax(np.abs(values), initial=0.0, where=np.isfinite(values))
    small, finite = np.abs(values.imag) <= _ROUNDING * largest, np.isfinite(values)
    return np.where(finite, values.real, np.nan) if (small | ~finite).all() else values
