"""Search for good settings of the autoencoder: the published grid search, and one within a budget of epochs."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from dtl.grid.build import Grid
from dtl.parallel.engine import Engine
from dtl.parallel.resumable import run_all
from dtl.spectrum import UnusableInput
from dtl.training.augmentation import disturbed
from dtl.training.autoencoder import label_targets, train_autoencoder
from dtl.training.settings import AutoencoderSettings, TrainingSettings
from dtl.training.split import Split

__all__ = ["PRESETS", "budgeted_search", "label_error", "published_search"]

#: Mas-Buitrago et al. (2024), table of the search: first layer and L1 in five steps each.
PUBLISHED_FIRST = tuple(range(1024, 2049, 256))
PUBLISHED_L1 = (8e-8, 9e-8, 1e-7, 1.1e-7, 1.2e-7)
_FOLDS, _PUBLISHED_EPOCHS = 4, 15

#: The judge of the budgeted search sees spectra at this signal-to-noise ratio, as the bundle's own figures do.
_SNR = 100.0
_FIRST_WIDTHS = (128, 192, 256, 384, 512)

Table = list[dict[str, Any]]


def published_search(
    grid: Grid,
    split: Split,
    settings: TrainingSettings,
    *,
    first: tuple[int, ...] = PUBLISHED_FIRST,
    l1: tuple[float, ...] = PUBLISHED_L1,
    epochs: int = _PUBLISHED_EPOCHS,
    store: Path | None = None,
    engine: Engine = Engine(),
    progress: Callable[[float, str], None] = lambda fraction, text: None,
) -> Table:
    """The search of Mas-Buitrago et al. (2024): every first layer with every L1, four-fold cross-validation.

    The score is the mean over the folds of the mean squared error on the fold left out. Folds are drawn from the
    training nodes, so that neither validation nor test nodes take part.

    Args:
        grid: spectra and nodes.
        split: of the nodes; only ``train`` is used.
        settings: of the run; its seed counts, the autoencoder is that of the published layout.
        first: widths of the first layer.
        l1: weights of the activity regularisation.
        epochs: of each training.
        store: file from which a stopped search goes on.
        engine: what trains the candidates.
        progress: called with the fraction done and a word.

    Returns:
        One row a candidate, best first: first, l1, epochs, score, scores of the folds, and kept, which is True
        where the score lies below the median of all.
    """
    candidates = [{"first": n, "l1": weight, "epochs": epochs} for n in first for weight in l1]
    jobs = [dict(candidate, fold=fold) for candidate in candidates for fold in range(_FOLDS)]
    results = run_all(
        _published_fold,
        jobs,
        shared=(grid, split.train, settings),
        store=store,
        run=_run(grid, split, settings),
        engine=engine,
        progress=progress,
    )
    rows = []
    for i, candidate in enumerate(candidates):
        scores = [result["mse"] for result in results[i * _FOLDS : (i + 1) * _FOLDS]]
        rows.append(dict(candidate, score=None if None in scores else float(np.mean(scores)), scores=scores))
    rows.sort(key=_rank)
    median = float(np.median([_rank(row) for row in rows]))
    return [dict(row, kept=_rank(row) < median) for row in rows]


def budgeted_search(
    grid: Grid,
    split: Split,
    settings: TrainingSettings,
    *,
    candidates: int = 27,
    epochs: int = 3,
    store: Path | None = None,
    engine: Engine = Engine(),
    progress: Callable[[float, str], None] = lambda fraction, text: None,
) -> Table:
    """Successive halving (Jamieson & Talwalkar 2016) with thirds: many tried for short, the best third for longer.

    Random widths, learning rate and weight of the labels are drawn from the seed. Each round trains from the start,
    for the one-cycle schedule knows its length, with three times the epochs of the round before, until one is the
    best third. The score is that of `_budgeted_job`, lower is better.

    Args:
        grid: spectra and nodes.
        split: of the nodes; trained on ``train``, judged on ``validation``.
        settings: of the run; what is not searched is kept, the layout has to be the compact one.
        candidates: drawn for the first round.
        epochs: of the first round.
        store: file from which an interrupted search is resumed.
        engine: what trains the candidates.
        progress: called with the fraction done and a word.

    Returns:
        One row a candidate and round, last round first and best first within: round, epochs, candidate, hidden,
        learning_rate, label_weight, mse, label_error, score, and kept, which is True where the next round took it,
        and for the winner.

    Raises:
        UnusableInput: for settings of another layout.
    """
    if settings.autoencoder.layout != "compact":
        raise UnusableInput("budget: searches the compact layout; set layout in the config, or take published.")
    pool = _draw(candidates, settings.seed)
    sizes = _round_sizes(candidates)
    table: Table = []
    for number in range(len(sizes)):
        jobs, done = [dict(each, round=number, epochs=epochs * 3**number) for each in pool], len(table)

        def report(fraction: float, text: str, done: int = done, count: int = len(jobs), number: int = number) -> None:
            progress((done + fraction * count) / sum(sizes), f"round {number + 1} of {len(sizes)}, {text}")

        rows = run_all(
            _budgeted_job,
            jobs,
            shared=(grid, split, settings),
            store=store,
            run=_run(grid, split, settings),
            engine=engine,
            progress=report,
        )
        rows.sort(key=_rank)
        keep = max(len(rows) // 3, 1)
        table = [dict(row, kept=i < keep) for i, row in enumerate(rows)] + table
        pool = [{key: row[key] for key in pool[0]} for row in rows[:keep]]
    return table


def _round_sizes(candidates: int) -> list[int]:
    """Candidates in each round: a third of those before, until that third would be one."""
    sizes = [candidates]
    while sizes[-1] // 3 > 1:
        sizes.append(sizes[-1] // 3)
    return sizes


PRESETS = {"published": published_search, "budget": budgeted_search}


def label_error(learn: np.ndarray, targets: np.ndarray, latents: np.ndarray, truth: np.ndarray) -> float:
    """How much of the labels a quadratic form of the latents leaves unsaid: a quick stand-in for the regressors.

    Least squares with the latents, their products and a small ridge; no training, no random number.

    Args:
        learn: latents to fit on; shape ``(m, n_latent)``.
        targets: their labels; shape ``(m, 4)``.
        latents: latents to judge on; shape ``(k, n_latent)``.
        truth: their labels; shape ``(k, 4)``.

    Returns:
        Mean over the labels of the mean squared error over the variance.
    """
    mean, spread = targets.mean(axis=0), targets.std(axis=0) + 1e-12
    design = _quadratic(learn)
    normal = design.T @ design + 1e-6 * len(design) * np.eye(design.shape[1])
    solution = np.linalg.solve(normal, design.T @ ((targets - mean) / spread))
    return float(np.mean((_quadratic(latents) @ solution - (truth - mean) / spread) ** 2))


def _quadratic(latents: np.ndarray) -> np.ndarray:
    first, second = np.triu_indices(latents.shape[1])
    latents = latents.astype(float)
    return np.column_stack([np.ones(len(latents)), latents, latents[:, first] * latents[:, second]])


def _published_fold(job: dict[str, Any], grid: Grid, nodes: np.ndarray, settings: TrainingSettings) -> dict[str, Any]:
    order = np.random.default_rng(settings.seed).permutation(nodes)
    held = np.sort(order[job["fold"] :: _FOLDS])
    fold = Split(train=np.setdiff1d(nodes, held), validation=held, test=held[:0])
    config = replace(AutoencoderSettings.published(job["first"], job["l1"]), epochs=job["epochs"])
    model = train_autoencoder(grid, fold, replace(settings, autoencoder=config))
    flux = torch.from_numpy(grid.flux[held])
    with torch.inference_mode():
        return {"mse": _finite(float((model(flux) - flux).square().mean()))}


def _budgeted_job(job: dict[str, Any], grid: Grid, split: Split, settings: TrainingSettings) -> dict[str, Any]:
    """Train a candidate and judge it by log10(R) + log10(E) on validation nodes at S/N 100.

    R is the mean squared reconstruction error over the variance of the grid, E the `label_error`. A tenth less of
    either counts the same, so that neither drowns the other whatever its size.
    """
    config = replace(
        settings.autoencoder,
        hidden=tuple(job["hidden"]),
        epochs=job["epochs"],
        steps=0,
        learning_rate=job["learning_rate"],
        label_weight=job["label_weight"],
    )
    model = train_autoencoder(grid, split, replace(settings, autoencoder=config))
    clean = grid.flux[split.validation]

    def latents(rows: np.ndarray, seed: int) -> torch.Tensor:
        parts = np.array_split(rows, -(-len(rows) // 1000))  # disturbances take much memory
        flux = (
            disturbed(grid.flux[p], _SNR, settings.augmentation, settings.window, seed + i) for i, p in enumerate(parts)
        )
        return torch.cat([model.encode(torch.from_numpy(each)) for each in flux])

    with torch.inference_mode():
        judged = latents(split.validation, settings.seed + 1)
        mse = float(np.mean((model.decode(judged).numpy() - clean) ** 2))
        learned = latents(split.train, settings.seed + 1000)
    labels = [label_targets(grid.nodes[rows]).numpy() for rows in (split.train, split.validation)]
    variance = float(clean.var(axis=0).mean())
    if not (math.isfinite(mse) and torch.isfinite(learned).all()):  # diverged
        return {"mse": None, "label_error": None, "score": None}
    error = label_error(learned.numpy(), labels[0], judged.numpy(), labels[1])
    return {"mse": mse, "label_error": error, "score": math.log10(mse / variance) + math.log10(error)}


def _draw(count: int, seed: int) -> Table:
    """Random candidates; learning rate and label weight spread evenly in their logarithm."""
    rng = np.random.default_rng(seed)
    pool = []
    for number in range(count):
        first, depth = int(rng.choice(_FIRST_WIDTHS)), int(rng.integers(1, 5))
        pool.append(
            {
                "candidate": number,
                "hidden": [max(first // 2**i, 32) for i in range(depth)],
                "learning_rate": float(f"{10 ** rng.uniform(-3.5, -2.2):.3g}"),
                "label_weight": float(f"{10 ** rng.uniform(-1.5, 0.5):.3g}"),
            }
        )
    return pool


def _run(grid: Grid, split: Split, settings: TrainingSettings) -> str:
    return repr((grid.digest(), split.train.tobytes(), split.validation.tobytes(), settings))


def _finite(value: float) -> float | None:
    """None in place of what JSON cannot hold."""
    return value if math.isfinite(value) else None


def _rank(row: dict[str, Any]) -> float:
    return math.inf if row["score"] is None else row["score"]
