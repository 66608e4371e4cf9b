"""Settings of a transfer and of the simulated surveys it is judged on, as a config may say them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Self

__all__ = ["FamilySettings", "GapLearningSettings", "SurveyPlan"]


@dataclass(frozen=True)
class GapLearningSettings:
    """Of how a transfer learns the synthetic gap, as a config may say it.

    Attributes:
        rounds: at most; it ends where the held-out spectra are fitted 5 % worse than before.
        epochs: over the training nodes in each round.
        rank: principal components of the variation from star to star; 0 lets the gap itself vary.
        depth: at least this mean amplitude of errors of the line depths, see
            `dtl.training.augmentation.Augmentation`: stars differ from models in their lines by more than the
            networks have to bear before.
        measured: whether the spread of [M/H] is measured and its mean aimed beyond what it misses, or both believed.
    """

    rounds: int = 14
    epochs: int = 4
    rank: int = 0
    depth: float = 0.1
    measured: bool = True

    @classmethod
    def of(cls, other: GapLearningSettings, **further: Any) -> Self:
        """The same of any class that has them; ``further`` are fields of its own."""
        return cls(**{item.name: getattr(other, item.name) for item in fields(GapLearningSettings)} | further)


@dataclass(frozen=True)
class FamilySettings:
    """Of a transfer over a family of synthetic gaps, see `dtl.transfer.gap_family`.

    Attributes:
        label_error: 1 sigma by which the parameters of the measured stars may be wrong: K, dex, dex. Publications of
            one star differ by this.
        growth: of the gap beyond the hotter measured star, uniform from 0 to this for each step between the two.
        one_star: part of the spectra with the gap of one measured star alone.
        scatter: relative standard deviation of the strength of the measured gap from star to star.
        fading: part of the spectra whose measured gap has any strength from -0.5 to 1.
        variation: range of the relative standard deviation of its strength along the wavelengths.
        wrong_lines: part of the spectra with wrong line strengths.
        line_error: relative standard deviation of these for all atoms, and for all molecules.
        line_scatter: the same along the wavelengths, in the mean.
        saturated: part of the spectra whose strong lines are wrong by their depth.
        saturation: standard deviation of the relative error of a line of full depth.
        unknown: standard deviation of residuals of no known cause where lines are deep, in the mean.
        width_error: standard deviation of errors of the line widths, relative to the profile's, squared.
        broad: part of the spectra drawn evenly from all nodes, plausible or not.
        epochs: over the training nodes.
        batch: spectra a step.
        learning_rate: peak of the one-cycle schedule.
        latent_weight, parameter_weight: of the two losses.
    """

    label_error: tuple[float, ...] = (50.0, 0.08, 0.12)
    growth: float = 0.6
    one_star: float = 0.3
    scatter: float = 0.12
    fading: float = 0.08
    variation: tuple[float, ...] = (0.1, 0.6)
    wrong_lines: float = 0.5
    line_error: float = 0.08
    line_scatter: float = 0.06
    saturated: float = 0.25
    saturation: float = 0.15
    unknown: float = 0.01
    width_error: float = 0.1
    broad: float = 0.04
    epochs: int = 24
    batch: int = 128
    learning_rate: float = 5e-4
    latent_weight: float = 0.3
    parameter_weight: float = 0.05


@dataclass(frozen=True)
class SurveyPlan(GapLearningSettings):
    """Of the simulated surveys that a bundle is adapted to, calibrated on and judged by, each with seeds of its own.

    Attributes:
        transfer: "family" of gaps, "ours" to simulated surveys, a method of `dtl.transfer.alignment`, or "none".
        transfer_surveys, calibration_surveys, test_surveys: how many of each kind.
        ablation_surveys: of the test surveys, those to which every way of transfer is adapted anew.
        stars: in each survey, 286 at most.
        kind_stars: of each kind of gap at each signal-to-noise ratio that calibrate a bundle of a family of gaps.
        pixel: Angstrom.
        false_alarms: part of good stars that may be called unlike the models.
    """

    transfer: str = "ours"
    transfer_surveys: int = 3
    calibration_surveys: int = 5
    test_surveys: int = 5
    ablation_surveys: int = 5
    stars: int = 286
    kind_stars: int = 80
    pixel: float = 0.035
    false_alarms: float = 0.015

    def seeds(self, kind: str) -> range:
        """Seeds of the surveys of a kind: transfer, calibration or test."""
        start = {"test": 11, "transfer": 1021, "calibration": 2031}[kind]
        return range(start, start + getattr(self, f"{kind}_surveys"))
