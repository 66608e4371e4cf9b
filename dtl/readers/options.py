"""What a user may say about a file, where the guess of a reader is wrong."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ReadOptions"]


@dataclass(frozen=True)
class ReadOptions:
    """Answers that replace what a reader would read or guess; None leaves it to the reader.

    Attributes:
        unit: of the wavelengths: ``Angstrom``, ``nm`` or ``um``.
        medium: ``vacuum`` or ``air``.
        frame: ``observatory``, ``barycentric`` or ``rest``.
        resolution: lambda/FWHM.
        columns: names or numbers (from 1) of the columns for wavelength, flux and uncertainty
            (the last may be None) of a table.
        uncertainty: what the column of uncertainties holds: ``sigma``, ``variance``, ``ivar`` (inverse variance),
            ``percent``, ``relative``, ``snr``, or ``none`` to leave it aside; None goes by its name and numbers.
        instrument: name of the spectrograph, see `dtl.readers.instruments`; gives the resolution and the medium that
            the file does not state.
        order: number of the echelle order to use, from 0, of those that reach into the window.
        row: number of the spectrum to use, from 1, of several in one file that share their wavelengths.
        extension: number or name of the FITS extension that holds the spectrum.
    """

    unit: str | None = None
    medium: str | None = None
    frame: str | None = None
    resolution: float | None = None
    columns: tuple[str, str, str | None] | None = None
    uncertainty: str | None = None
    instrument: str | None = None
    order: int | None = None
    row: int | None = None
    extension: str | None = None
