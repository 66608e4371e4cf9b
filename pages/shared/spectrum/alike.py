"""The other files of a visit read as the one on show: what was stated of one is often true of all of a night.

What a file states itself stays: a file of HPF beside texts in air is in vacuum still.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from dtl.rounding import listed
from pages.shared.core import uploads, visit, wording
from pages.shared.core.visit import Upload

__all__ = ["the_others"]

#: What may be stated of many files at once -> how it is called; columns and the spectrum of a file are its own.
_SHARED = {
    "unit": "unit of the wavelengths",
    "medium": "air or vacuum",
    "frame": "velocity frame",
    "instrument": "instrument",
    "resolution": "resolution",
    "bundle": "models",
}
#: Sentences that are shown of files that cannot be read so.
_MAX_PROBLEMS = 5


@dataclass(frozen=True)
class Alike:
    """What came of reading files as another.

    Attributes:
        problems: sentences on those that keep their earlier reading, shown once.
        tried: digest and what was to be stated, of files that cannot be read so.
    """

    problems: tuple[str, ...] = ()
    tried: frozenset[tuple[str, tuple[object, ...]]] = frozenset()


def the_others(digest: str) -> None:
    """A button that reads other files as this one, where they are read otherwise; none where nothing was stated."""
    now, last = visit.current(), visit.kept(Alike)
    mine = _stated(now.uploads[digest])
    said = [f"{_SHARED[name]}: {_words(value)}" for name, value in mine.items() if value is not None]
    others = _others(digest, mine) if said else {}
    others = {key: stated for key, stated in others.items() if (key, _known(stated)) not in last.tried}
    if others:
        one, several = ("spectrum", "spectra") if any(now.uploads[key].part for key in others) else ("file", "files")
        pressed = st.button(
            f"Read {len(others)} other {one if len(others) == 1 else several} the same way", key=f"alike-{digest}",
            icon=":material/stacks:",
            help=f"With {listed(said)}, where the file does not state it itself; all else as the program reads it.",
        )  # fmt: skip
        if pressed:
            _read(others)
    if problems := last.problems:
        visit.keep(replace(last, problems=()))
        more = [f"{len(problems) - _MAX_PROBLEMS} more files"] if len(problems) > _MAX_PROBLEMS else []
        lines = [wording.sentence(problem) for problem in problems[:_MAX_PROBLEMS]] + more
        st.error(
            "\n".join(["Not read this way, and kept as before:", "", *(f"- {line}" for line in lines)]),
            icon=":material/error:",
        )


def _stated(upload: Upload) -> dict[str, object]:
    """What was stated of a file that may hold for others too, None for what was not."""
    return {name: getattr(upload if name == "bundle" else upload.options, name) for name in _SHARED}


def _others(digest: str, mine: dict[str, object]) -> dict[str, dict[str, object]]:
    """The files that are not read as this one -> what is to be stated of each for that."""
    now, here = visit.current(), _instrument(digest)
    wanted = {
        key: _wanted(key, mine, same_instrument=_instrument(key) in ("", here))
        for key in (*now.own, *now.failures)
        if key in now.uploads
    }
    return {key: stated for key, stated in wanted.items() if stated != _stated(now.uploads[key])}


def _instrument(digest: str) -> str:
    """The spectrograph that a file states, or the user; empty where neither does."""
    result = visit.current().results.get(digest)
    found = () if result is None else result.prepared.spectrum.findings
    return next((f.value for f in found if f.name == "instrument" and f.source != "guessed"), "")


def _wanted(digest: str, stated: dict[str, object], *, same_instrument: bool) -> dict[str, object]:
    """What is to be stated of a file for it to be read as one of which this was stated, save for what it says itself.

    A resolution is that of a spectrograph, and not stated of a file from another one.
    """
    now, result = visit.current(), visit.current().results.get(digest)
    own = set() if result is None else {f.name for f in result.prepared.spectrum.findings if f.source == "file"}
    own |= set() if same_instrument else {"resolution"}
    kept = _stated(now.uploads[digest])
    return {name: kept[name] if name in own and value is not None else value for name, value in stated.items()}


def _known(stated: dict[str, object]) -> tuple[object, ...]:
    return tuple(stated.values())


def _words(value: object) -> str:
    return f"{value:,.0f}" if isinstance(value, float) else str(value)


def _read(wanted: dict[str, dict[str, object]]) -> None:
    bar = st.progress(0.0, "Reading and analysing …")
    refused = visit.current().failures  # whose sentences are on the page already
    problems, tried = [], set()
    for number, (digest, stated) in enumerate(wanted.items()):
        name = wording.plain(visit.current().uploads[digest].title)
        bar.progress(number / len(wanted), f"{number + 1} of {len(wanted)}: {name}")
        if found := uploads.reanalyse([digest], **stated):
            problems += found
            tried.add((digest, _known(stated)))
    visit.keep(Alike(tuple(problem for problem in problems if problem not in refused.values()), frozenset(tried)))
    st.rerun()
