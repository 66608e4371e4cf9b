"""The literature on a star in one number a parameter."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from dtl.catalogue import literature_median
from dtl.catalogue.literature_median import literature_medians


def test_barnards_star():
    found = literature_medians("J17578+046")
    assert found["teff"].value == 3252.0 and found["teff"].sources == 11 and not found["teff"].limit
    assert (found["teff"].low, found["teff"].high) == (3212.0, 3353.0)
    assert found["mh"].value == pytest.approx(-0.2535) and found["logg"].sources == 7
    # 2.0 and 2.0 as limits, 3.08 and 5.64 measured: no more than the middle of 2.0 and 3.08
    assert found["vsini"].limit and found["vsini"].value == pytest.approx(2.54) and found["vsini"].sources == 4


@pytest.mark.parametrize("seed", range(20))
def test_a_limit_bounds_the_median_of_any_true_values(monkeypatch, seed):
    rng = np.random.default_rng(seed)
    values, limits = rng.uniform(1.0, 9.0, 7), rng.random(7) < 0.4
    table = pd.DataFrame({"parameter": "vsini", "value": values, "limit": limits})
    monkeypatch.setattr(literature_median, "star_values", lambda karmn: table)
    found = literature_medians("any")["vsini"]
    for _ in range(50):
        true = np.where(limits, values * rng.random(7), values)
        assert np.median(true) <= found.value
        if not found.limit:
            assert np.median(true) == found.value


def test_an_unknown_star():
    with pytest.raises(KeyError):
        literature_medians("J00000+000")
