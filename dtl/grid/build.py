"""From a library to the grid that networks learn from: interpolate, broaden, normalise, resample."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from scipy.interpolate import CubicSpline

from dtl.grid.library import Library, OutsideLibrary
from dtl.grid.nodes import box_nodes, main_sequence_nodes
from dtl.preparation.broadening import broaden, degrading_velocity, log_grid
from dtl.preparation.continuum import fit_continuum
from dtl.resources import whole_file
from dtl.spectrum import UnusableInput
from dtl.wavelengths import Window

__all__ = ["Grid", "GridSettings", "build_grid", "grid_nodes", "load_grid", "render"]

#: Velocity step of the work grid, km/s; 0.01 Angstrom at 8817 Angstrom is 0.34 km/s.
_STEP = 0.3


@dataclass(frozen=True)
class GridSettings:
    """What a grid is made of.

    Attributes:
        resolution: lambda/FWHM of the spectra.
        teff, logg, mh: the domain, ends included; K, dex, dex.
        box: whether nodes at even steps over the whole domain come beside the published ones.
        extrapolate_logg: allow log g beyond the library, linearly.
        limb_darkening: linear coefficient of the rotation profile.
    """

    resolution: float = 50_000.0
    teff: tuple[float, float] = (2300.0, 4500.0)
    logg: tuple[float, float] = (4.2, 5.5)
    mh: tuple[float, float] = (-1.0, 0.8)
    box: bool = False
    extrapolate_logg: bool = False
    limb_darkening: float = 0.6


@dataclass(frozen=True)
class Grid:
    """Normalised synthetic spectra on the window's points.

    Attributes:
        wavelength: vacuum Angstrom; shape ``(n,)``.
        nodes: Teff, log g, [M/H], v sin i; shape ``(m, 4)``.
        flux: normalised flux, float32; shape ``(m, n)``.
        settings: how it was made.
        source: the library, in words.
        window: that ``wavelength`` spans, with the margin for the continuum.
        reference: where the library is published.
    """

    wavelength: np.ndarray
    nodes: np.ndarray
    flux: np.ndarray
    settings: GridSettings
    source: str
    window: Window
    reference: str = ""

    def save(self, path: str | Path) -> None:
        """Write to a ``.npz`` file (no pickle).

        Raises:
            UnusableInput: where it cannot be written.
        """
        meta = json.dumps(
            {
                "settings": asdict(self.settings),
                "source": self.source,
                "window": asdict(self.window),
                "reference": self.reference,
            }
        )
        path = Path(path)
        if path.suffix != ".npz":
            path = path.with_name(f"{path.name}.npz")
        try:
            with whole_file(path) as place:
                np.savez(place, wavelength=self.wavelength, nodes=self.nodes, flux=self.flux, meta=np.array(meta))
        except OSError as error:
            raise UnusableInput(
                f"{path} cannot be written ({error.strerror or error}); choose another place."
            ) from error

    def digest(self) -> str:
        """sha256 over nodes and flux, to tell two grids apart."""
        digest = hashlib.sha256(self.nodes.tobytes())
        digest.update(self.flux.tobytes())
        return digest.hexdigest()


def load_grid(path: str | Path) -> Grid:
    """A grid written by `Grid.save`.

    Raises:
        UnusableInput: where the file is no grid.
    """
    try:
        with np.load(path, allow_pickle=False) as data:
            meta = json.loads(str(data["meta"]))
            settings = {k: tuple(v) if isinstance(v, list) else v for k, v in meta["settings"].items()}
            wavelength = data["wavelength"]
            # A grid of an older version says neither its margin, which was the usual one, nor a reference.
            window = meta.get("window", {"lower": float(wavelength[0]), "upper": float(wavelength[-1])})
            return Grid(
                wavelength,
                data["nodes"],
                data["flux"],
                GridSettings(**settings),
                meta["source"],
                Window(**window),
                meta.get("reference", ""),
            )
    except (OSError, KeyError, ValueError, TypeError, EOFError, BadZipFile) as error:
        reason = getattr(error, "strerror", None) or "it is of another kind, or damaged"
        raise UnusableInput(f"{path} is no grid ({reason}); make one with `dtl grid build`.") from error


def render(
    flux: np.ndarray,
    wavelength: np.ndarray,
    vsini: np.ndarray,
    window: Window,
    *,
    resolution_from: float,
    resolution_to: float,
    limb_darkening: float = 0.6,
) -> np.ndarray:
    """One library spectrum rotated at several speeds, degraded, normalised, on the window's points.

    Args:
        flux: library spectrum; shape ``(n,)``.
        wavelength: vacuum Angstrom, reaching 10 Angstrom beyond the window; shape ``(n,)``.
        vsini: km/s; shape ``(k,)``.
        window: that is wanted.
        resolution_from, resolution_to: of the library, and wanted.
        limb_darkening: linear coefficient.

    Returns:
        Normalised flux on `Window.points`; shape ``(k, n_points)``.
    """
    reach = window.margin + 3.0
    work = log_grid(window.lower - reach, window.upper + reach, _STEP)
    spectrum = CubicSpline(wavelength, flux)(work)
    fwhm = degrading_velocity(resolution_from, resolution_to)
    broadened = np.stack(
        [broaden(spectrum, _STEP, vsini=float(v), fwhm=fwhm, limb_darkening=limb_darkening) for v in vsini]
    )
    normalised = broadened / fit_continuum(work, broadened, window=window)
    return CubicSpline(work, normalised, axis=1)(window.points())


def grid_nodes(settings: GridSettings) -> np.ndarray:
    """Teff [K], log g, [M/H], v sin i [km/s] of the nodes within a domain, sorted; shape ``(m, 4)``, empty for none."""
    domain = {"teff": settings.teff, "logg": settings.logg, "mh": settings.mh}
    nodes = main_sequence_nodes(**domain)
    return np.unique(np.concatenate([nodes, box_nodes(**domain)]), axis=0) if settings.box else nodes


def build_grid(
    library: Library,
    settings: GridSettings,
    window: Window,
    *,
    progress: Callable[[float], None] = lambda fraction: None,
) -> Grid:
    """The nodes within the settings' domain, published ones and where wanted a box, rendered from a library.

    Args:
        library: where the spectra come from.
        settings: domain, resolution, broadening.
        window: that the networks shall look at.
        progress: called with the fraction done.

    Raises:
        OutsideLibrary: where the domain reaches beyond the library, or holds no node.
    """
    nodes = grid_nodes(settings)
    if not len(nodes):
        raise OutsideLibrary(
            f"no published node lies in Teff {settings.teff}, log g {settings.logg}, [M/H] {settings.mh}"
        )
    needed = library.around(nodes[:, :3].min(axis=0), nodes[:, :3].max(axis=0))
    interpolate = needed.interpolator(extrapolate_logg=settings.extrapolate_logg)
    flux = np.empty((len(nodes), len(window.points())), dtype=np.float32)
    starts = np.flatnonzero(np.r_[True, np.any(np.diff(nodes[:, :3], axis=0) != 0, axis=1)])
    for start, stop in zip(starts, np.r_[starts[1:], len(nodes)], strict=True):
        spectrum = interpolate(nodes[start, :3])[0]
        flux[start:stop] = render(
            spectrum,
            library.wavelength,
            nodes[start:stop, 3],
            window,
            resolution_from=library.resolution,
            resolution_to=settings.resolution,
            limb_darkening=settings.limb_darkening,
        )
        progress(float(stop) / len(nodes))
    return Grid(window.points(), nodes, flux, settings, library.source, window, library.reference)
