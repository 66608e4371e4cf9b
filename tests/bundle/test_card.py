"""What is read from a card, and from one that lacks it."""

from __future__ import annotations

import pytest

from dtl.bundle.card import (
    PUBLISHED,
    closest,
    comparisons,
    flattened,
    is_plain_name,
    least_error,
    lookup,
    mean_error,
    number,
    plain_name,
    survey_errors,
)
from dtl.evaluation import node_metrics
from dtl.networks.layouts import make_autoencoder
from dtl.training.settings import AutoencoderSettings
from tests.cards import full_card, without


@pytest.mark.parametrize(
    ("text", "end", "name"),
    [
        ("common-r50000", "-adapted", "common-r50000-adapted"),
        ("x" * 80, "-adapted", "x" * 72 + "-adapted"),
        ("a/b\\c\nd", "", "a-b-c-d"),
        (" ", "", "networks"),
        ("y" * 255, "", "y" * 80),
    ],
)
def test_names_that_are_made_are_plain(text: str, end: str, name: str) -> None:
    assert plain_name(text, end) == name and is_plain_name(name)


def test_the_published_figures_are_those_of_the_training():
    assert node_metrics.PUBLISHED == {key: PUBLISHED[key] for key in node_metrics.PUBLISHED}


def test_the_published_weights_are_counted_from_the_layers():
    counts = []
    for first in (1024, 2048):
        network = make_autoencoder("published", 3501, AutoencoderSettings.published(first).hidden, 32)
        counts.append(sum(weights.numel() for weights in network.parameters()))
    assert tuple(counts) == PUBLISHED["autoencoder_parameters"]


def test_lookup():
    card = {"a": {"b": 1, "nan": float("nan"), "text": "1", "yes": True, "none": None}}
    assert lookup(card, "a", "b") == 1
    assert lookup(card, "a", "x") is None and lookup(card, "a", "b", "c") is None and lookup(None, "a") is None
    assert number(card, "a", "b") == 1.0
    assert all(number(card, "a", name) is None for name in ("nan", "text", "yes", "none", "absent"))


def test_ways_of_transfer():
    card = full_card()
    assert list(survey_errors(card, "teff")) == list(card["metrics"]["ablation"])
    assert survey_errors(card, "teff")["ours"] == card["metrics"]["ablation"]["ours"]["teff"]["rmse"]
    assert mean_error(card, "none", "teff") == pytest.approx(88.0)
    assert mean_error(card, "none", "latent_distance", "mean") == pytest.approx(3.1)
    assert closest(card) == "adversarial"
    assert least_error(card, "teff") == "ours"
    without(card, "metrics", "ablation", "ours", "teff")
    assert "ours" not in survey_errors(card, "teff") and mean_error(card, "ours", "teff") is None
    assert least_error(card, "teff") == "gap without population"


@pytest.mark.parametrize("card", [{}, {"metrics": {}}, {"metrics": None}])
def test_a_card_without_figures(card):
    assert survey_errors(card, "teff") == {} and comparisons(card) == []
    assert closest(card) is None and least_error(card, "teff") is None and mean_error(card, "ours", "teff") is None


def test_real_stars():
    rows = {(row.star, row.parameter): row for row in comparisons(full_card())}
    assert len(rows) == 12
    barnard = rows["GJ 699", "teff"]
    assert (barnard.value, barnard.interval, barnard.literature, barnard.worst_pair) == (3253.0, 22.3, 3240.0, 1.234)
    assert barnard.difference == pytest.approx(13.0) and barnard.anchor and not barnard.limit
    assert rows["GJ 699", "vsini"].limit and not rows["GJ 273", "vsini"].limit
    assert rows["GJ 273", "teff"].worst_pair is None and not rows["GJ 273", "teff"].anchor
    assert rows["Nameless_1", "teff"].difference is None


def test_settings_are_flattened():
    nested = {"a": 1, "b": {"c": [1, 2], "d": {"e": None}}}
    assert list(flattened(nested)) == [("a", 1), ("b.c", [1, 2]), ("b.d.e", None)]
