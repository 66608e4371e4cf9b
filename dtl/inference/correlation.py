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
    ends = np.cumsum([len(members[name]) for name in PARAMETERS])[:-1]
    parts = np.split(np.asarray(response, dtype=float), ends)
    common = np.array([part.mean(axis=0) for part in parts])
    covariance = common @ common.T
    variance = np.array(
        [(part**2).sum(axis=1).mean() + np.var(members[name]) for name, part in zip(PARAMETERS, parts, strict=True)]
    )
    deviation = np.sqrt(np.maximum(variance, np.finfo(float).tiny))
    found = np.nan_to_num(covariance / np.outer(deviation, deviation)) * _MOST
    np.fill_diagonal(found, 1.0)
    return found
