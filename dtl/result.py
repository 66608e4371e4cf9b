"""What a bundle says about a spectrum."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from dtl.flags import Doubt, sentence_of
from dtl.spectrum import PreparedSpectrum

__all__ = [
    "COLUMNS",
    "FRAME_WORDS",
    "PARAMETERS",
    "POSSIBLE",
    "TEXT_COLUMNS",
    "Estimate",
    "InferenceResult",
    "Neighbour",
    "value_title",
]

#: The stellar parameters in the order of every array: name -> (label, unit, decimals shown).
PARAMETERS: dict[str, tuple[str, str, int]] = {
    "teff": ("Teff", "K", 0),
    "logg": ("log g", "dex", 2),
    "mh": ("[M/H]", "dex", 2),
    "vsini": ("v sin i", "km/s", 1),
}


def value_title(name: str) -> str:
    """Label of a parameter with the unit of its values: ``log g [cm s⁻²]``, whose differences and errors are in dex."""
    label, unit, _ = PARAMETERS[name]
    return f"{label} [{'cm s⁻²' if name == 'logg' else unit}]"


#: What a star can have, the same units; an answer outside is withheld. Teff: from the end of the L dwarfs (Kirkpatrick
#: 2005, ARA&A 43, 195) to twice that of an M0. log g: from red supergiants (Levesque et al. 2005, ApJ 628,
#: 973: about -0.5) to brown dwarfs (Burrows et al. 1997, ApJ 491, 856: 5.5), with a margin. [M/H]: the libraries of
#: spectra end at -4, and no dwarf that is rich in metals comes near +4. v sin i: of the fastest star known some 600
#: (VFTS 102; Dufton et al. 2011, ApJ 743, L22); an M dwarf breaks up at 300.
POSSIBLE: dict[str, tuple[float, float]] = {
    "teff": (1500.0, 8000.0),
    "logg": (-1.0, 6.5),
    "mh": (-4.0, 4.0),
    "vsini": (0.0, 500.0),
}

#: Columns of the table of results -> (unit, description), in the order of the contract.
COLUMNS: dict[str, tuple[str, str]] = {
    "file": ("", "name of the file"),
    "star": ("", "name of the star, as the file gives it"),
    "instrument": ("", "spectrograph"),
    "rv": ("km/s", "radial velocity from cross-correlation, in the frame of rv_frame"),
    "snr": ("", "signal-to-noise ratio per pixel of the input in the window"),
    "teff": ("K", "effective temperature"),
    "teff_lower": ("K", "lower 1-sigma distance of teff"),
    "teff_upper": ("K", "upper 1-sigma distance of teff"),
    "logg": ("dex(cm/s2)", "surface gravity, logarithm of its value in cm s-2"),
    "logg_lower": ("dex", "lower 1-sigma distance of logg"),
    "logg_upper": ("dex", "upper 1-sigma distance of logg"),
    "mh": ("dex", "metallicity [M/H]"),
    "mh_lower": ("dex", "lower 1-sigma distance of mh"),
    "mh_upper": ("dex", "upper 1-sigma distance of mh"),
    "vsini": ("km/s", "projected rotational velocity"),
    "vsini_lower": ("km/s", "lower 1-sigma distance of vsini"),
    "vsini_upper": ("km/s", "upper 1-sigma distance of vsini"),
    "reconstruction_mse": ("", "mean squared difference of spectrum and reconstruction, normalised flux"),
    "latent_distance_percentile": ("", "percentage of simulated grid stars of like S/N that lie closer to the nodes"),
    "flags": ("", "doubts, in words"),
    "bundle": ("", "name and version of the trained bundle"),
    "rv_frame": ("", "frame of rv: barycentric, observatory, rest or unknown"),
    "vsini_limit": ("km/s", "upper limit (95 %) of vsini where the rotation is not resolved, absent where it is"),
    **{
        f"corr_{one}_{other}": ("", f"correlation of the uncertainties of {one} and {other}, -1 to 1")
        for one, other in combinations(PARAMETERS, 2)
    },
    "rv_error": ("km/s", "1 sigma of rv from the peak of the cross-correlation, without that of the wavelengths"),
    "ra": ("deg", "right ascension that the file gives"),
    "dec": ("deg", "declination that the file gives"),
    "mjd": ("d", "modified Julian date (UTC) of the middle of the exposure"),
}


#: Frame of a velocity, ``rv_frame`` -> how it is written beside the velocity.
FRAME_WORDS = {
    "barycentric": "barycentric",
    "observatory": "topocentric",
    "rest": "rest frame of the file",
    "unknown": "frame unknown",
}
#: Those that hold text; flags are several words. All others are numbers.
TEXT_COLUMNS = ("file", "star", "instrument", "flags", "bundle", "rv_frame")


@dataclass(frozen=True)
class Estimate:
    """Mode of a distribution with its 1-sigma distances, both positive, in the parameter's unit.

    Attributes:
        value: NaN where it is withheld, as its distances are.
        lower, upper: from the value to the 16 % and 84 % quantiles.
        limit: upper limit (95 %), where the value is none that was measured.
    """

    value: float
    lower: float
    upper: float
    limit: float | None = None

    @property
    def withheld(self) -> bool:
        """Whether the value is one that no star can have, and not given."""
        return not np.isfinite(self.value)


@dataclass(frozen=True)
class Neighbour:
    """A node of the grid near a spectrum in latent space; ``distance`` in latent units (whitened)."""

    index: int
    distance: float
    teff: float
    logg: float
    mh: float
    vsini: float


@dataclass(frozen=True)
class InferenceResult:
    """What a bundle says about one prepared spectrum.

    Attributes:
        prepared: the spectrum it is about.
        estimates: parameter name (`PARAMETERS`) -> estimate.
        latent: latent vector; shape ``(n_latent,)``.
        reconstruction: decoded latent vector, normalised flux; shape ``(n_wavelength,)``.
        reconstruction_mse: mean squared difference over the good points.
        latent_distance_percentile: 0 to 100, see `COLUMNS`.
        map_flux, map_latent: place on the two maps; shape ``(2,)`` each.
        neighbours: nearest nodes, nearest first.
        flags: words of `dtl.flags`, those of the preparation included.
        doubts: what raised the flags, with figures, as far as it is known.
        bundle: name and version, as ``common-r50000 1.0``.
        scores: how strange the spectrum is, name (`dtl.bundle.calibration.SCORES`) -> score.
        percentiles: the same as the percentage of good stars of like S/N that are less strange, 0 to 100.
        correlation: of the uncertainties of the parameters, in the order of `PARAMETERS`; shape ``(4, 4)``.
        exposures: how many exposures of the star the estimates are the mean of (`dtl.catalogue.epochs`).
    """

    prepared: PreparedSpectrum
    estimates: dict[str, Estimate]
    latent: np.ndarray
    reconstruction: np.ndarray
    reconstruction_mse: float
    latent_distance_percentile: float
    map_flux: np.ndarray
    map_latent: np.ndarray
    neighbours: tuple[Neighbour, ...]
    flags: tuple[str, ...]
    bundle: str
    scores: dict[str, float] = field(default_factory=dict)
    percentiles: dict[str, float] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()
    correlation: np.ndarray = field(default_factory=lambda: np.eye(len(PARAMETERS)))
    exposures: int = 1

    @property
    def covariance(self) -> np.ndarray:
        """Of the parameters, with half the 1-sigma intervals as standard deviations; NaN where one is withheld.

        Shape ``(4, 4)``, units those of `PARAMETERS`.
        """
        half = np.array([0.5 * (e.lower + e.upper) for e in (self.estimates[name] for name in PARAMETERS)])
        return self.correlation * np.outer(half, half)

    def draws(self, count: int, seed: int = 0) -> np.ndarray:
        """A sample of the four parameters that keeps their correlation and their intervals.

        Normal distributions that go together, each stretched below and above its value to the lower and the upper
        distance, so that its 16 % and 84 % quantiles are the ends of the interval. No v sin i is below 0, and what is
        withheld is NaN.

        Args:
            count: of the draws.
            seed: of the random numbers.

        Returns:
            Teff, log g, [M/H], v sin i in the units of `PARAMETERS`; shape ``(count, 4)``.
        """
        normal = np.random.default_rng(seed).standard_normal((count, len(PARAMETERS)))
        normal = normal @ np.linalg.cholesky(self.correlation).T
        value, lower, upper = np.array(
            [(e.value, e.lower, e.upper) for e in (self.estimates[name] for name in PARAMETERS)]
        ).T
        found = value + normal * np.where(normal < 0.0, lower, upper)
        found[:, -1] = np.maximum(found[:, -1], 0.0)
        return found

    def explain(self, flag: str) -> str:
        """The sentence for one of its flags: which parameter, its value, the limit it broke, what can be used."""
        return sentence_of(flag, self.doubts)

    def row(self) -> dict[str, object]:
        """The row of the table of results: exactly the keys of `COLUMNS`, plain Python values.

        What is withheld, and the limit of a value that was measured, are None.
        """
        spectrum = self.prepared.spectrum
        row: dict[str, object] = {
            "file": spectrum.file,
            "star": spectrum.star,
            "instrument": spectrum.instrument,
            "rv": self.prepared.rv,
            "snr": self.prepared.snr,
        }
        for name in PARAMETERS:
            estimate = self.estimates[name]
            numbers = (None,) * 3 if estimate.withheld else (estimate.value, estimate.lower, estimate.upper)
            row |= dict(zip((name, f"{name}_lower", f"{name}_upper"), numbers, strict=True))
        row |= {
            "reconstruction_mse": self.reconstruction_mse,
            "latent_distance_percentile": self.latent_distance_percentile,
            "flags": list(self.flags),
            "bundle": self.bundle,
            "rv_frame": self.prepared.rv_frame,
            "vsini_limit": self.estimates["vsini"].limit,
        }
        for (i, one), (j, other) in combinations(enumerate(PARAMETERS), 2):
            withheld = self.estimates[one].withheld or self.estimates[other].withheld
            row[f"corr_{one}_{other}"] = None if withheld else float(self.correlation[i, j])
        right_ascension, declination = spectrum.position or (None, None)
        return row | {
            "rv_error": self.prepared.rv_error,
            "ra": right_ascension,
            "dec": declination,
            "mjd": spectrum.mjd,
        }
