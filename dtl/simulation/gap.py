"""A synthetic gap as parameters: what real M dwarfs have and the library lacks, line by line.

The difference between real stars and the library spectrum at their published parameters is systematic: lines that
the library misses, lines that it has and stars have not, strengths that are wrong. `measure_gap` describes it by
Gaussians whose heights depend linearly on Teff; `GapModel.curve` renders it at any resolution.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import least_squares

from dtl.resources import asset
from dtl.spectrum import UnusableInput
from dtl.wavelengths import WINDOW

__all__ = ["GAP_FILE", "GapModel", "measure_gap", "read_gap"]

#: The gap that comes with the program.
GAP_FILE = asset("survey", "gap.json")
_SIGMA_PER_FWHM = 1.0 / (2.0 * np.sqrt(2.0 * np.log(2.0)))
_MIDDLE = 0.5 * (WINDOW[0] + WINDOW[1])
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
    """

    centre: np.ndarray
    sigma: np.ndarray
    area: np.ndarray
    slow: np.ndarray
    teff: tuple[float, float]
    source: str = ""

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
        curve = _gaussians(wavelength, self.centre, self.sigma, resolution) @ area + _legendre(wavelength) @ slow
        return np.where((wavelength >= WINDOW[0]) & (wavelength <= WINDOW[1]), curve, 0.0)

    def save(self, path: str | Path) -> None:
        """Write as JSON."""
        content = {
            "what": "synthetic gap: Gaussians (normalised flux times Angstrom, at two Teff) on a slow polynomial",
            "source": self.source,
            "teff": list(self.teff),
            "slow": np.round(self.slow, 5).tolist(),
            "lines": [
                {"centre": round(float(c), 3), "sigma": round(float(s), 3), "area": [round(float(v), 5) for v in a]}
                for c, s, a in zip(self.centre, self.sigma, self.area.T, strict=True)
            ],
        }
        Path(path).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def read_gap(path: str | Path = GAP_FILE) -> GapModel:
    """A gap written by `GapModel.save`.

    Raises:
        UnusableInput: where the file is missing or is no gap.
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        lines = content["lines"]
        low, high = content["teff"]
        return GapModel(
            np.array([line["centre"] for line in lines], dtype=float),
            np.array([line["sigma"] for line in lines], dtype=float),
            np.array([line["area"] for line in lines], dtype=float).reshape(len(lines), 2).T,
            np.array(content["slow"], dtype=float).reshape(2, _SLOW),
            (float(low), float(high)),
            content["source"],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnusableInput(f"{path}: is no description of a synthetic gap ({error}); use the shipped one.") from error


def measure_gap(
    wavelength: np.ndarray,
    residuals: np.ndarray,
    teff: tuple[float, float],
    resolution: float,
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
        lines: Gaussians at most; it ends earlier when none improves the fit by 0.1 %.
        source: in words.
    """
    centre, sigma = _matched_lines(wavelength, residuals, resolution, lines)
    centre, sigma = _refined(wavelength, residuals, resolution, centre, sigma)
    solution = _heights(wavelength, residuals, resolution, centre, sigma)[0]
    ends = (float(teff[0]), float(teff[1]))
    return GapModel(centre, sigma, solution[_SLOW:].T, solution[:_SLOW].T, ends, source)


def _matched_lines(
    wavelength: np.ndarray, residuals: np.ndarray, resolution: float, lines: int
) -> tuple[np.ndarray, np.ndarray]:
    """Centres and widths of the Gaussians that fit best one after another, of those on a grid; shape ``(k,)`` each."""
    slow = _legendre(wavelength)
    places = np.arange(WINDOW[0], WINDOW[1] + 0.01, 0.04)
    centre, sigma = (grid.ravel() for grid in np.meshgrid(places, _WIDTHS))
    atoms = _gaussians(wavelength, centre, sigma, resolution)
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


def _refined(
    wavelength: np.ndarray, residuals: np.ndarray, resolution: float, centre: np.ndarray, sigma: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Centres and widths moved to where they fit best, between those that were tried."""
    start, count = np.r_[centre, np.log(sigma)], len(centre)
    best = least_squares(
        lambda free: _heights(wavelength, residuals, resolution, free[:count], np.exp(free[count:]))[1],
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


def _heights(
    wavelength: np.ndarray, residuals: np.ndarray, resolution: float, centre: np.ndarray, sigma: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients of the slow part and areas of the Gaussians ``(3 + k, 2)``, and what they leave ``(2 n,)``.

    A ridge keeps neighbours from cancelling each other.
    """
    design = np.c_[_legendre(wavelength), _gaussians(wavelength, centre, sigma, resolution)]
    penalty = np.diag(np.r_[np.zeros(_SLOW), np.full(len(centre), 0.3)])
    wanted = np.r_[residuals.T, np.zeros((len(penalty), 2))]
    solution = np.linalg.lstsq(np.r_[design, penalty], wanted, rcond=None)[0]
    return solution, (residuals - (design @ solution).T).ravel()


def _gaussians(wavelength: np.ndarray, centre: np.ndarray, sigma: np.ndarray, resolution: float) -> np.ndarray:
    """Gaussians of unit area widened by the instrument; shape ``(n, k)``."""
    width = np.hypot(sigma, _MIDDLE / resolution * _SIGMA_PER_FWHM)
    return np.exp(-0.5 * ((wavelength[:, None] - centre) / width) ** 2) / (width * np.sqrt(2.0 * np.pi))


def _legendre(wavelength: np.ndarray) -> np.ndarray:
    x = (wavelength - _MIDDLE) / (0.5 * (WINDOW[1] - WINDOW[0]))
    return np.polynomial.legendre.legvander(x, _SLOW - 1)
