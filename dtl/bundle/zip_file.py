"""A bundle as one zip file: written for a download, and read back from a stranger.

A file that was sent may be hostile. Nothing is unpacked by the names it holds: of three known members a bounded number
of bytes is read, arrays are measured before they are opened, and networks are compared with their weights before any
memory is given to them. Nothing in it is ever run, and nothing is written, as the disk may be full.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection
from dataclasses import replace
from math import prod
from pathlib import PurePosixPath
from typing import IO

import numpy as np

from dtl.bundle.card import CARD_FILE
from dtl.bundle.model import ModelBundle
from dtl.bundle.store import BROKEN, GRID_FILE, WEIGHTS_FILE, contents, read_contents
from dtl.spectrum import UnusableInput

__all__ = ["MAX_BYTES", "as_saved", "free_name", "pack", "unpack"]

#: Most bytes of a zip file; the bundles of the program have 19 MB.
MAX_BYTES = 64 * 2**20
#: Member -> most bytes of it, unpacked. A card has 0.1 MB, and 1 MB with the checksums of 10,000 spectra; a page that
#: shows more of one keeps the server busy for seconds, for all its visitors.
_MEMBERS = {CARD_FILE: 2**21, WEIGHTS_FILE: MAX_BYTES, GRID_FILE: MAX_BYTES}
#: Most bytes of all arrays of a grid together, unpacked; those of the shipped bundles have 5 MB.
_MAX_ARRAYS = 64 * 2**20
#: Array -> most of its length in each direction.
_SHAPES = {
    "wavelength": (50_000,), "nodes": (100_000, 4), "latents": (100_000, 1024), "map_flux": (100_000, 2),
    "map_latent": (100_000, 2), "flux_components": (256, 50_000), "flux_scores": (100_000, 256),
    "template_nodes": (200,), "gap": (2, 50_000), "gap_teff": (),
}  # fmt: skip
_REFERENCE_SHAPES = {"snr": (1000,), "quantiles": (1000, 101)}


def pack(bundle: ModelBundle) -> bytes:
    """A zip file of a bundle: its card, weights and arrays, as `dtl.bundle.store.save_bundle` writes them."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:  # stored: weights in half precision do not shrink
        for member, data in contents(bundle).items():  # without a date, so that one bundle gives one file
            archive.writestr(zipfile.ZipInfo(member), data)
    return file.getvalue()


def as_saved(bundle: ModelBundle) -> ModelBundle:
    """An adapted bundle as it will be when it was saved and read back: in half precision, its card with hashes.

    What it shares with the bundle it came from stays shared.
    """
    read = read_contents(contents(bundle), bundle.name)
    return replace(bundle, card=read.card, target_encoder=read.target_encoder, gap=read.gap)


def free_name(name: object, taken: Collection[str]) -> str:
    """A name for a bundle that is no other's: that of its card, in safe letters, with a number where it is taken."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", str(name)).strip("-.")[:60] or "networks"
    found, number = plain, 2
    while found in taken:
        found, number = f"{plain}-{number}", number + 1
    return found


def unpack(data: bytes, file: str) -> ModelBundle:
    """The bundle in a zip file.

    Args:
        data: the zip file.
        file: its name, for people.

    Raises:
        UnusableInput: where it is none, damaged, too large, of another format, or where it does not work.
    """
    if len(data) > MAX_BYTES:
        raise UnusableInput(f"{file} has more than {MAX_BYTES >> 20} MB, a bundle has about 19; give the right file.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = {m: _content(archive, info, _MEMBERS[m]) for m, info in _members(archive, file).items()}
        _check_arrays(files[GRID_FILE])
        bundle = read_contents(files, file)
    except _Rejected as error:
        raise UnusableInput(f"{file} {error}; download it again from where you have it.") from error
    except UnusableInput:
        raise
    except (*BROKEN, MemoryError) as error:
        kind = "not a zip file" if isinstance(error, zipfile.BadZipFile) else "not a bundle, or a damaged one"
        raise UnusableInput(
            f"{file} is {kind}; give a zip file that this program wrote, with {', '.join(_MEMBERS)}."
        ) from error
    version = re.sub(r"[^A-Za-z0-9._-]+", "-", bundle.version)[:20]
    return replace(bundle, card=bundle.card | {"version": version})


class _Rejected(Exception):
    """Why a file is not taken; the sentence goes on after the file's name."""


def _members(archive: zipfile.ZipFile, file: str) -> dict[str, zipfile.ZipInfo]:
    """The three members, each once, in one place; what a Mac adds is passed over."""
    found: dict[str, zipfile.ZipInfo] = {}
    places = set()
    for info in archive.infolist():
        path = PurePosixPath(info.filename)
        if path.is_absolute() or ".." in path.parts or "\\" in info.filename or ":" in info.filename:
            raise _Rejected("holds a path that leads out of its folder, as no bundle does")
        if info.is_dir() or path.parts[0] == "__MACOSX" or path.name == ".DS_Store":
            continue
        if path.name not in _MEMBERS or path.name in found:
            raise _Rejected("holds other files than those of one bundle")
        found[path.name] = info
        places.add(path.parent)
    if len(found) < len(_MEMBERS) or len(places) != 1:
        lacking = [name for name in _MEMBERS if name not in found]
        raise _Rejected(f"lacks {' and '.join(lacking)}" if lacking else "has its files in several folders")
    return found


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    """The bytes of a member; what it claims to hold is measured, not believed."""
    if info.file_size > most:
        raise _Rejected("would be far larger unpacked than any bundle is")
    with archive.open(info) as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        raise _Rejected("would be far larger unpacked than any bundle is")
    return content


def _check_arrays(grid: bytes) -> None:
    """Measure the arrays of a grid by their headers, before any is read."""
    with zipfile.ZipFile(io.BytesIO(grid)) as archive:
        infos = archive.infolist()
        if len(infos) > 100 or sum(info.file_size for info in infos) > _MAX_ARRAYS:
            raise _Rejected("would be far larger unpacked than any bundle is")
        for info in infos:
            with archive.open(info) as stream:
                shape, kind = _header(stream)
            if kind.hasobject or prod(shape) * kind.itemsize > info.file_size:
                raise _Rejected("holds arrays that are not what they claim to be")
            name = info.filename.removesuffix(".npy")
            most = _REFERENCE_SHAPES.get(name.rpartition("_")[2]) if name[:10] == "reference_" else _SHAPES.get(name)
            if most is None or len(shape) != len(most) or any(n > m for n, m in zip(shape, most, strict=True)):
                raise _Rejected("holds arrays that no bundle has")


def _header(stream: IO[bytes]) -> tuple[tuple[int, ...], np.dtype]:
    version = np.lib.format.read_magic(stream)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, kind = read(stream)
    return shape, kind
