"""Search: the published grid with its folds, and successive halving; both go on where they were killed."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dtl.grid.build import Grid
from dtl.spectrum import UnusableInput
from dtl.training import search
from dtl.training.augmentation import Augmentation
from dtl.training.search import budgeted_search, label_error, published_search
from dtl.training.settings import AutoencoderSettings, TrainingSettings
from dtl.training.split import Split
from tests.builders import WINDOW


class Killed(Exception):
    """In place of the signal."""


def killer(fraction: float):
    def progress(done: float, text: str) -> None:
        if done >= fraction:
            raise Killed(text)

    return progress


def test_published_search(grid: Grid, split: Split, settings: TrainingSettings, tmp_path: Path) -> None:
    what: dict[str, Any] = {"first": (16, 32), "l1": (1e-7, 1.2e-7), "epochs": 2}
    store = tmp_path / "search.jsonl"
    with pytest.raises(Killed):
        published_search(grid, split, settings, **what, store=store, progress=killer(0.5))
    assert len(store.read_text().splitlines()) == 8
    table = published_search(grid, split, settings, **what, store=store)
    assert len(store.read_text().splitlines()) == 16
    assert {(row["first"], row["l1"]) for row in table} == {(n, l1) for n in (16, 32) for l1 in (1e-7, 1.2e-7)}
    scores = [row["score"] for row in table]
    assert scores == sorted(scores)
    assert all(row["score"] == pytest.approx(np.mean(row["scores"])) and len(row["scores"]) == 4 for row in table)
    assert [row["kept"] for row in table] == [score < np.median(scores) for score in scores]
    whole = published_search(grid, split, settings, **what)
    assert whole == table


def test_published_grid() -> None:
    assert search.PUBLISHED_FIRST == (1024, 1280, 1536, 1792, 2048)
    np.testing.assert_allclose(search.PUBLISHED_L1, np.linspace(8e-8, 1.2e-7, 5))


def test_folds(grid: Grid, split: Split, settings: TrainingSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each training node is left out once; validation and test nodes never take part."""
    folds: list[Split] = []
    configs: list[AutoencoderSettings] = []

    def record(grid: Grid, fold: Split, settings: TrainingSettings) -> None:
        folds.append(fold)
        configs.append(settings.autoencoder)
        raise Killed

    monkeypatch.setattr(search, "train_autoencoder", record)
    for fold in range(4):
        with pytest.raises(Killed):
            search._published_fold({"first": 64, "l1": 9e-8, "epochs": 15, "fold": fold}, grid, split.train, settings)
    np.testing.assert_array_equal(np.sort(np.concatenate([fold.validation for fold in folds])), split.train)
    for fold in folds:
        np.testing.assert_array_equal(np.union1d(fold.train, fold.validation), split.train)
        assert len(np.intersect1d(fold.train, fold.validation)) == 0
    assert set(configs) == {replace(AutoencoderSettings.published(64, 9e-8), epochs=15)}


def test_budgeted_search(
    grid: Grid, split: Split, settings: TrainingSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six for 1 epoch, two for 3; the rows say which, and a killed search ends the same."""
    monkeypatch.setattr(search, "_FIRST_WIDTHS", (16, 32))
    what: dict[str, Any] = {"candidates": 6, "epochs": 1}
    store = tmp_path / "search.jsonl"
    with pytest.raises(Killed):
        budgeted_search(grid, split, settings, **what, store=store, progress=killer(7 / 8))
    table = budgeted_search(grid, split, settings, **what, store=store)
    assert len(store.read_text().splitlines()) == 8
    assert [(row["round"], row["epochs"]) for row in table] == [(1, 3)] * 2 + [(0, 1)] * 6
    assert [row["kept"] for row in table] == [True, False] + [True] * 2 + [False] * 4
    final, first = table[:2], table[2:]
    for rows in (final, first):
        assert [row["score"] for row in rows] == sorted(row["score"] for row in rows)
    assert {row["candidate"] for row in final} == {row["candidate"] for row in first[:2]}
    variance = grid.flux[split.validation].var(axis=0).mean()
    for row in table:
        assert row["score"] == pytest.approx(math.log10(row["mse"] / variance) + math.log10(row["label_error"]), 1e-4)
    fractions: list[float] = []
    whole = budgeted_search(grid, split, settings, **what, progress=lambda f, text: fractions.append(f))
    assert whole == table
    assert fractions == pytest.approx(np.arange(1, 9) / 8)


def test_candidates() -> None:
    pool = search._draw(60, 1)
    assert pool == search._draw(60, 1) != search._draw(60, 2)
    assert all(row["hidden"] == sorted(row["hidden"], reverse=True) and row["hidden"][-1] >= 32 for row in pool)
    rates, weights = ([row[key] for row in pool] for key in ("learning_rate", "label_weight"))
    assert 3e-4 < min(rates) < 6e-4 and 4e-3 < max(rates) < 7e-3
    assert 0.03 < min(weights) < 0.06 and 1.5 < max(weights) < 3.3


def test_diverged_candidates_come_last(grid: Grid, split: Split, settings: TrainingSettings) -> None:
    wild = {"hidden": [16], "learning_rate": 1e30, "label_weight": 0.3, "epochs": 1}
    settings = replace(settings, augmentation=Augmentation(depth=0.0))
    assert search._budgeted_job(wild, grid, split, settings) == {"mse": None, "label_error": None, "score": None}
    assert search._rank({"score": None}) > search._rank({"score": 1e9})


def test_label_error() -> None:
    """Nothing is left of a quadratic form, everything of pure chance."""
    rng = np.random.default_rng(1)
    learn, judge = rng.normal(size=(600, 5)), rng.normal(size=(200, 5))

    def labels(x: np.ndarray) -> np.ndarray:
        return np.column_stack([3000 + 100 * x[:, 0], x[:, 1] * x[:, 2], x[:, 3] ** 2, x @ np.ones(5)])

    assert label_error(learn, labels(learn), judge, labels(judge)) < 1e-6
    chance = label_error(learn, rng.normal(size=(600, 4)), judge, rng.normal(size=(200, 4)))
    assert chance == pytest.approx(1.0, abs=0.25)


def test_layout_that_is_not_searched(grid: Grid, split: Split) -> None:
    published = TrainingSettings("x", WINDOW, autoencoder=AutoencoderSettings.published(16))
    with pytest.raises(UnusableInput, match=r"^budget: searches the compact layout"):
        budgeted_search(grid, split, published)
