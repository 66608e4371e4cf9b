"""Kinds of synthetic gaps that simulated stars may have: of one measured star, or faults of the models' lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import gaussian_filter1d

from dtl.catalogue.main_sequence import sequence_logg
from dtl.simulation.gap import GapModel
from dtl.simulation.survey import Source
from dtl.wavelengths import SPEED_OF_LIGHT

__all__ = [
    "LABEL_KINDS",
    "OBSERVED_KINDS",
    "ROTATION_KINDS",
    "GapKind",
    "gap_kinds",
    "mislabelled",
    "of_one_star",
    "saturated_lines",
    "wrong_lines",
]

#: Relative error of the strength of all lines of a kind, and of a line of full depth.
_LINE_ERROR, _SATURATION = 0.12, 0.25
#: A star whose deep lines are those of atoms, K; what is deeper than this there is one; smoothing in km/s.
_ATOMIC_TEFF, _ATOMIC_DEPTH, _SMOOTH = 4200.0, 0.06, 3.0
_ATOMIC_RESOLUTION = 50_000.0
#: [M/H] of the measured stars, about.
_METALS = -0.2


#: Kind -> by how much the true Teff [K], log g, [M/H] and v sin i [km/s] of the measured stars exceed those at which
#: their gap was measured: what publications of one star differ by (of GJ 699 the standard deviation is 0.19 dex).
LABEL_KINDS = {
    "measured stars hotter": (50.0, 0.0, 0.0, 0.0),
    "measured stars cooler": (-50.0, 0.0, 0.0, 0.0),
    "measured stars richer": (0.0, 0.0, 0.15, 0.0),
    "measured stars poorer": (0.0, 0.0, -0.15, 0.0),
}
ROTATION_KINDS = {
    "measured stars faster": (0.0, 0.0, 0.0, 0.7),
    "measured stars slower": (0.0, 0.0, 0.0, -0.7),
}
#: Those that were measured on real stars.
OBSERVED_KINDS = ("cool star", "hot star", *LABEL_KINDS, *ROTATION_KINDS)


@dataclass(frozen=True)
class GapKind:
    """What separates simulated stars from the models.

    Attributes:
        name: in a card, "cool star" say.
        gap: of measured stars that they have; None for none.
        source: of their spectra, with the faults of lines that belong to the kind.
    """

    name: str
    gap: GapModel | None
    source: Source

    @property
    def observed(self) -> bool:
        """Whether it was measured on real stars; else it is a fault of lines that was thought out."""
        return self.gap is not None


def gap_kinds(source: Source, gap: GapModel | None) -> list[GapKind]:
    """Kinds of gaps, each of which a transfer can leave out: see `dtl.transfer.gap_family.without`.

    Args:
        source: of clean spectra.
        gap: measured on a cool and a hot star; None where there is none, and the kinds are those of lines.
    """
    stars = [] if gap is None else [
        GapKind("cool star", of_one_star(gap, 0), source),
        GapKind("hot star", of_one_star(gap, 1), source),
        *(
            GapKind(name, gap, mislabelled(source, gap, np.array(error)))
            for name, error in (LABEL_KINDS | ROTATION_KINDS).items()
        ),
    ]  # fmt: skip
    return [
        *stars,
        GapKind("atoms stronger", None, wrong_lines(source, _LINE_ERROR)),
        GapKind("atoms weaker", None, wrong_lines(source, -_LINE_ERROR)),
        GapKind("saturation", None, saturated_lines(source, _SATURATION)),
    ]


def of_one_star(gap: GapModel, which: int) -> GapModel:
    """The gap of the cooler (0) or the hotter (1) measured star, for stars of any Teff."""
    return replace(gap, area=gap.area[[which, which]], slow=gap.slow[[which, which]])


def mislabelled(source: Source, gap: GapModel, error: np.ndarray) -> Source:
    """Spectra that lack what the measured gap has only since its stars were taken for others.

    A gap is a star minus the model at the star's published parameters. Where these are too low by ``error`` the gap
    holds the difference of two models, which no star has.

    Args:
        source: of clean spectra.
        gap: which is added to them.
        error: true minus published Teff [K], log g, [M/H] and v sin i [km/s]; shape ``(4,)``.
    """

    def corrected(parameters: np.ndarray, resolution: float) -> tuple[np.ndarray, np.ndarray]:
        wavelength, flux = source(parameters, resolution)
        teff = float(np.clip(parameters[0], *gap.teff))
        taken = np.array([teff, sequence_logg(teff, _METALS), _METALS, parameters[3]])
        true = taken + error
        return wavelength, flux + source(taken, resolution)[1] - source(true, resolution)[1]

    return corrected


def wrong_lines(source: Source, error: float) -> Source:
    """Spectra whose atomic lines are stronger by a relative ``error`` and whose molecular lines are weaker by it."""
    return _changed(source, lambda depth, atomic: depth * (1.0 + error * (2.0 * atomic - 1.0)))


def saturated_lines(source: Source, error: float) -> Source:
    """Spectra whose lines are stronger by ``error`` times their depth: strong lines more than weak ones."""
    return _changed(source, lambda depth, atomic: depth * (1.0 + error * depth))


def _changed(source: Source, change: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Source:
    """Spectra whose depths, shape ``(n,)``, are changed, knowing where atoms absorb, 0 to 1; shape ``(n,)``."""
    star = np.array([_ATOMIC_TEFF, sequence_logg(_ATOMIC_TEFF, 0.0), 0.0, 1.5])
    there, hottest = source(star, _ATOMIC_RESOLUTION)
    step = float(np.log(there[1] / there[0])) * SPEED_OF_LIGHT
    atomic = gaussian_filter1d((1.0 - hottest > _ATOMIC_DEPTH).astype(float), _SMOOTH / step)

    def changed(parameters: np.ndarray, resolution: float) -> tuple[np.ndarray, np.ndarray]:
        wavelength, flux = source(parameters, resolution)
        return wavelength, 1.0 - change(1.0 - flux, np.interp(wavelength, there, atomic))

    return changed
