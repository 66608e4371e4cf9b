"""Where the files lie that come with the program: `assets`, and the script of the dashboard.

The only module that knows it. In an installed package they are in the package itself (``dtl/assets``,
``dtl/dashboard``); in a checkout they stand beside it.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

__all__ = ["asset", "dashboard"]

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
