"""A visit: what one visitor has brought, what was found in it, and what the pages keep between two runs.

It is one value in ``st.session_state["visit"]``. A change makes a new one and puts it there in one assignment, at the
end of what leads to it, since Streamlit may end a script anywhere. Beside it ``st.session_state`` holds the values of
widgets alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import streamlit as st

from dtl.readers.options import ReadOptions
from dtl.readers.parts import name_part
from dtl.result import InferenceResult

if TYPE_CHECKING:
    from tempfile import TemporaryDirectory

    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from dtl.bundle.model import ModelBundle
    from dtl.catalogue.luminosity import LuminosityInput
    from dtl.export.session import SavedSpectrum
    from dtl.inference.analyse import Stages

__all__ = ["Upload", "Visit", "change", "current", "keep", "kept", "shown"]

_KEY = "visit"
Kept = TypeVar("Kept")


class Upload(NamedTuple):
    """A file, and the user's word on it.

    Attributes:
        name: of the file.
        content: its bytes, or where they lie as long as the visit lasts.
        options: of its reading.
        bundle: name of the bundle that was asked for, None for that of the resolution.
        part: which spectrum of the file it is, where each of several was made one of the visit, see
            `dtl.readers.parts`.
    """

    name: str
    content: bytes | Path
    options: ReadOptions = ReadOptions()
    bundle: str | None = None
    part: str = ""

    @property
    def title(self) -> str:
        """What the spectrum is called."""
        return name_part(self.name, self.part)

    @property
    def data(self) -> bytes:
        """Its bytes."""
        return self.content.read_bytes() if isinstance(self.content, Path) else self.content

    @property
    def size(self) -> int:
        """Number of its bytes."""
        return self.content.stat().st_size if isinstance(self.content, Path) else len(self.content)


@dataclass(frozen=True)
class Visit:
    """The state of one visit. A digest is the sha256 of a file, with ``#`` and the part where it is one of several.

    Attributes:
        results: digest -> result, in the order of arrival.
        uploads: digest -> file, so that a guess can be changed.
        failures: digest -> one sentence for each file that cannot be used.
        selected: digest of the spectrum shown, None where there is none.
        example: digest of the example that stands in until something is chosen; empty where it could not be analysed,
            None where none stands in.
        awaited: digest -> spectrum of a restored session whose file is not at hand.
        notes: sentence on a spectrum that a restored session knows, or on a file that was here already -> its digest.
        stages: name and digest -> what is kept of the analysis of one of the last files.
        own_bundles: name -> bundle of this visit alone, see `pages.shared.core.bundles`.
        bundle_names: all names that bundles of this visit ever had.
        luminosities: digest -> luminosity that the user gave.
        stars: digest -> CARMENES identifier that the user gave, empty for none.
        uploaders: name of an uploader -> how often it was emptied.
        folder: of large files; it goes with the visit.
        waiting: uploaded files that are still to be read, see `pages.shared.core.incoming`.
        offered: name of an uploader -> identifiers of the files that it showed in the last run of its page.
        pages: type -> what a page keeps between two runs, see `kept`.
    """

    results: Mapping[str, InferenceResult] = field(default_factory=dict)
    uploads: Mapping[str, Upload] = field(default_factory=dict)
    failures: Mapping[str, str] = field(default_factory=dict)
    selected: str | None = None
    example: str | None = None
    awaited: Mapping[str, SavedSpectrum] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    stages: Mapping[tuple[str, str], Stages] = field(default_factory=dict)
    own_bundles: Mapping[str, ModelBundle] = field(default_factory=dict)
    bundle_names: frozenset[str] = frozenset()
    luminosities: Mapping[str, LuminosityInput] = field(default_factory=dict)
    stars: Mapping[str, str] = field(default_factory=dict)
    uploaders: Mapping[str, int] = field(default_factory=dict)
    folder: TemporaryDirectory | None = None
    waiting: tuple[UploadedFile, ...] = ()
    offered: Mapping[str, frozenset[str]] = field(default_factory=dict)
    pages: Mapping[type, object] = field(default_factory=dict)

    @property
    def shown(self) -> InferenceResult | None:
        """The result to show, None where there is none."""
        return self.results.get(self.selected)

    @property
    def own(self) -> Mapping[str, InferenceResult]:
        """The results without that of the example that stands in."""
        return {digest: result for digest, result in self.results.items() if digest != self.example}

    @property
    def size(self) -> int:
        """Number of bytes of its files."""
        return sum({key.partition("#")[0]: upload.size for key, upload in self.uploads.items()}.values())

    def without(self, *digests: str) -> Visit:
        """The visit without these files, and without what was found in them."""
        rest = {
            name: {digest: value for digest, value in getattr(self, name).items() if digest not in digests}
            for name in ("results", "uploads", "failures")
        }
        named = {
            (self.uploads[d].title, d.partition("#")[0]) for d in digests if d in self.uploads
        }  # parts have titles
        stages = {key: value for key, value in self.stages.items() if key not in named and key[1] not in digests}
        left = (*rest["uploads"], *rest["failures"])
        notes = {note: about for note, about in self.notes.items() if any(key.startswith(about) for key in left)}
        return replace(self, **rest, stages=stages, notes=notes)


def current() -> Visit:
    """The visit as it is now."""
    return st.session_state.get(_KEY) or Visit()


def change(**fields: object) -> Visit:
    """Put other values into fields of the visit, all at once; returns it as it is then."""
    changed = replace(current(), **fields)
    st.session_state[_KEY] = changed
    return changed


def kept(kind: type[Kept]) -> Kept:
    """What a page keeps between two runs, by its type: a frozen dataclass that can be made without arguments."""
    return current().pages.get(kind) or kind()


def keep(value: object, **fields: object) -> None:
    """Keep this in the place of what the page kept of the same type, and change fields of the visit with it."""
    change(pages={**current().pages, type(value): value}, **fields)


def shown() -> InferenceResult | None:
    """The result to show, None where there is none."""
    return current().shown
