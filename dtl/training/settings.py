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
    return kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in values.items()})


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
    except (tomllib.TOMLDecodeError, TypeError, AttributeError) as error:
        raise UnusableInput(
            f"{path}: is no training config ({error}); compare with assets/configs/common-r50000.toml."
        ) from error
