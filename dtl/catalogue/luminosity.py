"""Luminosities of M dwarfs: from distance and magnitudes, and the spectroscopic one, which needs neither.

The bolometric correction of G is a polynomial in G - J, as in Cifuentes et al. (2020, A&A 642, A115). Their polynomial,
of degree 4 and for K5 to L8 stars, is not repeated here: `BOLOMETRIC` is fitted anew, by `fit_bolometric_correction`,
to what they publish of the stars of `dtl.catalogue.published_stars` (luminosity, distance, G of Gaia DR2, J of
2MASS). It holds for M dwarfs in the range of colours of these stars and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.polynomial import polynomial

from dtl.rounding import format_number

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "BOLOMETRIC",
    "BolometricCorrection",
    "LuminosityInput",
    "Photometry",
    "fit_bolometric_correction",
    "photometric_luminosity",
    "spectroscopic_error",
    "spectroscopic_luminosity",
]

#: Bolometric magnitude of the nominal Sun (IAU 2015 resolution B2).
SOLAR_MAGNITUDE = 4.74
#: Effective temperature in K and log g of the nominal Sun (IAU 2015 resolution B3).
SOLAR_TEFF, SOLAR_LOGG = 5772.0, 4.438
#: Stars further than so many standard deviations from the fit are left out.
_CLIP = 3.0


class LuminosityInput(NamedTuple):
    """A bolometric luminosity and where it comes from.

    Attributes:
        value: solar luminosities.
        error: 1 sigma, solar luminosities, 0 where unknown.
        source: in words.
    """

    value: float
    error: float = 0.0
    source: str = ""


@dataclass(frozen=True)
class BolometricCorrection:
    """BC_G = M_bol - M_G as a polynomial in G - J.

    Attributes:
        coefficients: of the powers 0, 1, 2 ... of G - J in mag.
        scatter: standard deviation of the stars around it, mag.
        bluest, reddest: range of G - J in which it was fitted, mag.
        stars: number of stars it was fitted to.
        left_out: names (karmn) of the stars that deviate too much.
    """

    coefficients: tuple[float, ...]
    scatter: float
    bluest: float
    reddest: float
    stars: int
    left_out: tuple[str, ...] = ()

    def __call__(self, colour: float | np.ndarray) -> float | np.ndarray:
        """BC_G in mag at G - J in mag."""
        return polynomial.polyval(colour, self.coefficients)

    def covers(self, colour: float) -> bool:
        """Whether G - J in mag lies in the range of the fit, to a hundredth of a magnitude."""
        return self.bluest - 0.01 <= colour <= self.reddest + 0.01


#: What `fit_bolometric_correction` gives for the stars of `dtl.catalogue.published_stars`.
BOLOMETRIC = BolometricCorrection(
    coefficients=(0.83137, -0.53297, -0.03646),
    scatter=0.027,
    bluest=1.977,
    reddest=3.640,
    stars=266,
    left_out=("J00183+440", "J05314-036", "J18180+387E"),
)


def distance_of(parallax: float, parallax_error: float = 0.0) -> tuple[float, float]:
    """Distance and its 1-sigma uncertainty in pc of a parallax in mas: the inverse, so the parallax must be precise."""
    distance = 1e3 / parallax
    return distance, distance * parallax_error / parallax


@dataclass(frozen=True)
class Photometry:
    """Distance and magnitudes of a star, with 1-sigma uncertainties; no extinction, which nearby stars hardly have.

    Attributes:
        distance, distance_error: pc.
        g, g_error: Gaia G magnitude.
        j, j_error: 2MASS J magnitude.
    """

    distance: float
    g: float
    j: float
    distance_error: float = 0.0
    g_error: float = 0.0
    j_error: float = 0.0

    @classmethod
    def from_parallax(cls, parallax: float, g: float, j: float, parallax_error: float = 0.0, **errors: float):
        """The same from a parallax and its uncertainty in mas, see `distance_of`."""
        distance, distance_error = distance_of(parallax, parallax_error)
        return cls(distance, g, j, distance_error=distance_error, **errors)

    @property
    def colour(self) -> float:
        """G - J, mag."""
        return self.g - self.j


def fit_bolometric_correction(stars: pd.DataFrame, degree: int = 2) -> BolometricCorrection:
    """Fit BC_G against G - J by least squares, without the stars beyond 3 sigma.

    Args:
        stars: rows of `dtl.catalogue.published_stars.stars`; used are those whose luminosity is of Cifuentes et al.
            (2020), which belongs to the distance and the magnitudes of the table.
        degree: of the polynomial. With 1 the scatter is 0.0271 mag, with 2 0.0267, with 4 0.0262.
    """
    known = stars[stars["luminosity_reference"] == "cifuentes2020"].dropna(subset=["distance", "g_mag", "j_mag"])
    colour = (known["g_mag"] - known["j_mag"]).to_numpy()
    absolute = (known["g_mag"] - 5 * np.log10(known["distance"] / 10)).to_numpy()
    correction = SOLAR_MAGNITUDE - 2.5 * np.log10(known["luminosity"].to_numpy()) - absolute
    kept = np.ones(len(known), bool)
    while True:
        coefficients = polynomial.polyfit(colour[kept], correction[kept], degree)
        residual = correction - polynomial.polyval(colour, coefficients)
        scatter = residual[kept].std()
        inside = np.abs(residual) < _CLIP * scatter
        if (inside | ~kept).all():
            break
        kept &= inside
    return BolometricCorrection(
        tuple(coefficients),
        float(scatter),
        float(colour[kept].min()),
        float(colour[kept].max()),
        int(kept.sum()),
        tuple(known["karmn"].to_numpy()[~kept]),
    )


def photometric_luminosity(star: Photometry, correction: BolometricCorrection = BOLOMETRIC) -> tuple[float, float]:
    """Luminosity and its 1-sigma uncertainty, solar luminosities.

    M_bol = G - 5 log10(d / 10 pc) + BC_G(G - J), and L = 10^(0.4 (4.74 - M_bol)). The uncertainty holds those of
    distance and magnitudes, to first order, and the scatter of the bolometric correction.

    Raises:
        ValueError: where the correction does not hold for the colour, or the distance is not positive.
    """
    if not star.distance > 0:
        raise ValueError(f"A distance of {star.distance:g} pc is not positive; check it.")
    if not correction.covers(star.colour):
        raise ValueError(
            f"G − J is {format_number(star.colour, 2)} mag; the bolometric correction holds from "
            f"{format_number(correction.bluest, 2)} to {format_number(correction.reddest, 2)} mag, for about M0 to "
            "M5.5. Check the magnitudes, or type the luminosity."
        )
    magnitude = star.g - 5 * np.log10(star.distance / 10) + correction(star.colour)
    luminosity = 10 ** (0.4 * (SOLAR_MAGNITUDE - magnitude))
    slope = polynomial.polyval(star.colour, polynomial.polyder(correction.coefficients))
    error = np.hypot.reduce(
        [
            (1 + slope) * star.g_error,
            slope * star.j_error,
            5 / np.log(10) * star.distance_error / star.distance,
            correction.scatter,
        ]
    )
    return float(luminosity), float(luminosity * 0.4 * np.log(10) * error)


def spectroscopic_luminosity(teff: float | np.ndarray, logg: float | np.ndarray) -> float | np.ndarray:
    """Teff^4 / g in units of the Sun's, the ordinate of the spectroscopic HR diagram.

    It is proportional to luminosity over mass, and follows from the spectrum alone (Langer & Kudritzki 2014,
    A&A 564, A52).

    Args:
        teff: effective temperature, K; any shape.
        logg: log g, dex; shape of ``teff``.
    """
    return 10 ** (4 * np.log10(np.asarray(teff) / SOLAR_TEFF) - (np.asarray(logg) - SOLAR_LOGG))


def spectroscopic_error(
    teff: float, teff_error: tuple[float, float], logg: float, logg_error: tuple[float, float]
) -> tuple[float, float]:
    """Upward and downward 1-sigma distances of `spectroscopic_luminosity`; teff and logg err independently.

    Args:
        teff: effective temperature, K.
        teff_error: its distances that make the luminosity larger and smaller, K.
        logg: log g, dex.
        logg_error: its distances that make the luminosity larger and smaller, dex.
    """
    value = spectroscopic_luminosity(teff, logg)
    larger, smaller = np.hypot(4 * np.array(teff_error) / (teff * np.log(10)), logg_error)
    return float(value * (10**larger - 1)), float(value * (1 - 10**-smaller))
