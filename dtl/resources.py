"""Files: where those lie that come with the program, and writing others whole or not at all.

The only module that knows where `assets` and the script of the dashboard lie. In an installed package they are in the
package itself (``dtl/assets``, ``dtl/dashboard``); in a checkout they stand beside it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

__all__ = ["asset", "dashboard", "plain_cell", "whole_file", "whole_folder", "write_whole"]

_PACKAGE = Path(str(files("dtl")))


def asset(*parts: str) -> Path:
    """The path of a file or folder of `assets`.

    Args:
        parts: names from `assets` on, as ``"examples", "index.json"``; none for the folder itself.

    Returns:
        The path, whether there is such a file or not.
    """
    within = _PACKAGE / "assets"
    return (within if within.is_dir() else _PACKAGE.parent / "assets").joinpath(*parts)


def dashboard() -> Path:
    """The folder of the Streamlit app: ``app.py``, ``pages`` and ``.streamlit``."""
    within = _PACKAGE / "dashboard"
    return within if within.is_dir() else _PACKAGE.parent


@contextmanager
def whole_file(path: str | Path) -> Iterator[Path]:
    """A place beside ``path`` to write to, which takes its name at the end; what fails leaves the old file as it was.

    Raises:
        OSError: where the folder cannot be written.
    """
    from tempfile import TemporaryDirectory  # costs time that `import dtl` would wait for

    path = Path(path)
    with TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as folder:
        place = Path(folder) / path.name
        yield place
        os.replace(place, path)


@contextmanager
def whole_folder(folder: str | Path) -> Iterator[Path]:
    """A folder beside ``folder`` to write files to, which go there at the end, in the order of their names.

    What fails leaves no new folder behind, and the files of an old one as they were. Files of an old one that are not
    written again stay.

    Raises:
        OSError: where it cannot be written.
    """
    from tempfile import TemporaryDirectory

    folder = Path(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as beside:
        place = Path(beside) / folder.name
        place.mkdir()
        yield place
        if not folder.exists():
            os.replace(place, folder)
            return
        for file in sorted(place.iterdir()):
            os.replace(file, folder / file.name)


def write_whole(path: str | Path, text: str) -> None:
    """Write text, in UTF-8, whole or not at all.

    Raises:
        OSError: where it cannot be written.
    """
    with whole_file(path) as place:
        place.write_text(text, encoding="utf-8")


def plain_cell(value: object) -> object:
    """A cell of a table for spreadsheets: text that would be taken for a formula is marked as text by a quote.

    Names of stars and files come from strangers, and spreadsheets run what begins as a formula; some take the signs
    of full width, as they are typed in East Asia, for the plain ones.
    """
    formula = isinstance(value, str) and value.lstrip()[:1] in tuple("=+-@\uff1d\uff0b\uff0d\uff20")
    return f"'{value}" if formula else value
