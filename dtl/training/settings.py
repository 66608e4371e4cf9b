"""Settings of a training run, read from a TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from dtl.bundle.card import NAME_LENGTH, is_plain_name
from dtl.bundle.window import lines_of, telluric_lines_of, window_entries, window_of
from dtl.grid.build import GridSettings
from dtl.inference.prior import PriorSettings
from dtl.lines import Line
from dtl.networks.layouts import LAYOUTS
from dtl.simulation.gap import GapModel, gap_of, read_gap
from dtl.spectrum import UnusableInput
from dtl.training.augmentation import Augmentation
from dtl.training.transfer_settings import FamilySettings, SurveyPlan
from dtl.wavelengths import Window

__all__ = [
    "AutoencoderSettings",
    "MapSettings",
    "RegressorSettings",
    "TrainingSettings",
    "read_settings",
    "settings_of_card",
]


@dataclass(frozen=True)
class AutoencoderSettings:
    """Of the autoencoder.

    Attributes:
        hidden: widths of the encoder's layers, mirrored in the decoder.
        n_latent: length of the latent vector.
        epochs: over the training nodes, each with fresh disturbances.
        batch: spectra a step.
        learning_rate: peak of the one-cycle schedule (Smith & Topin 2019), or constant in the published layout.
        label_weight: weight of the regression loss that shapes the latents; 0 learns without labels.
        jacobian_weight: weight of the contractive term: the exact squared Jacobian of the encoder in standard
            units (Rifai et al. 2011), or the published formula in the published layout; 0 learns without it.
        layout: "compact", or "published" for that of Mas-Buitrago et al. (2024), which learns clean spectra from
            clean spectra, without labels.
        steps: optimiser steps in place of ``epochs``, where above 0.
        l1: weight of the activity regularisation; published layout only.

    Raises:
        ValueError: for an unknown layout, or a loss that the layout does not have.
    """

    hidden: tuple[int, ...] = (256, 128, 64)
    n_latent: int = 32
    epochs: int = 150
    batch: int = 128
    learning_rate: float = 2e-3
    label_weight: float = 0.3
    jacobian_weight: float = 5e-4
    layout: str = "compact"
    steps: int = 0
    l1: float = 0.0

    def __post_init__(self) -> None:
        _check_layout(self.layout)
        if self.layout == "published" and self.label_weight != 0:
            raise ValueError("the published layout learns without labels: label_weight must be 0")
        if self.layout == "compact" and self.l1 != 0:
            raise ValueError("the compact layout has no activity regularisation: l1 must be 0")

    @classmethod
    def published(cls, first: int = 1024, l1: float = 1e-7) -> AutoencoderSettings:
        """The preset of Mas-Buitrago et al. (2024): N, 3N/4, N/2, N/4, N/8 and 32, Adam 1e-4, 120 epochs.

        Args:
            first: width N of the first layer.
            l1: weight of the activity regularisation.
        """
        hidden = tuple(first * eighths // 8 for eighths in (8, 6, 4, 2, 1))
        return cls(hidden, 32, 120, 128, 1e-4, label_weight=0.0, jacobian_weight=1e-4, layout="published", l1=l1)


@dataclass(frozen=True)
class RegressorSettings:
    """Of the regressors.

    Attributes:
        members: networks a parameter.
        steps: optimiser steps of each.
        batch: latent vectors a step.
        learning_rate: peak of the one-cycle schedule, or constant in the published layout.
        draws: disturbed copies of each training node whose latents are learned from; compact layout only.
        layout: "compact", or "published" for that of Mas-Buitrago et al. (2024): ReLU, noise-free latents, and the
            weights of the epoch with the lowest validation error.
        epochs: of the published layout.
        keep: part of the members that is kept, by their error on training nodes held out for this.

    Raises:
        ValueError: for an unknown layout, or a part that is not above 0 and up to 1.
    """

    members: int = 5
    steps: int = 3000
    batch: int = 512
    learning_rate: float = 2e-3
    draws: int = 24
    layout: str = "compact"
    epochs: int = 200
    keep: float = 1.0

    def __post_init__(self) -> None:
        _check_layout(self.layout)
        if not 0 < self.keep <= 1:
            raise ValueError(f"keep must be above 0 and up to 1, it is {self.keep}")

    @classmethod
    def published(cls) -> RegressorSettings:
        """The preset of Mas-Buitrago et al. (2024): five members, Adam 0.01, 200 epochs, 80 of 130 kept."""
        return cls(members=5, batch=128, learning_rate=0.01, layout="published", keep=round(80 / 130, 3))


def _check_layout(layout: str) -> None:
    if layout not in LAYOUTS:
        raise ValueError(f"layout must be one of {', '.join(LAYOUTS)}, it is {layout!r}")


@dataclass(frozen=True)
class MapSettings:
    """Of the two UMAP maps (McInnes et al. 2018), correlation metric."""

    neighbours: int = 30
    min_dist: float = 0.3


@dataclass(frozen=True)
class TrainingSettings:
    """All of a run; ``seed`` fixes splits, weights and disturbances.

    Attributes:
        window: that the networks look at.
        lines: of the window whose identification is beyond doubt, to be named in figures.
        telluric_lines: of the window that are masked, vacuum Angstrom in the observatory's frame.
        gap: of its simulated surveys; None for the one that comes with the program in the window where that was
            measured, and for none elsewhere.
    """

    name: str
    window: Window
    lines: tuple[Line, ...] = ()
    telluric_lines: tuple[float, ...] = ()
    version: str = "1.0"
    seed: int = 42
    limits: tuple[str, ...] = ()
    grid: GridSettings = field(default_factory=GridSettings)
    autoencoder: AutoencoderSettings = field(default_factory=AutoencoderSettings)
    regressor: RegressorSettings = field(default_factory=RegressorSettings)
    augmentation: Augmentation = field(default_factory=Augmentation)
    maps: MapSettings = field(default_factory=MapSettings)
    prior: PriorSettings = field(default_factory=PriorSettings)
    family: FamilySettings = field(default_factory=FamilySettings)
    survey: SurveyPlan = field(default_factory=SurveyPlan)
    gap: GapModel | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not is_plain_name(self.name):
            raise ValueError(f"name must be 1 to {NAME_LENGTH} printable letters without slashes, it is {self.name!r}")

    def as_dict(self) -> dict[str, object]:
        """Plain values for a card, where the gap has a place of its own."""
        values = asdict(replace(self, gap=None)) | window_entries(self.window, self.lines, self.telluric_lines)
        del values["gap"]
        return values


def _section(kind: type, values: dict[str, object]) -> object:
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
    known = {item.name: getattr(kind(), item.name) for item in fields(kind)}
    for key in values.keys() & known.keys():
        _check(key, values[key], known[key])
    return kind(**values)


def _check(key: str, value: object, example: object) -> None:
    """Raise `TypeError` for a value of another kind than the default's, or a whole number below 1 and the default."""
    if isinstance(example, tuple):
        if not isinstance(value, tuple) or not value or (key != "hidden" and len(value) != len(example)):
            raise TypeError(f"{key} must be a list as {list(example)}, it is {value!r}")
        for item in value:
            _check(key, item, example[0])
    elif isinstance(value, bool) is not isinstance(example, bool) or not isinstance(
        value, int | float if isinstance(example, float) else type(example)
    ):
        raise TypeError(f"{key} must be like {example!r}, it is {value!r}")
    elif type(example) is int and value < min(1, example):
        raise TypeError(f"{key} must be at least {min(1, example)}, it is {value}")


#: Name of a section of a config -> what it holds.
_SECTIONS = {
    "grid": GridSettings,
    "autoencoder": AutoencoderSettings,
    "regressor": RegressorSettings,
    "augmentation": Augmentation,
    "maps": MapSettings,
    "prior": PriorSettings,
    "family": FamilySettings,
    "survey": SurveyPlan,
}


#: What says where the networks look, as in a card.
_WINDOW = ("window", "lines", "telluric_lines")


def _assembled(data: Mapping[str, Any], region: Mapping[str, Any]) -> TrainingSettings:
    """Settings from plain values, the window and its lines from those of a card; an absent section has its defaults."""
    sections = {key: _section(kind, data[key]) for key, kind in _SECTIONS.items() if key in data}
    rest = {key: value for key, value in data.items() if key not in (*_SECTIONS, *_WINDOW)}
    if "gap" in rest:
        raise TypeError("gap stands in [survey]")
    where = {"window": window_of(region), "lines": lines_of(region), "telluric_lines": telluric_lines_of(region)}
    return TrainingSettings(**rest | {"limits": tuple(data.get("limits", ()))}, **where, **sections)


def settings_of_card(card: Mapping[str, Any]) -> TrainingSettings:
    """The settings that a bundle was trained with, from its card."""
    gap = gap_of(card) if "synthetic_gap" in card else None
    return replace(_assembled(card["training"]["settings"], card), gap=gap)


def _config_region(data: Mapping[str, Any]) -> dict[str, Any]:
    """The section ``[window]`` of a config, as a card has it.

    Raises:
        ValueError: where there is none, an end is missing, or it says something else.
    """
    section = data.get("window")
    if not isinstance(section, Mapping):
        raise ValueError("[window] with lower and upper, vacuum Angstrom, is missing")
    ends = {item.name: section[item.name] for item in fields(Window) if item.name in section}
    unknown = section.keys() - ends.keys() - {"lines", "telluric_lines"}
    missing = {"lower", "upper"} - ends.keys()
    if unknown or missing:
        raise ValueError(f"[window]: {', '.join(sorted(missing or unknown))} is {'missing' if missing else 'unknown'}")
    for line in section.get("lines", []):
        if not isinstance(line, Mapping) or set(line) != {"species", "air", "reference"}:
            raise ValueError(f"a line has species, air (Angstrom) and reference, it is {line!r}")
    window = Window(**{name: float(value) for name, value in ends.items()})
    return {
        "window": asdict(window),
        "lines": section.get("lines", []),
        "telluric_lines": section.get("telluric_lines", []),
    }


def _own_gap(path: Path, window: Window) -> GapModel:
    """The gap that a config names.

    Raises:
        UnusableInput: where the file holds none, or one of another window.
    """
    gap = read_gap(path)
    if not gap.window.covers(window):
        raise UnusableInput(
            f"{path}: the gap was measured in {gap.window}, the config's window is {window}; measure one there with "
            "`dtl grid gap`, or leave it out."
        )
    return gap


def read_settings(path: str | Path) -> TrainingSettings:
    """Settings from a TOML file; a ``gap`` in its section ``[survey]`` is a file beside it.

    Raises:
        UnusableInput: where the file is missing, no TOML, has an unknown key, or no window; or where the gap that it
            names is not of that window.
    """
    try:
        with open(path, "rb") as file:
            data = tomllib.load(file)
        gap = data.get("survey", {}).pop("gap", None)
        if not isinstance(gap, str | None):
            raise TypeError(f"gap must be the path of a file, it is {gap!r}")
        settings = _assembled(data, _config_region(data))
    except OSError as error:
        raise UnusableInput(
            f"{path} cannot be opened ({error.strerror}); give the path of a training config."
        ) from error
    except (ValueError, TypeError, AttributeError) as error:  # ValueError: no TOML, or no UTF-8
        raise UnusableInput(
            f"{path} is no training config ({error}); compare with assets/configs/common-r50000.toml."
        ) from error
    return settings if gap is None else replace(settings, gap=_own_gap(Path(path).parent / gap, settings.window))
