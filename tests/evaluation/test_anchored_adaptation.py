"""Stars of known parameters bring the zero points back that a wrong belief has moved; on a made-up world."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from dtl.bundle.model import ModelBundle
from dtl.evaluation.adaptation_trust import adapt_to_sample
from dtl.evaluation.anchored_adaptation import anchors_in_words
from dtl.transfer.anchors import Anchor
from dtl.transfer.sample import all_distinct
from tests.evaluation.test_adaptation_trust import SETTINGS, prepared
from tests.training.toys import POPULATION, sample, toy_bundle

#: The stars have a mean [M/H] of 0.
WRONG = replace(SETTINGS, population=replace(POPULATION, mean_mh=0.15))


@lru_cache(maxsize=2)
def adapted(*, with_anchors: bool) -> tuple[ModelBundle, np.ndarray, np.ndarray]:
    """A bundle adapted to thirty stars with a wrong belief, the stars' truth, and those of other stars."""
    truth, flux = sample(30)
    errors = np.random.default_rng(2).normal(0.0, (30.0, 0.04), (15, 2))
    anchors = [Anchor(i, str(i), tuple(truth[i, [0, 2]] + errors[i]), (30.0, 0.04)) for i in range(15)]
    spectra = all_distinct([prepared(star) for star in flux])
    bundle = adapt_to_sample(
        toy_bundle(), spectra, settings=WRONG, anchors=anchors if with_anchors else (), seed=1
    )  # fmt: skip
    others, seen = sample(40, seed=9)
    return bundle, others, bundle.parameters(seen.astype(np.float32))


def test_the_zero_points_of_other_stars_come_back() -> None:
    (_, truth, without), (_, _, found) = adapted(with_anchors=False), adapted(with_anchors=True)
    bias, before = (found - truth).mean(axis=0), (without - truth).mean(axis=0)
    assert abs(before[2]) > 0.06 and abs(bias[2]) < 0.5 * abs(before[2])
    assert abs(bias[0]) < max(0.6 * abs(before[0]), 20.0)


def test_the_card_says_what_anchors_did() -> None:
    bundle, _, _ = adapted(with_anchors=True)
    entry = bundle.card["adapted"]
    told = entry["anchors"]
    before, after = (told["left_out"][when]["mh"] for when in ("before", "after"))
    said = "30 spectra, 15 of them of stars of known parameters"
    assert said in bundle.card["data"]["observed"]
    assert bundle.card["limits"][0].startswith("Adapted to spectra of 30 stars, ")
    assert " of them with known parameters. " in bundle.card["limits"][0]
    assert bundle.card["transfer"]["what"] == "observed spectra" + said.removeprefix("30 spectra")
    assert len(told["stars"]) == before["stars"] == 15
    assert abs(after["mean"]) < abs(before["mean"]) and after["rms"] < before["rms"] and told["shift"]["mh"] < -0.03
    assert "anchors" in entry["shares"] and "mean_mh" not in entry["shares"]
    assert [row["round"] for row in entry["history"]] == list(range(1, len(entry["history"]) + 1))
    assert entry["settings"]["population"]["teff_offset"] == told["shift"]["teff"]
    sentences = anchors_in_words(told)
    assert len(sentences) == 2 and "15 anchors, left out one by one" in sentences[0]


def test_without_anchors_the_card_says_nothing_of_them() -> None:
    bundle, _, _ = adapted(with_anchors=False)
    assert bundle.card["limits"][0].startswith("Adapted to spectra of 30 stars without labels. ")
    assert "anchors" not in bundle.card["adapted"] and "mean_mh" in bundle.card["adapted"]["shares"]
