"""Spectral lines that have a name: those of a bundle's window whose identification is beyond doubt.

Most of the other features of an M dwarf are blends of weak atomic lines with molecular bands; they are left without a
name. Which lines a window has stands in the config that a bundle is trained with, and in its card.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dtl.wavelengths import air_to_vacuum

__all__ = ["TELLURIC", "Line", "species_of"]


@dataclass(frozen=True)
class Line:
    """A spectral line.

    Attributes:
        species: element and ionisation, as ``Mg I``.
        air: wavelength in standard air, Angstrom, as published.
        reference: where the wavelength is published.
    """

    species: str
    air: float
    reference: str

    @property
    def wavelength(self) -> float:
        """Vacuum wavelength, Angstrom."""
        return float(air_to_vacuum(self.air))

    @property
    def label(self) -> str:
        """Species and vacuum wavelength to a tenth of an Angstrom, as ``Mg I 8809.2``."""
        return f"{self.species} {self.wavelength:.1f}"


#: Name of the lines that the air adds; where they lie follows from the velocity, see `dtl.preparation.masks`.
TELLURIC = "Telluric H₂O"


def species_of(lines: Iterable[Line]) -> tuple[str, ...]:
    """Species of lines, each once, in the order in which they come first."""
    return tuple(dict.fromkeys(line.species for line in lines))
