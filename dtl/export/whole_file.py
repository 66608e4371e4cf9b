"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

__all__ = ["whole_file"]


@contextmanager
def whole_file(path: str | Path) -> Iterator[Path]:
    """A place beside ``path`` to write to, which takes its name at the end; what fails leaves the old file as it was.

    Raises:
        OSError: where the folder cannot be written.
    """
    path = Path(path)
    with TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as folder:
        place = Path(folder) / path.name
        yield place
        os.replace(place, path)
