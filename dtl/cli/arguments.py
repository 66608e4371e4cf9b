"""Arguments that several commands take: numbers, places, and what a user may say of files."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dtl.readers.options import ReadOptions

__all__ = [
    "add_bundle",
    "add_reading",
    "check_installed",
    "check_output",
    "config",
    "count",
    "filled",
    "number",
    "ordinal",
    "port",
    "positive",
    "reading",
    "seed",
]


#: Of anything that is counted.
_MAX_COUNT = 1_000_000


def positive(text: str) -> float:
    """A number above 0.

    Raises:
        argparse.ArgumentTypeError: for anything else; so below.
    """
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is no positive number")
    return value


def number(text: str) -> float:
    """A finite number."""
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not abs(value) < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is no number")
    return value


def filled(text: str) -> str:
    """Text that is not empty, as a name or a path is."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty; give a name or a path")
    return text


def count(text: str) -> int:
    """A whole number above 0, of what can be done."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is no whole number above 0")
    if value > _MAX_COUNT:
        raise argparse.ArgumentTypeError(f"{text} is more than {_MAX_COUNT:,}")
    return value


def port(text: str) -> int:
    """Number of a port."""
    value = int(text) if text.isdecimal() else 0
    if not 1 <= value <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is no port, a whole number from 1 to 65535")
    return value


def ordinal(text: str) -> int:
    """A whole number from 0 on."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text} is no whole number from 0 on")
    return int(text)


def seed(text: str) -> int:
    """What starts the random numbers of numpy and torch alike."""
    if not text.isdecimal() or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(f"{text} is no whole number from 0 to 4294967295")
    return int(text)


def config(text: str) -> Path:
    """A training config: a path, or the name of one that comes with the program."""
    from dtl.resources import asset

    shipped = asset("configs", f"{text}.toml")
    return shipped if os.sep not in text and not Path(text).exists() and shipped.is_file() else Path(text)


def unit(text: str) -> str:
    """A unit of wavelengths, or of what falls as they rise."""
    from dtl.readers.words.units import parse_unit

    if parse_unit(text) is None:
        raise argparse.ArgumentTypeError(
            f"{text} is no unit of wavelengths, as Angstrom, nm, cm-1, Hz or log10(nm) are"
        )
    return text


def row(text: str) -> int | str:
    """A whole number above 0, or all."""
    return text if text == "all" else count(text)


def columns(text: str) -> tuple[str, str, str | None]:
    """Names or numbers of the columns for wavelength, flux and, if there is one, uncertainty."""
    names = [name.strip() for name in text.split(",")]
    if len(names) not in (2, 3) or not all(names[:2]):
        raise argparse.ArgumentTypeError(f"{text} does not name two or three columns, as in 1,2,3 or wave,flux,error")
    return names[0], names[1], names[2] or None if len(names) == 3 else None


def add_bundle(parser: argparse.ArgumentParser, meaning: str = "") -> None:
    """Add ``--bundle``, by default `common-r50000`; ``meaning`` is what it is for."""
    text = f"name of a shipped bundle, or a folder{meaning and '; '}{meaning} (default: %(default)s)"
    parser.add_argument("--bundle", type=filled, default="common-r50000", metavar="NAME", help=text)


def add_reading(parser: argparse.ArgumentParser) -> None:
    """Add what a user may say of the files, as in the app."""
    group = parser.add_argument_group("what the files are", "where the program's guess is wrong; for all files alike")
    group.add_argument(
        "--unit",
        type=unit,
        help="of the wavelengths, where the file lies: Angstrom, nm, um, m, cm-1, Hz, eV, log10(nm), …",
    )
    group.add_argument("--medium", choices=("vacuum", "air"), help="of the wavelengths")
    group.add_argument("--frame", choices=("observatory", "barycentric", "rest"), help="of the wavelengths")
    group.add_argument("--resolution", type=positive, help="lambda / FWHM")
    group.add_argument(
        "--instrument",
        type=filled,
        metavar="NAME",
        help="spectrograph; gives the resolution and the medium where the file does not state them",
    )
    group.add_argument("--order", type=ordinal, metavar="N", help="echelle order to use of those in the window, from 0")
    group.add_argument(
        "--columns",
        type=columns,
        metavar="W,F[,U]",
        help="columns of a table for wavelength, flux and uncertainty: names, or numbers from 1",
    )
    group.add_argument(
        "--uncertainty",
        choices=("sigma", "variance", "ivar", "percent", "relative", "snr", "none"),
        help="what the column of uncertainties holds; none leaves it aside",
    )
    group.add_argument(
        "--extension",
        type=filled,
        metavar="NAME",
        help="FITS extension or table of a VOTable with the spectrum, by its number or name",
    )
    group.add_argument(
        "--row",
        type=row,
        metavar="N|all",
        help="spectrum to use, from 1, where a file holds several; all: each of them",
    )


def reading(options: argparse.Namespace) -> ReadOptions:
    """What the user said of the files.

    Raises:
        UnusableInput: for what cannot be, as a spectrograph that is not known.
    """
    from dtl.readers.options import ReadOptions

    names = ("unit", "medium", "frame", "resolution", "columns", "uncertainty", "instrument", "order", "extension")
    row = None if options.row == "all" else options.row
    return ReadOptions(row=row, **{name: getattr(options, name) for name in names})


def check_installed(*libraries: str) -> None:
    """Make sure, before the work, that libraries are there which only some commands need.

    Raises:
        UnusableInput: where one is not.
    """
    from importlib.util import find_spec

    from dtl.spectrum import UnusableInput

    missing = [name for name in libraries if find_spec(name.replace("umap-learn", "umap")) is None]
    if missing:
        raise UnusableInput(
            f"{', '.join(missing)}: not installed, needed for this alone; run `pip install {' '.join(missing)}`."
        )


def check_output(path: str | Path, endings: Iterable[str], kind: str) -> None:
    """Make sure, before the work, that a file can be written.

    Args:
        path: of the file.
        endings: that its name may have.
        kind: what it is, as ``a table``.

    Raises:
        UnusableInput: where it cannot.
    """
    from dtl.spectrum import UnusableInput

    path, endings = Path(path), tuple(endings)
    if path.suffix.lower() not in endings:
        raise UnusableInput(f"{path} is no name for {kind}; let it end in {', '.join(endings)}.")
    reason = None
    if path.is_dir():
        reason = "there is a folder of that name"
    elif not path.parent.is_dir():
        reason = f"there is no folder {path.parent}"
    elif not os.access(path.parent, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        reason = "it may not be written"
    if reason:
        raise UnusableInput(f"{path} cannot be written ({reason}); choose another place.")
