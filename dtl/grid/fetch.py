"""One FITS file by HTTP: resumed where it stood, tried again where that may help, checked at the end."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from astropy.io import fits

from dtl import __version__
from dtl.spectrum import UnusableInput

__all__ = ["fetch", "is_complete", "part_of"]

#: Seconds before each new attempt.
PAUSES = (1.0, 5.0, 20.0)
_TIMEOUT = 30.0
_CHUNK = 1 << 18
_AGENT = f"dtl/{__version__} (stellar parameters of M dwarfs; one connection at a time)"


class _TryAgain(Exception):
    """A failure that may pass; the message says what happened."""


def part_of(file: Path) -> Path:
    """Where a file lies while it is fetched."""
    return file.with_name(f"{file.name}.part")


def fetch(url: str, file: Path, report: Callable[[float, str], None]) -> None:
    """Fetch a file, or the rest of it.

    Args:
        url: address of the file.
        file: where it goes; what is not complete yet lies beside it, as ``.part``.
        report: called with the fraction done, and a text where something went wrong.

    Raises:
        UnusableInput: where the server cannot be reached, does not have the file, or fails again and again.
        OSError: where the file cannot be written, and only then.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    part = part_of(file)
    for pause in (*PAUSES, None):
        try:
            if not is_complete(part):
                _receive(url, part, report)
            if is_complete(part):
                part.replace(file)
                return
            part.unlink()
            raise _TryAgain("what came is no complete FITS file, as where a login page or a proxy answers")
        except _TryAgain as error:
            if pause is None:
                raise UnusableInput(
                    f"{url}: not fetched in {len(PAUSES) + 1} attempts ({error}), the server or the network has a "
                    "problem; run the command again later, it goes on from here."
                ) from error
            report(0.0, f"{error}; next attempt in {pause:.0f} s")
            time.sleep(pause)


def _receive(url: str, part: Path, report: Callable[[float, str], None]) -> None:
    """Append to a partial file what is missing of it, or write it anew where the server sends all."""
    have = part.stat().st_size if part.exists() else 0
    with _open(url, have, part) as response:
        start = have if response.status == 206 else 0
        if start and not response.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
            part.unlink()
            raise _TryAgain("the server resumed at another place than asked for")
        length = response.headers.get("Content-Length")
        total = None if length is None else start + int(length)
        done = start
        with part.open("ab" if start else "wb") as stream:
            for chunk in _chunks(response):
                stream.write(chunk)
                done += len(chunk)
                report(done / total if total else 0.0, "")
    if total is not None and done != total:
        raise _TryAgain(f"{done:,} of {total:,} bytes came")


def _open(url: str, have: int, part: Path) -> HTTPResponse:
    headers = {"User-Agent": _AGENT} | ({"Range": f"bytes={have}-"} if have else {})
    try:
        return urlopen(Request(url, headers=headers), timeout=_TIMEOUT)
    except HTTPError as error:
        error.close()
        if error.code == 416:  # longer than the file on the server
            part.unlink(missing_ok=True)
        if error.code in (408, 416, 429) or error.code >= 500:
            raise _TryAgain(f"the server answered {error.code} {error.reason}") from error
        raise UnusableInput(
            f"{url}: the server does not give this file ({error.code} {error.reason}); either the address is not that "
            "of the folder HiResFITS, find it in a browser and give it with --server, or the library lacks this node, "
            "narrow the domain in the config."
        ) from error
    except (OSError, HTTPException) as error:
        reason = error.reason if isinstance(error, URLError) else error
        if isinstance(reason, TimeoutError | ConnectionResetError | HTTPException):
            raise _TryAgain(str(reason) or type(reason).__name__) from error
        raise UnusableInput(
            f"{url}: the server cannot be reached ({reason}), probably this computer is offline or behind a firewall; "
            "connect it and run the command again, it goes on from here, or give another address with --server."
        ) from error


def _chunks(response: HTTPResponse) -> Iterator[bytes]:
    while True:
        try:
            chunk = response.read(_CHUNK)
        except (OSError, HTTPException) as error:
            raise _TryAgain(f"the connection broke: {error}") from error
        if not chunk:
            return
        yield chunk


def is_complete(file: Path) -> bool:
    """Whether a file is FITS in whole blocks, and as long as its headers say."""
    if not file.is_file() or file.stat().st_size % 2880:
        return False
    try:
        with file.open("rb") as stream, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # astropy warns of a truncated file
            if stream.read(6) != b"SIMPLE":
                return False
            with fits.open(file) as hdus:
                last = [hdu.fileinfo() for hdu in hdus][-1]
    except Exception:  # astropy raises many kinds for a broken file
        return False
    return last["datLoc"] + last["datSpan"] <= file.stat().st_size
