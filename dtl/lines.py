"""The strong atomic lines of the window whose identification is beyond doubt.

Most of the other features of an M dwarf in the window are blends of weak atomic lines with molecular bands; they are
left without a name.
"""

from __future__ import annotations

from dataclasses import dataclass

from dtl.wavelengths import air_to_vacuum

__all__ = ["LINES", "SPECIES", "TELLURIC", "Line"]

_IRON = "NIST Atomic Spectra Database; Nave et al. 1994, ApJS 94, 221"
_MAGNESIUM = "NIST Atomic Spectra Database; Kaufman & Martin 1991, JPCRD 20, 83"


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


#: In the order of wavelength. Each has a minimum within 0.05 Å in a PHOENIX spectrum of 3900 K, log g 4.5.
LINES: tuple[Line, ...] = (
    Line("Fe I", 8804.624, _IRON),
    Line("Mg I", 8806.757, _MAGNESIUM),
    Line("Fe I", 8824.220, _IRON),
)

#: Species of the lines, in the order in which they come first.
SPECIES: tuple[str, ...] = tuple(dict.fromkeys(line.species for line in LINES))
#: Name of the lines that the air adds; where they lie follows from the velocity, see `dtl.preparation.masks`.
TELLURIC = "Telluric H₂O"
