"""How the uncertainties of the four parameters go together."""

from __future__ import annotations

import numpy as np

from dtl.result import PARAMETERS

__all__ = ["correlate"]

#: What of a correlation is kept, so that the matrix stays positive definite where one noise is all that is seen.
_MOST = 0.999


def correlate(members: dict[str, np.ndarray], covariance: np.ndarray) -> np.ndarray:
    """Correlation of the parameters of spectra, as the same noise moves all of them.

    A parameter varies as its members do: between them, each on its own, and with the noise, which all members see.
    Those of different parameters were trained apart, so that what separates members is no part of a covariance.

    Args:
        members: parameter name -> values of its members; shape ``(members, k)`` each.
        covariance: of all members, in their order, by noise; shape ``(k, members of all, members of all)``.

    Returns:
        Positive definite, in the order of `PARAMETERS`; shape ``(k, 4, 4)``.
    """
    counts = np.array([len(members[name]) for name in PARAMETERS])
    starts = np.cumsum(counts) - counts
    sums = np.add.reduceat(np.add.reduceat(covariance, starts, axis=1), starts, axis=2)
    sums = 0.5 * (sums + sums.swapaxes(1, 2))  # rounding differs between the halves
    alone = np.add.reduceat(np.diagonal(covariance, axis1=1, axis2=2), starts, axis=1) / counts
    variance = alone + np.stack([np.var(members[name], axis=0) for name in PARAMETERS], axis=1)
    deviation = counts * np.sqrt(np.maximum(variance, np.finfo(float).tiny))
    found = np.nan_to_num(sums / (deviation[:, :, None] * deviation[:, None])) * _MOST
    found[:, range(4), range(4)] = 1.0
    return found
