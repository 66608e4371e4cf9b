"""One star in all sources: which values, and how many sigma apart."""

from __future__ import annotations

import numpy as np
import pytest

from dtl.catalogue import published_stars
from dtl.catalogue.star_record import OWN, difference_in_sigma, star_values
from dtl.result import PARAMETERS, Estimate
from tests import fakes

BARNARD = "J17578+046"


def test_all_values_of_barnards_star():
    values = star_values(BARNARD).set_index(["parameter", "source"])
    for source, teff in (("marfil2021", 3254), ("passegger2019", 3238), ("mann2015", 3228), ("interferometry", 3252)):
        assert values.loc[("teff", source), "value"] == teff
    assert values.loc[("mh", "mann2015"), "value"] == -0.40
    assert values.loc[("vsini", "reiners2018"), "limit"]
    assert set(values["reference"]) <= set(published_stars.references())


def test_sigma_is_from_the_publication_where_the_user_has_no_result():
    values = star_values(BARNARD).set_index(["parameter", "source"])
    row = values.loc[("teff", "marfil2021")]
    assert row["difference"] == 3254 - 3353
    assert row["sigma"] == pytest.approx(-99 / np.hypot(32, 33))
    assert np.isnan(values.loc[("teff", published_stars.PUBLISHED), "sigma"])


def test_sigma_is_from_the_users_result_where_there_is_one():
    own = fakes.make_result(teff=3300.0).estimates
    values = star_values(BARNARD, own)
    assert list(values.groupby("parameter", sort=False)["source"].first()) == [OWN] * len(PARAMETERS)
    values = values.set_index(["parameter", "source"])
    assert values.loc[("teff", OWN), "value"] == 3300.0
    assert np.isnan(values.loc[("teff", OWN), "sigma"])
    assert values.loc[("teff", published_stars.PUBLISHED), "sigma"] == pytest.approx(53 / np.hypot(33, 41))


def test_nothing_is_said_of_limits_and_of_values_without_uncertainty():
    values = star_values(BARNARD).set_index(["parameter", "source"])
    for key in (("vsini", "reiners2018"), ("vsini", "marfil2021"), ("teff", "interferometry")):
        assert np.isnan(values.loc[key, "sigma"])
        assert np.isfinite(values.loc[key, "difference"])


def test_the_sides_that_face_each_other_count():
    reference = Estimate(10.0, 3.0, 4.0)
    found = difference_in_sigma(np.array([20.0, 0.0]), np.array([3.0, 9.0]), np.array([9.0, 4.0]), reference)
    assert found == pytest.approx([10 / 5, -10 / 5])


def test_a_star_that_is_not_there():
    with pytest.raises(KeyError):
        star_values("LHS 3154")


def test_an_upper_limit_differs_from_what_lies_above_alone() -> None:
    """Against v sin i < 3: a published limit and a value below do not differ, a value above does by the excess."""
    own = {name: Estimate(value, 0.1, 0.1) for name, value in (("teff", 3300.0), ("logg", 4.9), ("mh", -0.2))}
    own["vsini"] = Estimate(2.1, 0.3, 0.3, 3.0)
    values = star_values(BARNARD, own)
    part = values[values["parameter"] == "vsini"].set_index("source")
    assert part.loc[OWN, "limit"] and part.loc[OWN, "value"] == 3.0 and np.isnan(part.loc[OWN, "upper"])
    below = part["limit"] | (part["value"] <= 3.0)
    assert below.sum() > 1
    assert part.loc[below, "difference"].isna().all() and part.loc[below, "sigma"].isna().all()
    tight = star_values(BARNARD, own | {"vsini": Estimate(0.4, 0.1, 0.1, 0.5)})
    above = tight[(tight["parameter"] == "vsini") & ~tight["limit"] & (tight["value"] > 0.5)]
    assert len(above) and np.allclose(above["difference"], above["value"] - 0.5)
