"""The Kolmogorov-Smirnov test of populations against the published value and a second implementation."""

import numpy as np
import pytest

from dtl.catalogue import published_stars
from dtl.catalogue.populations import PAIRS, POPULATIONS, PUBLISHED_PVALUE, compare, compare_pairs, sample

STARS = published_stars.stars()


def test_published_value_belongs_to_thick_against_thin_disc_alone():
    comparisons = compare_pairs(STARS, "mh")
    assert (comparisons[0].first, comparisons[0].second) == (("TD",), ("D",))
    assert comparisons[0].numbers == (21, 167)
    assert comparisons[0].pvalue == pytest.approx(PUBLISHED_PVALUE, abs=5e-5)
    for other in comparisons[1:]:
        assert abs(other.pvalue - PUBLISHED_PVALUE) > 5e-4


def test_pairs_are_disjoint_and_different():
    assert len(set(PAIRS)) == len(PAIRS)
    for first, second in PAIRS:
        assert not set(first) & set(second)
        assert set(first) | set(second) <= set(POPULATIONS)


def test_statistic_by_hand():
    first, second = sample(STARS, "mh", ["TD"]), sample(STARS, "mh", ["D"])
    places = np.concatenate([first, second])
    distances = [abs((first <= x).mean() - (second <= x).mean()) for x in places]
    found = compare(STARS, "mh", ["TD"], ["D"])
    assert found.statistic == pytest.approx(max(distances))
    assert found.location == pytest.approx(places[int(np.argmax(distances))])
    assert found.medians == (np.median(first), np.median(second))


def test_pvalue_by_shuffling():
    first, second = sample(STARS, "mh", ["TD"]), sample(STARS, "mh", ["D"])
    both, statistic = np.concatenate([first, second]), compare(STARS, "mh", ["TD"], ["D"]).statistic
    rng, places = np.random.default_rng(3), np.sort(both)
    hits = 0
    for _ in range(4000):
        rng.shuffle(both)
        one, other = np.sort(both[:21]), np.sort(both[21:])
        gap = np.searchsorted(one, places, "right") / 21 - np.searchsorted(other, places, "right") / 167
        hits += np.abs(gap).max() >= statistic - 1e-9
    assert hits / 4000 == pytest.approx(PUBLISHED_PVALUE, abs=0.004)


def test_order_of_the_groups_does_not_matter():
    one, other = compare(STARS, "teff", ["TD"], ["YD"]), compare(STARS, "teff", ["YD"], ["TD"])
    assert (one.statistic, one.pvalue) == pytest.approx((other.statistic, other.pvalue))


def test_every_star_has_a_population():
    assert sum(len(sample(STARS, "mh", [key])) for key in POPULATIONS) == 286


def test_star_in_both_groups_is_refused():
    with pytest.raises(ValueError, match="thin disc is in both"):
        compare(STARS, "mh", ["TD", "D"], ["D"])


def test_empty_group_is_refused():
    with pytest.raises(ValueError, match="empty"):
        compare(STARS, "mh", [], ["D"])
