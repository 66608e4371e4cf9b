"""The files that a command is given: paths, patterns, folders, and lists of them in a text file."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Sequence
from glob import escape, glob, has_magic
from os.path import isfile  # that of pathlib raises where a path may not be looked at
from pathlib import Path

__all__ = ["expand_paths", "names_of"]

#: Bytes of a list at most: millions of paths.
_LONGEST_LIST = 500_000_000


def expand_paths(given: Sequence[str]) -> list[str]:
    """Folders as the files in them, patterns as the files that fit, ``@list.txt`` as its lines, the rest as it is.

    In a list # begins a comment. A pattern that a shell has left, as ``"night*/*.fits"``, is for more files than a
    command may name.

    Raises:
        UnusableInput: a list that cannot be read.
    """
    found: list[str] = []
    for path in given:
        if path.startswith("@") and not Path(path).exists():
            found += expand_paths(_lines(path[1:]))
        elif Path(path).is_dir():
            files = sorted(str(file) for file in Path(path).iterdir() if isfile(file) and file.name[0] != ".")
            found += files or [path]  # an empty one is refused like a bad file
        elif has_magic(path) and not Path(path).exists():
            found += sorted(filter(isfile, _matching(path))) or [path]
        else:
            found.append(path)
    return found


def _matching(pattern: str) -> set[str]:
    """What fits a pattern. ``**`` goes down all folders but hidden ones and links, which may lead in a circle."""
    parts = pattern.split("/")
    if "**" not in parts:
        return set(glob(pattern))
    at = parts.index("**")
    before, after = "/".join(parts[:at]), "/".join(parts[at + 1 :]) or "*"
    found: set[str] = set()
    for start in glob(before or ("/" if at else ".")):
        for folder, below, _ in os.walk(start):
            below[:] = [name for name in below if name[0] != "."]
            found |= _matching(f"{escape(folder.removesuffix('/'))}/{after}")
    return {name.removeprefix("./") for name in found} if not at else found


def names_of(paths: Sequence[str]) -> list[str]:
    """What each file is called in results: its name, or its path where another file has the same name.

    Bytes of a path that are no text become question marks, as results are text.
    """
    counts = Counter(Path(path).name for path in paths)
    names = [path if counts[Path(path).name] > 1 else Path(path).name for path in paths]
    return [name.encode("utf-8", "replace").decode("utf-8") for name in names]


def _lines(path: str) -> list[str]:
    from dtl.spectrum import UnusableInput

    if not path:
        raise UnusableInput("@ names no list of files; write its name behind it, as @list.txt.")
    try:
        text = _content(path).decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        lines = text.split("\n")  # no other sign ends a name
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise UnusableInput(f"{path}: the list of files cannot be read ({reason}); check the path.") from None
    found = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if not found:
        raise UnusableInput(f"{path} names no files; write the paths of the spectra, one a line.")
    if any(line.startswith("@") for line in found):
        raise UnusableInput(f"{path}: names another list; write the paths of the spectra themselves, one a line.")
    return found


def _content(path: str) -> bytes:
    """The bytes of a list, which may come through a pipe.

    Raises:
        OSError, ValueError: where it can be none.
    """
    with open(path, "rb") as file:
        kind = os.fstat(file.fileno()).st_mode
        if stat.S_ISCHR(kind) or stat.S_ISBLK(kind):
            raise ValueError
        content = file.read(_LONGEST_LIST + 1)
    if len(content) > _LONGEST_LIST:
        raise ValueError
    return content
