"""How wavelengths are written on the axes of spectra: a matter of display, which changes nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dtl.lines import Line
from dtl.wavelengths import SPEED_OF_LIGHT, Window, vacuum_to_air

__all__ = ["ANGSTROM", "UNITS", "Scale"]

#: Unit -> its symbol.
UNITS = {"Angstrom": "Å", "nm": "nm", "km/s": "km/s"}
#: Half the range that is drawn about a line, km/s: 8.8 Angstrom.
_REACH = 300.0


@dataclass(frozen=True)
class Scale:
    """A unit of display for wavelengths.

    Attributes:
        unit: a key of `UNITS`.
        medium: ``vacuum`` or ``air``; without effect on velocities.
        line: from which velocities are counted.
    """

    unit: str = "Angstrom"
    medium: str = "vacuum"
    line: Line | None = None

    def at(self, wavelength: np.ndarray | float) -> np.ndarray:
        """Where vacuum wavelengths in Angstrom are drawn; any shape.

        Velocities follow the optical convention, c (wavelength / line - 1).
        """
        wavelength = np.asarray(wavelength, dtype=float)
        if self.unit == "km/s" and self.line is not None:
            return SPEED_OF_LIGHT * (wavelength / self.line.wavelength - 1.0)
        shown = vacuum_to_air(wavelength) if self.medium == "air" else wavelength
        return shown / 10.0 if self.unit == "nm" else shown

    def title(self, frame: str = "star at rest") -> str:
        """Title of an axis, with what the wavelengths refer to and the unit in brackets."""
        if self.unit == "km/s" and self.line is not None:
            return f"Velocity from {self.line.label} Å, {frame} [km/s]"
        return f"Wavelength in {self.medium}, {frame} [{UNITS[self.unit]}]"

    def column(self) -> str:
        """Title of a column of a table."""
        if self.unit == "km/s" and self.line is not None:
            return f"velocity from {self.line.label} Å [km/s]"
        air = " in air" if self.medium == "air" else ""
        return f"wavelength{air} [{UNITS[self.unit]}]"

    def places(self) -> int:
        """Decimals of its numbers in a table: a hundredth of an Angstrom or of a km/s."""
        return 3 if self.unit == "nm" else 2

    def span(self, window: Window) -> tuple[float, float]:
        """Ends of the axis: of a window, or so far on each side of the line."""
        if self.unit == "km/s" and self.line is not None:
            return -_REACH, _REACH
        low, high = self.at(np.array([window.lower, window.upper]))
        return float(low), float(high)

    def axis(self) -> dict[str, object]:
        """How numbers are written along the axis: in full, never shortened to thousands."""
        places = {"Angstrom": ".2f", "nm": ".3f", "km/s": ".1f"}[self.unit]
        return {"tickformat": ".6~g", "exponentformat": "none", "hoverformat": places}


#: As the program works inside.
ANGSTROM = Scale()
