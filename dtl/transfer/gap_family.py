"""A family of synthetic gaps: what real stars may have beyond the models, known stars' gaps and faults of other kinds.

A network adapted to the gap of one sample is off by 60 K and more where the gap is another one. One that has met many
gaps takes the centre of what they allow. Each spectrum draws its own gap:

- that of the measured stars, mixed by Teff, or one of them alone; growing beyond them, weaker or stronger, fading or
  reversed; and as it would have been measured had their published parameters been wrong by what publications differ;
- wrong line strengths: of atoms, of molecules, and along the wavelengths;
- strong lines that are too strong or too weak (saturation), and wrong line widths;
- residuals where there are lines, of no cause that is known.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from scipy.ndimage import gaussian_filter1d

from dtl.bundle.learned_gap import LearnedGap, rotated
from dtl.bundle.model import ModelBundle
from dtl.catalogue.main_sequence import sequence_logg
from dtl.inference.interpolation import models_at
from dtl.networks.resampled_noise import pixel_noise
from dtl.simulation.gap import GapModel
from dtl.simulation.gap_kinds import LABEL_KINDS, ROTATION_KINDS, of_one_star
from dtl.training.transfer_settings import FamilySettings
from dtl.transfer.gap_injection import width_step, wrong_widths

__all__ = ["GapFamily", "mean_gap", "without"]

#: Slow rotation at which the measured stars are compared with models, km/s.
_SLOW = 2.0
#: Steps of the derivatives with Teff [K], log g and [M/H].
_STEPS = (50.0, 0.15, 0.15)
#: Widths of lines, blends and bands in units of the instrumental profile (FWHM); noise linear between knots has two
#: thirds of their variance.
_SCALES = np.array([1.4, 3.4, 11.3])
_KNOTS = 1.5**0.5
#: What is deeper than this in the hottest models is an atom's line, smoothed over half a profile.
_ATOMIC_DEPTH = 0.12


class GapFamily:
    """Adds a gap drawn anew to the spectra of nodes, each broadened as the node rotates.

    Args:
        gap: measured on real stars, cool and hot; None leaves its part out.
        bundle: of the nodes, as trained on models.
        rows: indices of the nodes among those of the bundle; shape ``(m,)``.
        settings: how much of each kind.
    """

    def __init__(self, gap: GapModel | None, bundle: ModelBundle, rows: np.ndarray, settings: FamilySettings) -> None:
        nodes = bundle.nodes[rows]
        self.settings = settings
        self.teff = torch.tensor(nodes[:, 0], dtype=torch.float32)
        speeds, speed = np.unique(nodes[:, 3], return_inverse=True)
        self.speed = speed.ravel()
        profile = bundle.wavelength.mean() / bundle.resolution / np.diff(bundle.wavelength[:2])[0]
        self.scales = [max(round(float(scale * profile)), 1) for scale in _SCALES]
        self.atomic = torch.tensor(_atomic(bundle, profile), dtype=torch.float32)
        self.step = width_step(float(profile))
        self.ends = gap.teff if gap else (0.0, 1.0)
        curves = _measured(gap, bundle) if gap else np.zeros((8, len(bundle.wavelength)))
        self.bank = torch.tensor(
            np.stack([rotated(curves, float(v), bundle.window) for v in speeds]), dtype=torch.float32
        )

    def __call__(self, clean: torch.Tensor, chosen: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        """Spectra with a gap each.

        Args:
            clean: normalised flux of nodes; shape ``(k, n)``.
            chosen: which of the nodes they are; shape ``(k,)``.
            generator: of what is drawn.
        """
        draw = _Draw(clean.shape, generator, self.scales)
        flux = self._wrong_lines(clean, draw)
        flux = flux + self._stars(chosen, draw) * self._along(draw)
        return self._unknown(flux, draw)

    def _wrong_lines(self, flux: torch.Tensor, draw: _Draw) -> torch.Tensor:
        """Wrong strengths of lines, and strong lines whose strength is wrong by their depth."""
        s = self.settings
        wrong = draw.happens(s.wrong_lines)
        atoms, molecules = s.line_error * draw.normal(), s.line_error * draw.normal()
        factor = atoms * self.atomic + molecules * (1.0 - self.atomic)
        flux = 1.0 - (1.0 - flux) * (1.0 + wrong * (factor + 2.0 * s.line_scatter * draw.even() * draw.varying()))
        depth = 1.0 - flux
        return 1.0 - depth * (1.0 + draw.happens(s.saturated) * s.saturation * draw.normal() * depth)

    def _stars(self, chosen: torch.Tensor, draw: _Draw) -> torch.Tensor:
        """The gap of the measured stars, whose own parameters may have been others."""
        s = self.settings
        cool, hot = self.ends
        part = ((self.teff[chosen, None] - cool) / (hot - cool)).clamp_min(0.0)
        grows = s.growth * draw.even() * draw.happens(0.5)
        part = torch.where(part > 1.0, 1.0 + grows * (part - 1.0) / 2.0, part).clamp(max=3.0)
        which = draw.even()
        part = torch.where(which < s.one_star / 2, 0.0, torch.where(which < s.one_star, 1.0, part))
        errors = torch.tensor(s.label_error) / torch.tensor(_STEPS)
        cool_labels, hot_labels = (errors * draw.normal(3) for _ in range(2))
        amounts = torch.cat([1.0 - part, part, -(1.0 - part) * cool_labels, -part * hot_labels], dim=1)
        added = torch.empty(draw.shape)
        speed = self.speed[chosen.numpy()]
        for value in np.unique(speed):
            of_speed = torch.from_numpy(np.flatnonzero(speed == value))
            added[of_speed] = amounts[of_speed] @ self.bank[value]
        return added

    def _along(self, draw: _Draw) -> torch.Tensor:
        """By what the measured gap is multiplied: as a whole, and varying along the wavelengths."""
        s = self.settings
        whole = 1.0 + s.scatter * draw.normal()
        whole = torch.where(draw.even() < s.fading, 1.5 * draw.even() - 0.5, whole)
        low, high = s.variation
        return whole + (low + (high - low) * draw.even()) * draw.varying()

    def _unknown(self, flux: torch.Tensor, draw: _Draw) -> torch.Tensor:
        """Residuals of no known cause where there are lines, and wrong widths."""
        s = self.settings
        flux = flux + 2.0 * s.unknown * draw.even() * draw.varying() * (1.0 - flux).clamp_min(0.08).sqrt()
        return wrong_widths(flux, s.width_error, self.step, draw.normal())


class _Draw:
    """What is random in a batch of spectra of shape ``(k, n)``; numbers are of shape ``(k, 1)``."""

    def __init__(self, shape: torch.Size, generator: torch.Generator, scales: list[int]) -> None:
        self.shape, self.generator, self.scales = shape, generator, scales

    def normal(self, count: int = 1) -> torch.Tensor:
        return torch.randn(self.shape[0], count, generator=self.generator)

    def even(self) -> torch.Tensor:
        return torch.rand(self.shape[0], 1, generator=self.generator)

    def happens(self, share: float) -> torch.Tensor:
        return (self.even() < share).float()

    def varying(self) -> torch.Tensor:
        """Unit variance along the wavelengths on the scales of lines, blends and bands; shape ``(k, n)``."""
        parts = [pixel_noise(*self.shape, scale, self.generator) for scale in self.scales]
        return _KNOTS * sum(parts) / len(parts) ** 0.5


def _atomic(bundle: ModelBundle, profile: float) -> np.ndarray:
    """Where atoms rather than molecules absorb, 0 to 1; shape ``(n,)``."""
    teff, mh = bundle.limits[1, 0], np.clip(0.0, *bundle.limits[:, 2])
    hottest = np.array([[teff, sequence_logg(teff, mh), mh, bundle.limits[0, 3]]])
    depth = 1.0 - models_at(np.clip(hottest, *bundle.limits), bundle)[0]
    return gaussian_filter1d(np.clip(depth / _ATOMIC_DEPTH, 0.0, 1.0), 0.45 * profile)


def _measured(gap: GapModel, bundle: ModelBundle) -> np.ndarray:
    """The gap at its two Teff, then what a step in each of Teff, log g and [M/H] does there; shape ``(8, n)``."""
    curves = [gap.curve(bundle.wavelength, teff, bundle.resolution) for teff in gap.teff]
    for teff in gap.teff:
        star = np.array([teff, sequence_logg(teff, -0.2), -0.2, _SLOW])
        for column, step in enumerate(_STEPS):
            ends = np.stack([star, star])
            ends[:, column] += [-0.5 * step, 0.5 * step]
            low, high = models_at(ends, bundle)
            curves.append(high - low)
    return np.array(curves)


def without(kind: str, gap: GapModel | None, settings: FamilySettings) -> tuple[GapModel | None, FamilySettings]:
    """The measured gap and the settings of a family that lacks one of `dtl.simulation.gap_kinds`.

    Raises:
        ValueError: for an unknown kind.
    """
    if kind in ("cool star", "hot star") and gap is not None:
        return of_one_star(gap, 1 if kind == "cool star" else 0), settings
    if kind in LABEL_KINDS:
        return gap, replace(settings, label_error=(0.0, 0.0, 0.0))
    if kind in ROTATION_KINDS:
        return gap, replace(settings, width_error=0.0)
    if kind in ("atoms stronger", "atoms weaker"):
        return gap, replace(settings, wrong_lines=0.0)
    if kind == "saturation":
        return gap, replace(settings, saturated=0.0)
    raise ValueError(f"no kind of gap is called {kind!r}")


def mean_gap(gap: GapModel | None, bundle: ModelBundle, weights: np.ndarray) -> LearnedGap:
    """The gap that observed spectra are expected to have in the mean, for their reconstruction.

    Args:
        gap: measured on real stars; None for none.
        bundle: of the nodes.
        weights: how often stars are like each of its nodes; shape ``(m,)``.
    """
    nothing = np.zeros(len(bundle.wavelength))
    middle = float(np.average(bundle.nodes[:, 0], weights=weights))
    learned = LearnedGap(nothing, nothing, middle, bundle.window)
    if gap is None:
        return learned
    teff, place = np.unique(bundle.nodes[:, 0], return_inverse=True)
    share = np.bincount(place.ravel(), weights=weights)
    curves = np.stack([gap.curve(bundle.wavelength, float(t), bundle.resolution) for t in teff])
    design = np.stack([np.ones(len(teff)), learned.weights(teff)], axis=1)
    weighted = design * share[:, None]
    level, slope = np.linalg.solve(design.T @ weighted, weighted.T @ curves)
    return LearnedGap(level, slope, middle, bundle.window)
