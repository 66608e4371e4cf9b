"""A library of synthetic spectra: nodes in (Teff, log g, [M/H]) with their flux, and interpolation between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.interpolate import RegularGridInterpolator

__all__ = ["Layout", "Library", "OutsideLibrary"]


class OutsideLibrary(ValueError):
    """Parameters that the library does not reach; the message says which and how far it reaches."""


@dataclass(frozen=True)
class Library:
    """Synthetic spectra on common wavelengths.

    Attributes:
        wavelength: vacuum Angstrom, increasing; shape ``(n,)``.
        nodes: Teff [K], log g [dex], [M/H] [dex]; shape ``(m, 3)``.
        flux: positive, any unit per wavelength, one scale per node; shape ``(m, n)``.
        resolution: lambda/FWHM of the library.
        source: where it comes from, in words.
        reference: where it is published.
    """

    wavelength: np.ndarray
    nodes: np.ndarray
    flux: np.ndarray
    resolution: float
    source: str
    reference: str = ""

    @property
    def axes(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The distinct Teff, log g and [M/H] of the nodes."""
        return tuple(np.unique(self.nodes[:, i]) for i in range(3))  # type: ignore[return-value]

    def around(self, low: np.ndarray, high: np.ndarray) -> Library:
        """The nodes that interpolation between two corners needs, at least two values an axis where there are two.

        A whole library has holes, at giants and hot stars, that are no matter to dwarfs.

        Args:
            low, high: Teff, log g, [M/H]; shape ``(3,)`` each.
        """
        keep = np.ones(len(self.nodes), dtype=bool)
        for i, axis in enumerate(self.axes):
            last = len(axis) - 1
            start = int(np.clip(np.searchsorted(axis, low[i] + 1e-9, side="right") - 1, 0, last))
            stop = int(np.clip(np.searchsorted(axis, high[i] - 1e-9), start, last))
            if start == stop:
                start, stop = (start - 1, stop) if start else (start, min(stop + 1, last))
            keep &= (self.nodes[:, i] >= axis[start]) & (self.nodes[:, i] <= axis[stop])
        return replace(self, nodes=self.nodes[keep], flux=self.flux[keep])

    def interpolator(self, *, extrapolate_logg: bool = False) -> _LogFlux:
        """Interpolation of log flux, linear along each axis.

        Args:
            extrapolate_logg: also beyond the library's range of log g (linearly, from the two nearest values).

        Raises:
            OutsideLibrary: where the nodes are no full box, with the first node that is missing.
        """
        return _LogFlux(self, extrapolate_logg)


class _LogFlux:
    """Callable: parameters ``(k, 3)`` -> flux ``(k, n)``."""

    def __init__(self, library: Library, extrapolate_logg: bool) -> None:
        self.library = library
        self.extrapolate_logg = extrapolate_logg
        axes = library.axes
        cube = np.full([len(a) for a in axes] + [len(library.wavelength)], np.nan)
        index = tuple(np.searchsorted(axes[i], library.nodes[:, i]) for i in range(3))
        cube[index] = np.log(library.flux)
        hole = np.argwhere(~np.isfinite(cube[..., 0]))
        if len(hole):
            missing = [float(axes[i][hole[0][i]]) for i in range(3)]
            raise OutsideLibrary(
                f"the library {library.source} is no full box: {len(hole)} nodes are missing, the first is "
                f"Teff {missing[0]:.0f} K, log g {missing[1]:.2f}, [M/H] {missing[2]:+.2f}"
            )
        # An axis with one value cannot be interpolated along; it only accepts that value.
        self.live = [i for i in range(3) if len(axes[i]) > 1]
        self.axes = axes
        squeezed = cube.reshape([len(axes[i]) for i in self.live] + [-1])
        self._box = RegularGridInterpolator(
            [axes[i] for i in self.live], squeezed, method="linear", bounds_error=False, fill_value=None
        )

    def __call__(self, parameters: np.ndarray) -> np.ndarray:
        """Flux at the parameters.

        Args:
            parameters: Teff, log g, [M/H]; shape ``(k, 3)``.

        Returns:
            Shape ``(k, n)``.

        Raises:
            OutsideLibrary: where a parameter lies outside the nodes.
        """
        parameters = np.atleast_2d(np.asarray(parameters, dtype=float))
        for i, (name, axis) in enumerate(zip(("Teff", "log g", "[M/H]"), self.axes, strict=True)):
            if i == 1 and self.extrapolate_logg and i in self.live:
                continue
            outside = (parameters[:, i] < axis[0] - 1e-9) | (parameters[:, i] > axis[-1] + 1e-9)
            if outside.any():
                raise OutsideLibrary(
                    f"{name} = {parameters[outside][0, i]:g} lies outside the library, "
                    f"which reaches from {axis[0]:g} to {axis[-1]:g}"
                )
        return np.exp(self._box(parameters[:, self.live]))


@dataclass(frozen=True)
class Layout:
    """How the files of a library lie in a folder.

    Attributes:
        label: what is expected in the folder, for people.
        find: the files of this layout in a folder; empty where it is another one.
        read: the library from the folder and those files, within a range of vacuum Angstrom, ends included; raises
            `dtl.spectrum.UnusableInput` where a file cannot be read.
        rank: layouts of a lower rank are looked for first.
    """

    label: str
    find: Callable[[Path], list[Path]]
    read: Callable[[Path, list[Path], tuple[float, float]], Library]
    rank: int = 0
