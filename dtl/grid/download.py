"""Download of the PHOENIX-ACES HiRes files that a grid needs, from the library's server in Göttingen."""

from __future__ import annotations

import errno
import itertools
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dtl.grid.build import grid_nodes
from dtl.grid.fetch import fetch, is_complete, part_of
from dtl.grid.libraries.phoenix import HIRES_RESOLUTION, WAVELENGTH_FILE, hires_path, parse_hires_name
from dtl.grid.library import Library
from dtl.spectrum import UnusableInput

if TYPE_CHECKING:
    from dtl.grid.build import GridSettings

__all__ = ["SERVER", "Plan", "download", "needed_nodes", "plan_download"]

SERVER = "https://phoenix.astro.physik.uni-goettingen.de/data/HiResFITS"
#: Bytes of a spectrum; the wavelengths, in double precision, are twice as long.
FILE_SIZE = 6.3e6
#: The nodes of the library up to 7000 K: Teff [K], log g, [M/H] (Husser et al. 2013, A&A 553, A6).
_AXES = (
    np.arange(2300.0, 7001.0, 100.0),
    np.arange(0.0, 6.1, 0.5),
    np.array([-4.0, -3.0, -2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0]),
)


@dataclass(frozen=True)
class Plan:
    """What is to be fetched.

    Attributes:
        server: address of the folder ``HiResFITS``.
        folder: where the files go, in the layout of the server.
        nodes: Teff [K], log g, [M/H] of the library nodes that are needed; shape ``(m, 3)``.
        missing: path on the server, and file, of all that is not there yet.
        size: bytes still to be fetched, about.
    """

    server: str
    folder: Path
    nodes: np.ndarray
    missing: tuple[tuple[str, Path], ...]
    size: float

    def __str__(self) -> str:
        (teff, logg, mh), (teff_end, logg_end, mh_end) = self.nodes.min(axis=0), self.nodes.max(axis=0)
        return (
            f"{len(self.nodes)} spectra: Teff {teff:.0f} to {teff_end:.0f} K, log g {logg:.1f} to {logg_end:.1f}, "
            f"[M/H] {mh:+.1f} to {mh_end:+.1f}, and their wavelengths\n"
            f"{len(self.nodes) + 1 - len(self.missing)} files are in {self.folder} already; "
            f"to fetch: {len(self.missing)} files, {self.size / 1e9:.2f} GB, from {self.server}"
        )


def needed_nodes(settings: GridSettings) -> np.ndarray:
    """The library nodes that enclose the nodes of a grid: a full box, 345 for the full published domain.

    Args:
        settings: of the grid that is to be built.

    Returns:
        Teff [K], log g, [M/H], sorted; shape ``(m, 3)``.

    Raises:
        UnusableInput: where the domain holds no published node.
    """
    nodes = grid_nodes(settings)
    if not len(nodes):
        raise UnusableInput(
            f"the domain Teff {settings.teff}, log g {settings.logg}, [M/H] {settings.mh} holds no node of the "
            "main sequence, probably it is too narrow; widen it in the config."
        )
    return np.array(list(itertools.product(*(_enclosing(axis, nodes[:, i]) for i, axis in enumerate(_AXES)))))


def _enclosing(axis: np.ndarray, values: np.ndarray) -> np.ndarray:
    values = np.round(values, 6)
    below, above = np.searchsorted(axis, values, side="right") - 1, np.searchsorted(axis, values)
    return axis[np.unique([below, above])]


def plan_download(folder: str | Path, settings: GridSettings, *, server: str = SERVER) -> Plan:
    """What a folder lacks for a grid; complete files are kept wherever they lie in it.

    Raises:
        UnusableInput: where the address is none, the folder's other nodes would be in the way, or the disc is too full.
    """
    folder, server = Path(folder), server.rstrip("/")
    if not server.startswith(("https://", "http://")):
        raise UnusableInput(f"{server} is no address of a web server; it begins like https://, as {SERVER}.")
    nodes = needed_nodes(settings)
    there = {path.name: path for path in folder.rglob("*.fits")}
    _check_box(folder, nodes, there)
    paths = [WAVELENGTH_FILE, *(hires_path(*node) for node in nodes)]
    files = [there.get(Path(path).name, folder / path) for path in paths]
    missing = tuple((path, file) for path, file in zip(paths, files, strict=True) if not is_complete(file))
    begun = sum(part_of(file).stat().st_size for _, file in missing if part_of(file).exists())
    size = max(FILE_SIZE * sum(2 if path == WAVELENGTH_FILE else 1 for path, _ in missing) - begun, 0.0)
    free = shutil.disk_usage(next(p for p in (folder.absolute(), *folder.absolute().parents) if p.exists())).free
    if missing and free < size:
        raise UnusableInput(
            f"{folder}: the disc has {free / 1e9:.2f} GB left where {len(missing)} files need {size / 1e9:.2f} GB; "
            "make room, choose another disc with --to, or narrow the domain in the config."
        )
    return Plan(server, folder, nodes, missing, size)


def _check_box(folder: Path, nodes: np.ndarray, there: dict[str, Path]) -> None:
    """Other nodes of a folder must leave no hole in the box that a grid is interpolated in."""
    others = [node for node in map(parse_hires_name, there) if node]
    together = np.unique(np.vstack([nodes, np.reshape(others, (-1, 3))]) + 0.0, axis=0)
    library = Library(np.empty(0), together, np.empty((len(together), 0)), HIRES_RESOLUTION, str(folder))
    box = library.around(nodes.min(axis=0), nodes.max(axis=0))
    if len(box.nodes) != np.prod([len(axis) for axis in box.axes]):
        raise UnusableInput(
            f"{folder} holds other PHOENIX nodes, which make no full box with those of this domain, probably from a "
            "download for another config; give an empty folder with --to."
        )


def download(plan: Plan, *, progress: Callable[[float, str], None] = lambda fraction, text: None) -> None:
    """Fetch what a plan lacks, one file after the other; what an interrupted run left is resumed.

    Args:
        plan: from `plan_download`.
        progress: called with the fraction done and a text.

    Raises:
        UnusableInput: where a file cannot be fetched or written; the files until then are kept.
    """
    count = len(plan.missing)
    for i, (path, file) in enumerate(plan.missing):
        name = f"{i + 1}/{count} {file.name.removesuffix('.fits')}"

        def report(fraction: float, text: str, i: int = i, name: str = name) -> None:
            progress((i + fraction) / count, text or name)

        report(0.0, "")
        try:
            fetch(f"{plan.server}/{path}", file, report)
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            remedy = "make room" if full else "give a folder that you may write to with --to"
            raise UnusableInput(
                f"{file} cannot be written ({error.strerror}), {count - i} files are missing; {remedy} and run the "
                "command again, it goes on from here."
            ) from error
        report(1.0, "")
