"""Wavelengths: windows, air and vacuum, Doppler shift."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = [
    "AIR_SHIFT",
    "SPEED_OF_LIGHT",
    "Window",
    "air_to_vacuum",
    "atmosphere_reach",
    "doppler_shift",
    "refractive_index",
    "vacuum_to_air",
]

#: km/s, exact.
SPEED_OF_LIGHT = 299792.458
#: Shift in km/s of wavelengths in air that are taken for vacuum, from 7,500 to 9,000 Angstrom (82.2 to 82.4).
AIR_SHIFT = -82.3
#: How far Earth's motion moves lines of its atmosphere once it is taken out, and the error of their place, km/s.
_EARTH, _PLACE = 35.0, 5.0


@dataclass(frozen=True)
class Window:
    """A range of wavelengths that a bundle's networks look at, in vacuum Angstrom in the star's rest frame.

    Attributes:
        lower: its first wavelength.
        upper: its last wavelength.
        margin: what is used on each side of it while the continuum is fitted.
    """

    lower: float
    upper: float
    margin: float = 5.0

    @property
    def centre(self) -> float:
        """The wavelength in the middle."""
        return 0.5 * (self.lower + self.upper)

    @property
    def width(self) -> float:
        """From the first wavelength to the last."""
        return self.upper - self.lower

    def points(self, step: float = 0.01) -> np.ndarray:
        """Its wavelengths, evenly spaced, ends included; a width of 35 Angstrom has 3,501 points of 0.01 Angstrom."""
        return np.round(np.linspace(self.lower, self.upper, round(self.width / step) + 1), 6)

    def holds(self, wavelength: np.ndarray) -> np.ndarray:
        """Whether wavelengths of any shape lie inside."""
        return (np.asarray(wavelength) >= self.lower) & (np.asarray(wavelength) <= self.upper)

    def covers(self, other: Window) -> bool:
        """Whether another window lies inside, margins aside."""
        return self.lower <= other.lower and other.upper <= self.upper

    def __str__(self) -> str:
        return f"{self.lower:.0f}–{self.upper:.0f} Å"


def refractive_index(wavelength: np.ndarray) -> np.ndarray:
    """Refractive index of standard air (15 C, 101325 Pa, 450 ppm CO2), Ciddor 1996, ApOpt 35, 1566, eq. 1-2.

    Args:
        wavelength: vacuum Angstrom, any shape, valid from 2,300 to 17,000.
    """
    wavenumber2 = (1e4 / np.asarray(wavelength, dtype=float)) ** 2  # micrometre^-2
    return 1.0 + (5792105.0 / (238.0185 - wavenumber2) + 167917.0 / (57.362 - wavenumber2)) * 1e-8


def vacuum_to_air(wavelength: np.ndarray) -> np.ndarray:
    """Air wavelength for a vacuum wavelength, both Angstrom, any shape."""
    return np.asarray(wavelength, dtype=float) / refractive_index(wavelength)


def air_to_vacuum(wavelength: np.ndarray) -> np.ndarray:
    """Vacuum wavelength for an air wavelength, both Angstrom, any shape.

    The refractive index is a function of the vacuum wavelength; two iterations reach 1e-9 Angstrom.
    """
    air = np.asarray(wavelength, dtype=float)
    vacuum = air
    for _ in range(3):
        vacuum = air * refractive_index(vacuum)
    return vacuum


def atmosphere_reach(frame: str) -> float:
    """How far lines of Earth's atmosphere may lie from their place in wavelengths of a frame, km/s."""
    return _PLACE if frame == "observatory" else _EARTH


def doppler_shift(wavelength: np.ndarray, velocity: float) -> np.ndarray:
    """Wavelengths of a source receding at ``velocity`` km/s (relativistic, radial), unit as given."""
    beta = velocity / SPEED_OF_LIGHT
    return np.asarray(wavelength, dtype=float) * np.sqrt((1.0 + beta) / (1.0 - beta))
