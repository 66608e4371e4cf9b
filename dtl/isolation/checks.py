"""What a process of its own does to see whether a file may be opened where it matters."""

from __future__ import annotations

__all__ = ["check_bundle"]


def check_bundle(data: bytes, file: str) -> None:
    """Open the bundle in a zip file, and let it go.

    Raises:
        UnusableInput: as `dtl.bundle.zip_file.unpack`.
    """
    from dtl.bundle.zip_file import unpack

    unpack(data, file)
