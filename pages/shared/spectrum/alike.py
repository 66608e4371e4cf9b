"""The other files of a visit read as the one on show: what was stated of one is often true of all of a night."""

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
        tried: digest and what was stated, of files that cannot be read so.
    """

    problems: tuple[str, ...] = ()
    tried: frozenset[tuple[str, tuple[object, ...]]] = frozenset()


def the_others(digest: str) -> None:
    """A button that reads the other files as this one, where they are read otherwise; nothing where none is."""
    now, last = visit.current(), visit.kept(Alike)
    mine = _stated(now.uploads[digest])
    tried = {key for key, stated in last.tried if stated == _known(mine)}
    others = [key for key in (*now.own, *now.failures) if key not in tried and _is_other(key, mine)]
    if others:
        many = f"the other {len(others)} files" if len(others) > 1 else "the other file"
        said = [f"{_SHARED[name]}: {_words(value)}" for name, value in mine.items() if value is not None]
        pressed = st.button(
            f"Read {many} the same way", key=f"alike-{digest}", icon=":material/stacks:",
            help=f"With {listed(said)}; all else" * bool(said) + "All" * (not said) + " as the program reads it.",
        )  # fmt: skip
        if pressed:
            _read(others, mine)
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


def _is_other(digest: str, stated: dict[str, object]) -> bool:
    """Whether something else was stated of a file than this."""
    upload = visit.current().uploads.get(digest)
    return upload is not None and _stated(upload) != stated


def _known(stated: dict[str, object]) -> tuple[object, ...]:
    return tuple(stated.values())


def _words(value: object) -> str:
    return f"{value:,.0f}" if isinstance(value, float) else str(value)


def _read(digests: list[str], changes: dict[str, object]) -> None:
    bar = st.progress(0.0, "Reading and analysing …")

    def progress(number: int, name: str) -> None:
        bar.progress(number / len(digests), f"{number + 1} of {len(digests)}: {wording.plain(name)}")

    refused = visit.current().failures  # whose sentences are on the page already
    problems = uploads.reanalyse(digests, progress, **changes)
    tried = {(digest, _known(changes)) for digest in digests if _is_other(digest, changes)}
    visit.keep(Alike(tuple(problem for problem in problems if problem not in refused.values()), frozenset(tried)))
    st.rerun()
