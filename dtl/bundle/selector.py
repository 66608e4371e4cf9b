"""Which bundle a spectrum is analysed with: the sharpest that its resolution allows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from dtl.spectrum import Finding, Spectrum, UnusableInput
from dtl.wavelengths import Window

if TYPE_CHECKING:
    from dtl.bundle.model import ModelBundle

__all__ = ["BundleSelector", "choose_bundle", "shipped_by_resolution"]

#: A spectrum of at least this part of a bundle's resolution counts as reaching it: stated resolutions are nominal.
_TOLERANCE = 0.97
#: Loaded bundles that are kept: as many as a folder of spectra of two spectrographs asks for in turn.
_KEPT = 2


def choose_bundle(resolution: float | None, available: dict[str, float]) -> str:
    """Name of the bundle of the highest resolution that a spectrum reaches within 3 %.

    Args:
        resolution: of the spectrum, lambda/FWHM; None where unknown, which gives the bundle of the lowest.
        available: name of a bundle -> lambda/FWHM of its spectra.

    Raises:
        UnusableInput: where no bundle is available.
    """
    if not available:
        raise UnusableInput("There are no trained networks to choose from; install the program again, or name some.")
    names = sorted(available)
    reached = [name for name in names if resolution is not None and resolution >= _TOLERANCE * available[name]]
    return max(reached, key=available.__getitem__) if reached else min(names, key=available.__getitem__)


@dataclass(frozen=True)
class BundleSelector:
    """Gives each spectrum its bundle, loaded when it is asked for, and says why it is this one.

    Attributes:
        load: bundle by name.
        available: name -> lambda/FWHM.
        offered: name -> window, of those that are available.
        wanted: name that the user asks for whatever the resolution, or None.
    """

    load: Callable[[str], ModelBundle]
    available: dict[str, float]
    offered: dict[str, Window]
    wanted: str | None = None

    @property
    def windows(self) -> tuple[Window, ...]:
        """The windows that a file may be read for, each once.

        Raises:
            UnusableInput: where the bundle that is asked for cannot be loaded.
        """
        if self.wanted is not None:
            return (self.load(self.wanted).window,)
        return tuple(dict.fromkeys(self.offered[name] for name in sorted(self.available)))

    def __call__(self, spectrum: Spectrum, window: Window) -> tuple[ModelBundle, Finding]:
        """The bundle, and the reason as a finding called ``models``.

        Args:
            spectrum: as read.
            window: that it was read for.

        Raises:
            UnusableInput: where there is no bundle, or it cannot be loaded.
        """
        if self.wanted is not None:
            return self.load(self.wanted), Finding("models", self.wanted, "user", "given by the user")
        reading = {name: self.available[name] for name in self.available if self.offered[name] == window}
        name = choose_bundle(spectrum.resolution, reading)
        if spectrum.resolution is None:
            finding = Finding("models", name, "guessed", "the spectrum's resolution is unknown")
        else:
            finding = Finding("models", name, "file", f"the spectrum's resolution is {spectrum.resolution:,.0f}")
        return self.load(name), finding


def shipped_by_resolution() -> BundleSelector:
    """Chooses among the bundles that come with the program."""
    from dtl.bundle.shipped import shipped_resolutions, shipped_windows

    return BundleSelector(_load, shipped_resolutions(), shipped_windows())


@lru_cache(maxsize=_KEPT)
def _load(name: str) -> ModelBundle:
    from dtl.bundle.store import load_bundle

    return load_bundle(name)
