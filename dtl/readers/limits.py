"""How much is taken of a file and of a visit: each limit with its number and the sentence on what is beyond it.

A file may come from a stranger, and a few kilobytes can ask for hours or for all memory there is. The numbers leave
several times what the largest spectrum needs that is known here. Each can be set by an environment variable,
``DTL_MAX_`` and its name, as ``DTL_MAX_HDUS=2000``, before the program starts.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dtl.spectrum import UnusableInput

__all__ = ["LIMITS", "Limit", "check", "limits_of", "most", "refusal"]


@dataclass(frozen=True)
class Limit:
    """The most that is taken of something.

    Attributes:
        most: the number.
        sentence: what is said of a file with more; it goes on after the file's name, ``{found}`` and ``{most}`` stand
            for numbers. Empty where what is beyond the limit waits.
    """

    most: int
    sentence: str = ""


def _cores() -> int:
    """How many processors this program may run on; a container's quota of their time is not among what it tells."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


_CUT = "give one exposure, or cut it to the window of the networks and some 50 Å on each side."
_LARGE = "and the limit is {most}, so it is hardly a single spectrum; " + _CUT
_BYTES = {
    "file_bytes", "fits_bytes", "text_bytes", "yaml_bytes", "worker_bytes", "visit_bytes", "held_bytes",
    "waiting_bytes", "session_bytes", "adaptation_bytes",
}  # fmt: skip
_DEFAULTS = {
    "file_bytes": Limit(200_000_000, "has {found} " + _LARGE),
    "fits_bytes": Limit(
        200_000_000, "unpacks to more than the limit of {most}, so it is hardly a single spectrum; " + _CUT
    ),
    "text_bytes": Limit(
        50_000_000,
        "unpacks to more than the limit of {most} of text, so it is hardly a single spectrum; " + _CUT,
    ),
    "yaml_bytes": Limit(
        200_000,
        "has {found} of metadata above its table and the limit is {most}, probably because data were written there; "
        "write the table with less.",
    ),
    "yaml_aliases": Limit(
        10, "repeats parts of its metadata {found} times by reference, as no table needs; write them out or leave them."
    ),
    "yaml_depth": Limit(50, "has metadata nested {found} deep, as no table needs; write them flat."),
    "lines": Limit(750_000, "has {found} lines " + _LARGE),
    "line_length": Limit(
        20_000, "has a line of {found} letters and the limit is {most}, so it is hardly a table; write one row a pixel."
    ),
    "columns": Limit(
        250, "has {found} columns and the limit is {most}, so it is hardly a single spectrum; leave out the others."
    ),
    "elements": Limit(
        20_000,
        "has {found} tags of XML beside those of its rows and the limit is {most}, so they hardly describe a spectrum; "
        "write it with fewer parameters, groups and notes.",
    ),
    "attributes": Limit(
        100_000,
        "has {found} attributes in tags of XML and the limit is {most}, so they hardly describe a spectrum; write it "
        "with fewer.",
    ),
    "cells": Limit(1_500_000, "has {found} cells in tables of XML " + _LARGE),
    "ragged_cells": Limit(
        100_000,
        "has {found} table cells of variable length and the limit is {most}, so single numbers were probably written "
        "as lists; write one number to a cell.",
    ),
    "hdus": Limit(
        1_000,
        "has more than {most} FITS extensions, so it is hardly a single spectrum; give the extensions of one exposure.",
    ),
    "cards": Limit(
        50_000,
        "has more than {most} cards in its FITS headers, so they hardly describe a spectrum; write it with fewer.",
    ),
    "continued": Limit(
        2_000,
        "goes on over more than {most} CONTINUE cards in its FITS headers, so their text hardly describes a spectrum; "
        "write it shorter.",
    ),
    "values": Limit(
        5_000_000,
        "has an array of {found} values and the limit is {most}; give an extracted spectrum, not a raw frame or a "
        "cube.",
    ),
    "all_values": Limit(30_000_000, "has arrays of more than {most} values together; give a single spectrum."),
    "worker_bytes": Limit(
        1_000_000_000, "needs more than {most} of memory, so it is hardly a single spectrum; " + _CUT
    ),
    "worker_seconds": Limit(20, "takes more than {most} s to read, so it is hardly a single spectrum; " + _CUT),
    "pixels": Limit(
        200_000,
        "has {found} pixels around the window of the networks and the limit is {most}, far more than any spectrograph "
        "has there, so several spectra were probably put together; give one exposure.",
    ),
    "visit_files": Limit(
        2_000, "was not read: a visit holds {most} files at most; remove some first, or use the command line."
    ),
    "visit_bytes": Limit(400_000_000, "was not read: this visit holds {most} already; remove a spectrum first."),
    "held_bytes": Limit(
        4_000_000_000,
        "was not taken: this server holds {most} of files and networks for all its visits, and others have taken them; "
        "try it again in a while, or use the command line.",
    ),
    "waiting_bytes": Limit(2_000_000_000, "was not taken: the server has no room for more than {most} of uploads."),
    "visit_networks": Limit(3, "was not kept: this visit keeps {most} sets of networks; forget one first."),
    "session_bytes": Limit(
        20_000_000, "has {found}; a saved session has {most} at most; choose the file that “Save the session” gave you."
    ),
    "adaptation_bytes": Limit(
        4_000_000_000, "needs more than {most} of memory; leave out some of the spectra, and try it again."
    ),
    "adaptations": Limit(
        20, "cannot begin: {most} others wait for their turn on this machine already; try it again in a while."
    ),
    "readers_at_once": Limit(max(2, _cores())),
    "adaptations_at_once": Limit(max(1, _cores() // 2)),
    "orders": Limit(
        2_000, "holds {found} orders or spectra and the limit is {most}; give a part of them, or one after the other."
    ),
}


def limits_of(settings: Mapping[str, str]) -> dict[str, Limit]:
    """All limits, by name, as an environment sets them.

    Raises:
        UnusableInput: where a variable is no whole number above 0.
    """
    found = {}
    for name, limit in _DEFAULTS.items():
        text = settings.get(f"DTL_MAX_{name.upper()}", "").strip()
        if text and (not text.isdecimal() or int(text[:18]) < 1):
            raise UnusableInput(f"DTL_MAX_{name.upper()}={text[:40]} is no whole number above 0; mend or unset it.")
        found[name] = Limit(int(text[:18]), limit.sentence) if text else limit
    return found


LIMITS = limits_of(os.environ)


def most(name: str) -> int:
    """The most of something that is taken, by the name of its limit."""
    return LIMITS[name].most


def check(name: str, found: int, refuse: Callable[[str], UnusableInput]) -> None:
    """Make sure that there is not more of something than is taken.

    Args:
        name: of the limit.
        found: how much there is.
        refuse: makes the error of a sentence that goes on after the name of the file.

    Raises:
        UnusableInput: where there is more.
    """
    if found > most(name):
        raise refusal(name, refuse, found)


def refusal(name: str, refuse: Callable[[str], UnusableInput], found: int = 0) -> UnusableInput:
    """The error for what is beyond a limit; arguments as of `check`."""
    limit, show = LIMITS[name], _megabytes if name in _BYTES else "{:,}".format
    return refuse(limit.sentence.format(found=show(found), most=show(limit.most)))


def _megabytes(count: int) -> str:
    return f"{count / 1e6:,.0f} MB" if count >= 1e6 else f"{count / 1e3:,.0f} kB"
