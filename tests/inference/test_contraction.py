"""How much of a value the data tell: by the variances of normal distributions."""

from __future__ import annotations

import numpy as np
import pytest

from dtl.bundle.shipped import read_card
from dtl.inference.contraction import contraction, prior_widths, reached_end
from dtl.inference.prior import StarPrior
from dtl.result import Estimate

CARD = read_card("common-r50000")
ESTIMATES = {
    "teff": Estimate(3300.0, 40.0, 40.0),
    "logg": Estimate(4.95, 0.05, 0.05),
    "mh": Estimate(-0.1, 0.1, 0.12),
    "vsini": Estimate(2.1, 0.3, 0.4, 3.4),
}


def test_contraction_of_a_normal_prior_is_the_weight_of_the_data() -> None:
    """Prior and data of variances p and d give 1/(1/p + 1/d), of which the data are the part p/(p + d)."""
    prior, data = 0.22, 0.10
    posterior = (prior**-2 + data**-2) ** -0.5
    share = contraction(Estimate(0.0, posterior, posterior), prior)
    assert share == pytest.approx(prior**2 / (prior**2 + data**2))
    assert contraction(Estimate(0.0, 0.5, 0.5), prior) == 0.0
    assert np.isnan(contraction(Estimate(np.nan, np.nan, np.nan), prior))


def test_widths_are_those_the_networks_learned_with() -> None:
    widths = prior_widths(CARD, ESTIMATES)
    assert widths["mh"] == CARD["prior"]["spread_mh"]
    assert widths["logg"] == pytest.approx(float(StarPrior().logg(np.array([3300.0]), np.array([-0.1]))[1][0]))
    assert widths["teff"] == pytest.approx(1300.0 / np.sqrt(12.0))  # even from 3000 to 4300 K
    withheld = ESTIMATES | {"teff": Estimate(np.nan, np.nan, np.nan)}
    assert "logg" not in prior_widths(CARD, withheld)
    assert set(prior_widths({"parameters": CARD["parameters"]}, ESTIMATES)) == {"teff", "vsini"}
    assert prior_widths({}, ESTIMATES) == {}


def test_the_end_of_the_models_that_an_interval_reaches() -> None:
    assert reached_end("teff", Estimate(4270.0, 40.0, 40.0), CARD) == 4300.0
    assert reached_end("mh", Estimate(-0.45, 0.06, 0.05), CARD) == -0.5
    assert reached_end("teff", ESTIMATES["teff"], CARD) is None
    assert reached_end("vsini", Estimate(1.6, 0.3, 0.3, 2.9), CARD) is None  # a limit is about the slowest models
    assert reached_end("teff", Estimate(4270.0, 40.0, 40.0), {}) is None
