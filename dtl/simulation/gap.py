"""A synthetic gap as parameters: what real M dwarfs have and the library lacks, line by line.

The difference between real stars and the library spectrum at their published parameters is systematic: lines that
the library misses, lines that it has and stars have not, strengths that are wrong. `measure_gap` describes it by
Gaussians whose heights depend linearly on Teff; `GapModel.curve` renders it at any resolution.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import least_squares

from dtl.bundle.window import window_of
from dtl.resources import asset, write_whole
from dtl.spectrum import UnusableInput
from dtl.wavelengths import Window

__all__ = ["GAP_FILE", "GapModel", "gap_of", "measure_gap", "read_gap"]

#: The gap that comes with the program.
GAP_FILE = asset("survey", "gap.json")
_SIGMA_PER_FWHM = 1.0 / (2.0 * np.sqrt(2.0 * np.log(2.0)))
#: Widths that are tried, Angstrom beyond the instrument's: from a single line to a band head.
_WIDTHS = (0.03, 0.06, 0.1, 0.16, 0.3, 0.6, 1.2)
#: Terms of the slow part, Legendre polynomials.
_SLOW = 3


@dataclass(frozen=True)
class GapModel:
    """Gaussians on a slow polynomial, in normalised flux.

    Attributes:
        centre: vacuum Angstrom; shape ``(k,)``.
        sigma: Angstrom, without the instrument; shape ``(k,)``.
        area: of each Gaussian in Angstrom at ``teff[0]`` and ``teff[1]``; shape ``(2, k)``.
        slow: Legendre coefficients over the window at the two Teff; shape ``(2, 3)``.
        teff: between which the gap was measured, K; the ends are kept beyond.
        source: what it was measured on, in words.
        window: that it was measured in; beyond it nothing is known, and the curve is zero.
    """

    centre: np.ndarray
    sigma: np.ndarray
    area: np.ndarray
    slow: np.ndarray
    teff: tuple[float, float]
    source: str = ""
    window: Window = field(kw_only=True)

    def curve(
        self, wavelength: np.ndarray, teff: float, resolution: float, factors: np.ndarray | float = 1.0
    ) -> np.ndarray:
        """The gap of a star that does not rotate.

        Args:
            wavelength: vacuum Angstrom, rest frame; shape ``(n,)``.
            teff: K.
            resolution: lambda/FWHM of the spectrum it is added to.
            factors: of the Gaussians, for stars that differ; shape ``(k,)`` or one number.

        Returns:
            To be added to normalised flux; shape ``(n,)``. Zero beyond the window.
        """
        part = np.clip((teff - self.teff[0]) / (self.teff[1] - self.teff[0]), 0.0, 1.0)
        area = ((1 - part) * self.area[0] + part * self.area[1]) * factors
        slow = (1 - part) * self.slow[0] + part * self.slow[1]
        lines = _gaussians(wavelength, self.centre, self.sigma, self.window.centre / resolution) @ area
        return np.where(self.window.holds(wavelength), lines + _legendre(wavelength, self.window) @ slow, 0.0)

    def entries(self) -> dict[str, Any]:
        """Plain values, rounded, for a file or a card."""
        return {
            "what": "synthetic gap: Gaussians (normalised flux times Angstrom, at two Teff) on a slow polynomial",
            "source": self.source,
            "window": [self.window.lower, self.window.upper],
            "teff": list(self.teff),
            "slow": np.round(self.slow, 5).tolist(),
            "lines": [
                {"centre": round(float(c), 3), "sigma": round(float(s), 3), "area": [round(float(v), 5) for v in a]}
                for c, s, a in zip(self.centre, self.sigma, self.area.T, strict=True)
            ],
        }

    def save(self, path: str | Path) -> None:
        """Write as JSON."""
        write_whole(path, json.dumps(self.entries(), indent=1) + "\n")


def read_gap(path: str | Path = GAP_FILE) -> GapModel:
    """A gap written by `GapModel.save`.

    Raises:
        UnusableInput: where the file is missing or is no gap.
    """
    try:
        return _from_entries(json.loads(Path(path).read_text(encoding="utf-8")))
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise UnusableInput(f"{path} is no description of a synthetic gap ({error}); use the shipped one.") from error


def gap_of(card: Mapping[str, Any]) -> GapModel | None:
    """The synthetic gap that simulated stars get in the window of a bundle.

    Args:
        card: of the bundle.

    Returns:
        The one its card holds under ``synthetic_gap``, or else the one that comes with the program where that was
        measured in this window; None where none is known, and simulated stars are like the models.

    Raises:
        UnusableInput: where what the card holds is no gap.
    """
    if (entries := card.get("synthetic_gap")) is not None:
        try:
            return _from_entries(entries)
        except (ValueError, LookupError, TypeError) as error:
            raise UnusableInput(
                f"{card.get('name')}: the synthetic gap in its card is damaged ({error}); take another bundle."
            ) from error
    gap = read_gap()
    return gap if gap.window.covers(window_of(card)) else None


def _from_entries(entries: Mapping[str, Any]) -> GapModel:
    lines = entries["lines"]
    low, high = entries["teff"]
    return GapModel(
        np.array([line["centre"] for line in lines], dtype=float),
        np.array([line["sigma"] for line in lines], dtype=float),
        np.array([line["area"] for line in lines], dtype=float).reshape(len(lines), 2).T,
        np.array(entries["slow"], dtype=float).reshape(2, _SLOW),
        (float(low), float(high)),
        entries["source"],
        window=Window(*map(float, entries["window"])),
    )


def measure_gap(
    wavelength: np.ndarray,
    residuals: np.ndarray,
    teff: tuple[float, float],
    resolution: float,
    window: Window,
    *,
    lines: int = 90,
    source: str = "",
) -> GapModel:
    """Describe the gap of two kinds of stars by matching pursuit (Mallat & Zhang 1993) with common lines.

    Args:
        wavelength: vacuum Angstrom; shape ``(n,)``.
        residuals: real minus library at the cooler and the hotter Teff, normalised flux; shape ``(2, n)``.
        teff: of the two, K.
        resolution: lambda/FWHM of the residuals.
        window: that ``wavelength`` spans.
        lines: Gaussians at most; it ends earlier when none improves the fit by 0.1 %.
        source: in words.
    """
    seen = _Residuals(wavelength, residuals, _legendre(wavelength, window), window.centre / resolution)
    centre, sigma = _matched_lines(seen, np.arange(window.lower, window.upper + 0.01, 0.04), lines)
    centre, sigma = _refined(seen, centre, sigma)
    solution = _heights(seen, centre, sigma)[0]
    ends = (float(teff[0]), float(teff[1]))
    return GapModel(centre, sigma, solution[_SLOW:].T, solution[:_SLOW].T, ends, source, window=window)


@dataclass(frozen=True)
class _Residuals:
    """What is described: real minus library on wavelengths, with the slow terms there and the instrument's FWHM.

    Attributes:
        wavelength: vacuum Angstrom; shape ``(n,)``.
        flux: normalised, of the two stars; shape ``(2, n)``.
        slow: shape ``(n, terms)``.
        fwhm: Angstrom.
    """

    wavelength: np.ndarray
    flux: np.ndarray
    slow: np.ndarray
    fwhm: float

    def lines(self, centre: np.ndarray, sigma: np.ndarray) -> np.ndarray:
        """Gaussians as the instrument shows them; shape ``(n, k)``."""
        return _gaussians(self.wavelength, centre, sigma, self.fwhm)


def _matched_lines(seen: _Residuals, places: np.ndarray, lines: int) -> tuple[np.ndarray, np.ndarray]:
    """Centres and widths of the Gaussians that fit best one after another, of those at some places; ``(k,)`` each."""
    slow, residuals = seen.slow, seen.flux
    centre, sigma = (grid.ravel() for grid in np.meshgrid(places, _WIDTHS))
    atoms = seen.lines(centre, sigma)
    atoms /= np.linalg.norm(atoms, axis=0)
    chosen: list[int] = []
    left = residuals - (slow @ np.linalg.lstsq(slow, residuals.T, rcond=None)[0]).T
    for _ in range(lines):
        before = np.sum(left**2)
        chosen.append(int(np.argmax(np.sum((left @ atoms) ** 2, axis=0))))
        design = np.c_[slow, atoms[:, chosen]]
        left = residuals - (design @ np.linalg.lstsq(design, residuals.T, rcond=None)[0]).T
        if np.sum(left**2) > 0.999 * before:
            chosen.pop()
            break
    return centre[chosen], sigma[chosen]


def _refined(seen: _Residuals, centre: np.ndarray, sigma: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Centres and widths moved to where they fit best, between those that were tried."""
    start, count = np.r_[centre, np.log(sigma)], len(centre)
    best = least_squares(
        lambda free: _heights(seen, free[:count], np.exp(free[count:]))[1],
        start,
        bounds=(
            np.r_[start[:count] - 0.05, np.full(count, np.log(0.03))],
            np.r_[start[:count] + 0.05, np.full(count, np.log(1.5))],
        )
        if np.all(start[count:] > np.log(0.03) - 1e-9)
        else (-np.inf, np.inf),
        max_nfev=4,
    ).x
    return best[:count], np.exp(best[count:])


def _heights(seen: _Residuals, centre: np.ndarray, sigma: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients of the slow part and areas of the Gaussians ``(3 + k, 2)``, and what they leave ``(2 n,)``.

    A ridge keeps neighbours from cancelling each other.
    """
    design = np.c_[seen.slow, seen.lines(centre, sigma)]
    penalty = np.diag(np.r_[np.zeros(_SLOW), np.full(len(centre), 0.3)])
    wanted = np.r_[seen.flux.T, np.zeros((len(penalty), 2))]
    solution = np.linalg.lstsq(np.r_[design, penalty], wanted, rcond=None)[0]
    return solution, (seen.flux - (design @ solution).T).ravel()


def _gaussians(wavelength: np.ndarray, centre: np.ndarray, sigma: np.ndarray, fwhm: float) -> np.ndarray:
    """Gaussians of unit area widened by an instrument of that FWHM, Angstrom; shape ``(n, k)``."""
    width = np.hypot(sigma, fwhm * _SIGMA_PER_FWHM)
    return np.exp(-0.5 * ((wavelength[:, None] - centre) / width) ** 2) / (width * np.sqrt(2.0 * np.pi))


def _legendre(wavelength: np.ndarray, window: Window) -> np.ndarray:
    """Polynomials over the window; shape ``(n, terms)``."""
    x = (wavelength - window.centre) / (0.5 * window.width)
    return np.polynomial.legendre.legvander(x, _SLOW - 1)
