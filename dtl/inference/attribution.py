"""Which wavelengths move each parameter of a spectrum, point by point and in short."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dtl.lines import Line

if TYPE_CHECKING:
    from dtl.bundle.model import ModelBundle
    from dtl.spectrum import PreparedSpectrum

__all__ = ["KINDS", "Explanation", "Share", "explain_spectrum"]

#: What is asked of the wavelengths: what they add to the value, or what a change of their flux would do to it.
KINDS = ("contribution", "sensitivity")
#: Change of the normalised flux for which `Explanation.elements` states the sensitivity.
_CHANGE = 0.01
#: What counts as a line: so far from its centre on each side, Angstrom.
_REACH = 0.6
#: Stretches listed beside the named lines.
_UNNAMED = 4


@dataclass(frozen=True)
class Share:
    """What a stretch of wavelengths contributes to a parameter.

    Attributes:
        label: name of the line, or words for a stretch without a name.
        contribution: the sum over its points, in the parameter's unit.
        share: its part of all that moves the value, up or down, 0 to 1.
    """

    label: str
    contribution: float
    share: float


@dataclass(frozen=True)
class Explanation:
    """Why the networks say what they say of one spectrum.

    Attributes:
        wavelength: vacuum Angstrom; shape ``(n,)``.
        baseline: spectrum with which it is compared, normalised flux; shape ``(n,)``.
        contributions: parameter name -> what each point adds to the value, in the parameter's unit; shape ``(n,)``.
            They sum to ``values - baseline_values``.
        sensitivities: parameter name -> derivative of the value with respect to the flux of each point, in the
            parameter's unit per unit of normalised flux; shape ``(n,)``.
        values: parameter name -> mean of the members for the spectrum.
        baseline_values: the same for the baseline.
        width: of a resolution element, Angstrom.
        lines: of the window that have a name.
    """

    wavelength: np.ndarray
    baseline: np.ndarray
    contributions: dict[str, np.ndarray]
    sensitivities: dict[str, np.ndarray]
    values: dict[str, float]
    baseline_values: dict[str, float]
    width: float
    lines: tuple[Line, ...] = ()

    def elements(self, name: str, kind: str = "contribution") -> tuple[np.ndarray, np.ndarray]:
        """A parameter by resolution elements, for the eye: single points mean little, since lines are wider.

        Args:
            name: of the parameter.
            kind: ``contribution``, or ``sensitivity`` to a rise of the flux of the whole element by 1 %.

        Returns:
            Middle of each element in Angstrom, and its sum in the parameter's unit; shape ``(e,)`` each.
        """
        curve = self.contributions[name] if kind == "contribution" else _CHANGE * self.sensitivities[name]
        starts, size = self._elements()
        return np.add.reduceat(self.wavelength, starts) / size, np.add.reduceat(curve, starts)

    def shares(self, name: str) -> list[Share]:
        """What the named lines contribute to a parameter, then the strongest other stretches, last all the rest."""
        contribution = self.contributions[name]
        starts, size = self._elements()
        # Noise within a resolution element moves the value up and down; only what it comes to counts as a move.
        moved = np.repeat(np.abs(np.add.reduceat(contribution, starts)) / size, size)
        moved /= max(moved.sum(), 1e-30)
        left = np.ones(len(moved), dtype=bool)
        shares = []

        def take(label: str, inside: np.ndarray) -> None:
            inside &= left
            shares.append(Share(label, float(contribution[inside].sum()), float(moved[inside].sum())))
            left[inside] = False

        for line in self.lines:
            take(line.label, np.abs(self.wavelength - line.wavelength) <= _REACH)
        offset = np.arange(-_REACH, _REACH, self.wavelength[1] - self.wavelength[0])
        window = np.exp(-0.5 * (offset / (0.4 * _REACH)) ** 2)  # a bell, so that a stretch lies about its summit
        for _ in range(_UNNAMED):
            middle = self.wavelength[np.argmax(np.convolve(np.where(left, moved, 0.0), window, mode="same"))]
            take(f"around {middle:.1f} Å", np.abs(self.wavelength - middle) <= _REACH)
        take("all other wavelengths", left.copy())
        return shares

    def _elements(self) -> tuple[np.ndarray, np.ndarray]:
        """First point of each resolution element and their numbers of points; shape ``(e,)`` each."""
        count = max(1, round(self.width / (self.wavelength[1] - self.wavelength[0])))
        starts = np.arange(0, len(self.wavelength), count)
        return starts, np.diff(np.r_[starts, len(self.wavelength)])


def explain_spectrum(
    prepared: PreparedSpectrum, bundle: ModelBundle, *, baseline: np.ndarray | None = None
) -> Explanation:
    """Contributions and sensitivities of each wavelength, for all four parameters.

    What is explained is the mean of the members, not the mode of their distribution, which has no derivative.

    Args:
        prepared: the spectrum. Points that are not good carry what the decoder expects there, as in
            `dtl.inference.infer`.
        bundle: the networks.
        baseline: normalised flux to start from, shape ``(n,)``; the mean of the spectra that the networks learned
            from where None. A contribution then says how far what is special about this star moves the value away
            from that of the average model, which any astronomer can draw beside it.
    """
    from dtl.inference.gradients import (  # here: with torch the first page would come late
        integrated_gradients,
        sensitivities,
    )
    from dtl.inference.infer import encode_with_gaps

    flux = encode_with_gaps(prepared.flux[None], prepared.good[None], bundle)[0][0]
    start = bundle.autoencoder.mean.numpy() if baseline is None else np.asarray(baseline)
    slopes, values = sensitivities(np.stack([flux, start]), bundle)
    return Explanation(
        wavelength=bundle.wavelength,
        baseline=start,
        contributions=integrated_gradients(flux, start, bundle),
        sensitivities={name: slope[0] for name, slope in slopes.items()},
        values={name: float(value[0]) for name, value in values.items()},
        baseline_values={name: float(value[1]) for name, value in values.items()},
        width=float(bundle.wavelength.mean() / bundle.resolution),
        lines=bundle.lines,
    )
