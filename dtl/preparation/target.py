"""What a bundle wants its spectra to be."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from dtl.lines import Line
from dtl.preparation.velocity import Templates
from dtl.wavelengths import Window

__all__ = ["PreparationTarget"]


@dataclass(frozen=True)
class PreparationTarget:
    """What a bundle wants its spectra to be.

    Attributes:
        wavelength: vacuum Angstrom, evenly spaced; shape ``(n,)``.
        resolution: lambda/FWHM.
        templates: normalised flux at rest on ``wavelength``, for the velocity; shape ``(k, n)``.
        template_names: one a template, in words.
        window: that ``wavelength`` spans, with the margin for the continuum.
        lines: of the window, to be named in figures.
        telluric_lines: of the window that are masked, vacuum Angstrom in the observatory's frame.
    """

    wavelength: np.ndarray
    resolution: float
    templates: np.ndarray
    template_names: tuple[str, ...]
    window: Window = field(kw_only=True)
    lines: tuple[Line, ...] = field(default=(), kw_only=True)
    telluric_lines: tuple[float, ...] = field(default=(), kw_only=True)

    @cached_property
    def at_rest(self) -> Templates:
        """The templates as the velocity is measured with them."""
        return Templates(self.wavelength, self.templates)
