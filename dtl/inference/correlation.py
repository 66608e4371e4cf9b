"""How the uncertainties of the four parameters go together."""

from __future__ import annotations

import numpy as np

from dtl.result import PARAMETERS

__all__ = ["correlate"]

#: What of a correlation is kept, so that the matrix stays positive definite where one noise is all that is seen.
_MOST = 0.999


def correlate(members: dict[str, np.ndarray], response: np.ndarray) -> np.ndarray:
    """Correlation of the parameters of one spectrum, as the same noise moves all of them.

    A parameter varies as its members do: between them, each on its own, and with the noise, which all members see.
    Those of different parameters were trained apart, so that what separates members is no part of a covariance.

    Args:
        members: parameter name -> values of its members; shape ``(members,)`` each.
        response: of all members, in their order, to independent unit noises; shape ``(members of all, noises)``.

    Returns:
        Positive definite, in the order of `PARAMETERS`; shape ``(4, 4)``.
    """
    counts = [len(members[name]) for name in PARAMETERS]
    starts = np.r_[0, np.cumsum(counts)[:-1]]
    response = np.asarray(response, dtype=float)
    common = np.add.reduceat(response, starts, axis=0) / np.array(counts)[:, None]
    covariance = common @ common.T
    alone = np.add.reduceat(np.einsum("ij,ij->i", response, response), starts) / counts
    variance = alone + [np.var(members[name]) for name in PARAMETERS]
    deviation = np.sqrt(np.maximum(variance, np.finfo(float).tiny))
    found = np.nan_to_num(covariance / np.outer(deviation, deviation)) * _MOST
    np.fill_diagonal(found, 1.0)
    return found
