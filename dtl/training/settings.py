"""Settings of a training run, read from a TOML file."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass, field
from pathlib import Path

from dtl.grid.build import GridSettings
from dtl.spectrum import UnusableInput
from dtl.training.augment import Augmentation

__all__ = ["AutoencoderSettings", "MapSettings", "RegressorSettings", "TrainingSettings", "read_settings"]


@dataclass(frozen=True)
class AutoencoderSettings:
    """Of the autoencoder.

    Attributes:
        hidden: widths of the encoder's layers, mirrored in the decoder.
        n_latent: length of the latent vector.
        epochs: over the training nodes, each with fresh disturbances.
        batch: spectra a step.
        learning_rate: peak of the one-cycle schedule (Smith & Topin 2019).
        label_weight: weight of the regression loss that shapes the latents; 0 learns without labels.
    """

    hidden: tuple[int, ...] = (256, 128, 64)
    n_latent: int = 32
    epochs: int = 150
    batch: int = 128
    learning_rate: float = 2e-3
    label_weight: float = 0.3


@dataclass(frozen=True)
class RegressorSettings:
    """Of the regressors.

    Attributes:
        members: networks a parameter.
        steps: optimiser steps of each.
        batch: latent vectors a step.
        learning_rate: peak of the one-cycle schedule.
        draws: disturbed copies of each training node whose latents are learned from.
    """

    members: int = 5
    steps: int = 3000
    batch: int = 512
    learning_rate: float = 2e-3
    draws: int = 24


@dataclass(frozen=True)
class MapSettings:
    """Of the two UMAP maps (McInnes et al. 2018), correlation metric."""

    neighbours: int = 30
    min_dist: float = 0.3


@dataclass(frozen=True)
class TrainingSettings:
    """All of a run; ``seed`` fixes splits, weights and disturbances."""

    name: str
    version: str = "1.0"
    seed: int = 42
    limits: tuple[str, ...] = ()
    grid: GridSettings = field(default_factory=GridSettings)
    autoencoder: AutoencoderSettings = field(default_factory=AutoencoderSettings)
    regressor: RegressorSettings = field(default_factory=RegressorSettings)
    augmentation: Augmentation = field(default_factory=Augmentation)
    maps: MapSettings = field(default_factory=MapSettings)

    def as_dict(self) -> dict[str, object]:
        """Plain values for a card."""
        return asdict(self)


def _section(kind: type, values: dict[str, object]) -> object:
    section = kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in values.items()})
    for key in values:
        _check(key, getattr(section, key), getattr(kind(), key))
    return section


def _check(key: str, value: object, example: object) -> None:
    """Raise `TypeError` for a value of another kind than the default's, or a whole number below 1."""
    if isinstance(example, tuple):
        if not isinstance(value, tuple) or not value or (key != "hidden" and len(value) != len(example)):
            raise TypeError(f"{key} must be a list as {list(example)}, it is {value!r}")
        for item in value:
            _check(key, item, example[0])
    elif isinstance(value, bool) is not isinstance(example, bool) or not isinstance(
        value, int | float if isinstance(example, float) else type(example)
    ):
        raise TypeError(f"{key} must be like {example!r}, it is {value!r}")
    elif type(example) is int and value < 1:
        raise TypeError(f"{key} must be at least 1, it is {value}")


def read_settings(path: str | Path) -> TrainingSettings:
    """Settings from a TOML file.

    Raises:
        UnusableInput: where the file is missing, no TOML, or has an unknown key.
    """
    kinds = {
        "grid": GridSettings,
        "autoencoder": AutoencoderSettings,
        "regressor": RegressorSettings,
        "augmentation": Augmentation,
        "maps": MapSettings,
    }
    try:
        with open(path, "rb") as file:
            data = tomllib.load(file)
        sections = {key: _section(kind, data.pop(key)) for key, kind in kinds.items() if key in data}
        data["limits"] = tuple(data.get("limits", ()))
        return TrainingSettings(**data, **sections)
    except OSError as error:
        raise UnusableInput(
            f"{path}: cannot be opened ({error.strerror}); give the path of a training config."
        ) from error
    except (ValueError, TypeError, AttributeError) as error:  # ValueError: no TOML, or no UTF-8
        raise UnusableInput(
            f"{path}: is no training config ({error}); compare with assets/configs/common-r50000.toml."
        ) from error
