"""A file or an upload as bytes, read within limits and recognised by its first bytes, never by its name."""

from __future__ import annotations

import gzip
import io
import os
import re
import stat
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from glob import has_magic
from pathlib import Path
from typing import TYPE_CHECKING

from dtl.readers import limits
from dtl.readers.fits_opening import open_fits
from dtl.spectrum import UnusableInput

if TYPE_CHECKING:
    import numpy as np
    from astropy.io.fits import HDUList

__all__ = ["SIZE_LIMIT", "Source", "open_source", "sanitise"]

#: Makes the error of a sentence that goes on after a file's name.
_Refuse = Callable[[str], UnusableInput]
#: Largest file, in bytes.
SIZE_LIMIT = limits.most("file_bytes")

#: A FITS file begins so; its blocks and cards have that many bytes, and no line of a text ends in the first card.
_FITS_START, _FITS_BLOCK, _FITS_CARD = b"SIMPLE  =", 2880, 80
_END_OF_LINE = re.compile(rb"[\n\r]")

#: What a text of wide letters may begin with; the longer marks begin as the shorter ones do.
_ORDER_MARKS = (
    *((mark, "utf-32") for mark in (b"\xff\xfe\0\0", b"\0\0\xfe\xff")),
    *((mark, "utf-16") for mark in (b"\xff\xfe", b"\xfe\xff")),
)
#: Encodings of wide letters, with the bytes of a letter, and at which of them a Latin letter has one that is not zero.
_WIDE = (("utf-32-le", 4, 0), ("utf-32-be", 4, 3), ("utf-16-le", 2, 0), ("utf-16-be", 2, 1))
_MIN_HEAD = 40

#: What a web page begins with, or the part of one that pandas writes.
_WEB = (b"<!doctype html", b"<html", b"<table", b"<div", b"<style")
#: A number in a table of a web page.
_WEB_NUMBER = re.compile(rb"<td[^>]{0,100}>\s{0,20}[-+]?\d")
#: Numbers of which there are more where a web page holds data.
_MANY = 20

#: Letters of a value that are looked at to show it.
_LONGEST = 2_000

#: First bytes of files that are no spectra, with what they are and what to do instead.
_FOREIGN = (
    (
        b"\x89PNG",
        "is a PNG picture whatever its name says",
        "give the FITS file or the table the picture was drawn from",
    ),
    (b"\xff\xd8\xff", "is a JPEG picture", "give the FITS file or the table the picture was drawn from"),
    (b"GIF8", "is a GIF picture", "give the FITS file or the table the picture was drawn from"),
    (b"%PDF", "is a PDF document", "give the data behind it as FITS, ECSV or text"),
    (
        b"\x89HDF",
        "is an HDF5 file (as MAROON-X writes), which is not read here",
        "write one fibre with its wavelengths as FITS, ECSV or text, as "
        "pandas.read_hdf(FILE, 'spec_red') gives them for MAROON-X",
    ),
    (b"BZh", "is compressed with bzip2", "unpack it first (gzip is understood)"),
    (b"\xfd7zXZ", "is compressed with xz", "unpack it first (gzip is understood)"),
    (b"7z\xbc\xaf", "is a 7z archive", "unpack it and give one of the spectra inside"),
    (b"Rar!", "is a RAR archive", "unpack it and give one of the spectra inside"),
    (b"\x1f\x9d", "is compressed with the old Unix compress (.Z)", "unpack it first (gzip is understood)"),
    (b"\x28\xb5\x2f\xfd", "is compressed with zstd", "unpack it first (gzip is understood)"),
    (b"PAR1", "is a Parquet table", "write it as FITS, ECSV or CSV, as pandas.read_parquet(FILE).to_csv(...) does"),
    *(
        (start, "is a Feather table", "write it as FITS, ECSV or CSV, as pandas.read_feather(FILE).to_csv(...) does")
        for start in (b"ARROW1", b"FEA1")
    ),
    (b"#ASDF", "is an ASDF file, which is not read here", "write the spectrum as FITS, ECSV or text"),
    (b"MATLAB 5.0", "is a file of MATLAB's variables", "write the spectrum as FITS, ECSV or text"),
    (b"SR\x00\x04", "is a file of IDL's variables (.sav)", "write the spectrum as FITS, ECSV or text"),
    (b"\xd0\xcf\x11\xe0", "is an old office document (.xls, .doc)", "export the table as CSV, and give that"),
    *(
        (
            bytes((128, version)),
            "is a Python pickle, which is never opened, as it may run programs",
            "write the spectrum as FITS, ECSV or text",
        )
        for version in range(2, 6)
    ),
)


@dataclass
class Source:
    """What a reader reads from.

    Attributes:
        name: of the file, for people; never used to recognise a format.
        data: its bytes, decompressed.
        compressed: whether they came out of gzip.
        arrays: images that were read already, by the identity of their extension.
        values: that were read of all arrays.
    """

    name: str
    data: bytes
    compressed: bool = False
    arrays: dict[int, np.ndarray] = field(default_factory=dict)
    values: int = 0

    def refuse(self, sentence: str) -> UnusableInput:
        """The error for a file that cannot be used; ``sentence`` goes on after the name."""
        return UnusableInput(f"{self.name} {sentence}")

    def claim(self, values: int) -> None:
        """Count the values of an array that is about to be read.

        Raises:
            UnusableInput: where it, or all arrays together, are larger than is read.
        """
        limits.check("values", values, self.refuse)
        self.values += values
        limits.check("all_values", self.values, self.refuse)

    @property
    def is_fits(self) -> bool:
        """Whether it begins as the FITS standard wants it."""
        return self.data.startswith(_FITS_START) and not _END_OF_LINE.search(self.data, 0, _FITS_CARD)

    @cached_property
    def hdus(self) -> HDUList:
        """Its FITS extensions, checked for truncation."""
        return open_fits(self.data, self.refuse)

    @cached_property
    def text(self) -> str:
        """Its content as text, empty where it is none."""
        if self.is_fits or b"\x00" in self.data:
            return ""
        try:
            text = self.data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = self.data.decode("latin-1")
        head = text[:4000]
        letters = "".join(head.split())  # all but blanks, of which a text has no strange ones
        strange = 0 if letters.isprintable() else sum(not c.isprintable() and c != "\ufeff" for c in letters)
        return "" if strange > 0.02 * len(head) else text

    def close(self) -> None:
        """Release the FITS handle, if one was opened."""
        self.arrays.clear()
        if "hdus" in self.__dict__:
            self.hdus.close()


def sanitise(value: object, length: int = 80) -> str:
    """A header value as one short printable line; what a file says is shown to people, so nothing else may pass."""
    text = "".join(c if c.isprintable() else " " for c in str(value)[:_LONGEST])
    return re.sub(r"\s+", " ", text).strip()[:length]


def open_source(source: str | os.PathLike | bytes, name: str | None = None) -> Source:
    """Read a path or take bytes, within `dtl.readers.limits`, and undo gzip.

    Args:
        source: a path, or the bytes of an upload.
        name: what to call it in messages; the name of the file, or "The upload", by default.

    Raises:
        UnusableInput: missing, a folder, unreadable, too large, empty, or of a kind that is no spectrum.
    """
    if isinstance(source, bytes | bytearray | memoryview):
        size = len(source) if not isinstance(source, memoryview) else source.nbytes
        opened = Source(sanitise(name or "The upload", 120), b"")
        limits.check("file_bytes", size, opened.refuse)
        data = bytes(source)
    else:
        path = Path(source)
        opened = Source(sanitise(name or path.name or str(path), 120), b"")
        data = _read_path(path, opened.refuse)
    if not data:
        raise opened.refuse("is empty (0 bytes), probably because a download or a copy failed; fetch the file again.")
    opened.compressed = data[:2] == b"\x1f\x8b"
    opened.data = _decompress(data, opened.refuse) if opened.compressed else data
    _check_kind(opened.data, opened.refuse)
    if not opened.is_fits:
        limits.check("text_bytes", len(opened.data), lambda words: opened.refuse(words.replace("unpacks to", "has")))
        if encoding := _wide_encoding(opened.data):
            opened.data = _narrow(opened.data, encoding)
            _check_kind(opened.data, opened.refuse)
    return opened


def _wide_encoding(data: bytes) -> str:
    """The encoding of a text with two or four bytes a letter, by the mark at its beginning or by its zeros."""
    for mark, encoding in _ORDER_MARKS:
        if data.startswith(mark):
            return encoding
    head = data[:400]
    for encoding, width, place in _WIDE:
        letters, beside = head[place::width], len(head) - len(head[place::width])
        if len(head) >= _MIN_HEAD and 0 not in letters and head.count(0) > 0.9 * beside:  # all but a few are of Latin
            return encoding
    return ""


def _narrow(data: bytes, encoding: str) -> bytes:
    """Text as UTF-8, in which all readers look for their marks; XML that names its encoding does so no more."""
    text = data.decode(encoding, errors="replace")
    return re.sub(r"""^(<\?xml[^>]{0,200}?)\sencoding\s*=\s*["'][^"'>]{0,40}["']""", r"\1", text).encode()


def _read_path(path: Path, refuse: _Refuse) -> bytes:
    """The bytes of a regular file, its size checked before the first of them is read."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            remedy = "give the files in it" if any(path.iterdir()) else "it is empty, give files of spectra"
            raise refuse(f"is a folder, not a file; {remedy}.")
        if not stat.S_ISREG(status.st_mode):
            raise refuse("is a device or a pipe, not a file; give a regular file.")
        limits.check("file_bytes", status.st_size, refuse)
        with path.open("rb") as handle:
            data = handle.read(SIZE_LIMIT + 1)  # it may have grown since
    except FileNotFoundError:
        shown = sanitise(path, 200)
        if has_magic(str(path)):
            raise refuse(
                f"was not found: as a pattern it matches no file ({shown}), probably because they are in another "
                "folder; check the path and the spelling."
            ) from None
        raise refuse(f"was not found ({shown}); check the path and the spelling.") from None
    except UnusableInput:
        raise
    except (OSError, ValueError) as error:
        words = sanitise(getattr(error, "strerror", None) or error)
        raise refuse(f"cannot be opened ({words}); check the path and the permissions.") from error
    limits.check("file_bytes", len(data), refuse)
    return data


def _decompress(data: bytes, refuse: _Refuse) -> bytes:
    """Undo gzip, stopping at the limit of what is inside: a few kilobytes can unpack to gigabytes."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as handle:
            head = handle.read(_FITS_BLOCK)
            kind = "fits_bytes" if head.startswith(_FITS_START) else "text_bytes"
            rest = handle.read(limits.most(kind) + 1 - len(head))
    except (OSError, EOFError, zlib.error) as error:
        raise refuse(
            "is a damaged gzip file, probably an interrupted download; fetch it again or unpack it first."
        ) from error
    content = head + rest
    limits.check(kind, len(content), refuse)
    if content[:2] == b"\x1f\x8b":
        raise refuse("is compressed twice with gzip; unpack it once and give that.")
    if not content:
        raise refuse("is empty once unpacked, probably because a download or a copy failed; fetch the file again.")
    return content


def _check_kind(data: bytes, refuse: _Refuse) -> None:
    """Refuse what is plainly no spectrum, saying what it is.

    Raises:
        UnusableInput: where it is.
    """
    for magic, what, remedy in _FOREIGN:
        if data.startswith(magic):
            raise refuse(f"{what}; {remedy}.")
    if data[257:262] == b"ustar":
        raise refuse("is a tar archive; unpack it and give one of the spectra inside.")
    if data.startswith(b"PK\x03\x04") and b".npy" not in data[:200]:
        raise refuse("is a ZIP archive or an office document; unpack it, or export the table as CSV, and give that.")
    head = data[:1000].lstrip().lower()
    if head.startswith(_WEB):
        if len(_WEB_NUMBER.findall(data[:100_000].lower())) > _MANY:
            raise refuse(
                "is a web page with a table of numbers, which is not read; copy the table into a text file, or "
                "export it as CSV, and give that."
            )
        raise refuse("is a web page, probably because the download asked for a login or failed; fetch the file again.")
    if head.startswith((b"<?xml", b"<votable")) and not re.search(rb"[<:]votable", data[:4000].lower()):
        raise refuse("is an XML file and no VOTable; export the spectrum as VOTable, ECSV or FITS.")
