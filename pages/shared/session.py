"""What the pages of one visit share: the bundles, the spectra and which of them is shown.

``st.session_state`` holds, each keyed by the sha256 of the file:

- ``results``: `dtl.result.InferenceResult`, in the order of arrival;
- ``uploads``: `Upload` of every file, so that a guess can be changed;
- ``failures``: one sentence for each file that cannot be used;
- ``awaited``: `dtl.saved_session.SavedSpectrum` of a restored session whose file is not at hand;

and ``selected``, the digest of the spectrum shown, and ``example``, the digest of the example that stands in until
something is chosen. Uploads are analysed at once, since a page that is left forgets them.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from dtl.readers.options import ReadOptions
from dtl.result import InferenceResult
from dtl.spectrum import UnusableInput

__all__ = [
    "Example",
    "Upload",
    "add",
    "bundle",
    "bundle_of",
    "bundles",
    "dark",
    "examples",
    "label",
    "plain",
    "remove",
    "reread",
    "same_models",
    "selected",
    "start",
    "vsini_limit",
]

EXAMPLES = Path(__file__).resolve().parents[2] / "assets" / "examples"
#: Bytes of uploads kept in one visit.
MOST_BYTES = 400 * 2**20

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Example:
    """A simulated observation that comes with the app."""

    file: str
    title: str
    text: str

    def read(self) -> bytes:
        """Its bytes."""
        return (EXAMPLES / self.file).read_bytes()


class Upload(NamedTuple):
    """A file, and the user's word on it.

    Attributes:
        name: of the file.
        data: its bytes.
        options: of its reading.
        bundle: name of the bundle that was asked for, None for that of the resolution.
    """

    name: str
    data: bytes
    options: ReadOptions = ReadOptions()
    bundle: str | None = None


@st.cache_data(show_spinner=False)
def examples() -> list[Example]:
    """The examples, empty where none are installed."""
    index = EXAMPLES / "index.json"
    if not index.is_file():
        return []
    return [Example(row["file"], row["title"], row["text"]) for row in json.loads(index.read_text())]


@st.cache_data(show_spinner=False)
def bundles() -> dict[str, float]:
    """The bundles that can be chosen from: name -> lambda/FWHM of its spectra."""
    from dtl.bundle import shipped_resolutions

    return shipped_resolutions()


@st.cache_resource(max_entries=3, show_spinner="Loading the networks …")
def bundle(name: str):
    """A bundle by its name, loaded once for all visits."""
    import torch

    from dtl.bundle import load_bundle

    torch.set_num_threads(1)  # one spectrum gains nothing from more, and visits would fight for the cores
    return load_bundle(name)


def bundle_of(result: InferenceResult):
    """The bundle that gave a result, which names it with its version."""
    return bundle(result.bundle.rpartition(" ")[0])


def same_models(result: InferenceResult) -> tuple[list[InferenceResult], list[InferenceResult]]:
    """The results of this visit that come from the bundle of ``result``, and the others."""
    every = list(st.session_state["results"].values())
    return [r for r in every if r.bundle == result.bundle], [r for r in every if r.bundle != result.bundle]


def vsini_limit(result: InferenceResult) -> float:
    """The v sin i in km/s below which the bundle of a result gives upper limits."""
    from dtl.outliers import vsini_limit

    return vsini_limit(bundle_of(result).resolution)


@st.cache_resource(max_entries=32, show_spinner=False)
def _analyse_example(file: str, options: ReadOptions, wanted: str | None) -> InferenceResult:
    return _analyse(Upload(file, (EXAMPLES / file).read_bytes(), options, wanted))


def _analyse(upload: Upload) -> InferenceResult:
    from dtl.choice import ByResolution
    from dtl.pipeline import analyse

    choice = ByResolution(bundle, bundles(), upload.bundle)
    return analyse(upload.data, name=upload.name, options=upload.options, bundle=choice)


def _answer(upload: Upload) -> InferenceResult | str:
    """The result, or one sentence that says why there is none."""
    name = upload.name
    try:
        if any(name == example.file and upload.data == example.read() for example in examples()):
            return _analyse_example(name, upload.options, upload.bundle)
        return _analyse(upload)
    except UnusableInput as error:
        return str(error)
    except Exception as error:
        _log.exception("analysis of %s failed", name)
        return (
            f"{name} could not be analysed because of an unexpected problem ({type(error).__name__}); try another file."
        )


def start() -> None:
    """Make sure that the shared state exists and that there is a spectrum to show, before any page runs."""
    state = st.session_state
    for key in ("results", "uploads", "failures"):
        if key not in state:
            state[key] = {}
    if not state["results"] and examples() and state.get("example") is None:
        first = examples()[0]
        state["example"] = add([(first.file, first.read())]) or ""
    _open_linked_example()
    if state.get("selected") not in state["results"]:
        state["selected"] = next(iter(state["results"]), None)


def _open_linked_example() -> None:
    """Open the example that the address names; let the address name the one that is shown."""
    from pages.shared import links

    upload = st.session_state["uploads"].get(st.session_state.get("selected"))
    known = {example.file: example for example in examples()}
    shown = upload.name if upload and upload.name in known and upload.data == known[upload.name].read() else None
    if asked := links.example(list(known), shown):
        add([(asked, known[asked].read())])


def add(files: Iterable[tuple[str, bytes]]) -> str | None:
    """Analyse files, keep the good ones and the sentences about the others; give the digest of the last good one."""
    from dtl.readers import SIZE_LIMIT

    state = st.session_state
    results, uploads, failures = {}, {}, {}
    kept = sum(len(upload.data) for upload in state["uploads"].values())
    for name, data in files:
        digest = sha256(data).hexdigest()
        upload = _as_saved(digest, Upload(name, data))
        if len(data) > SIZE_LIMIT:  # refused by the reader, and not kept
            failures[digest] = str(_answer(upload))
            continue
        kept += len(data)
        if kept > MOST_BYTES:
            failures[digest] = (
                f"{name} was not read: this visit holds {MOST_BYTES >> 20} MB already; remove a spectrum first."
            )
            continue
        uploads[digest] = upload
        answer = _answer(upload)
        (failures if isinstance(answer, str) else results)[digest] = answer
    if results and (example := state.get("example")):
        if example not in results:
            _forget(example)
        state["example"] = None
    _welcome(results, uploads)
    old_failures = {digest: text for digest, text in state["failures"].items() if digest not in uploads}
    state["uploads"] = state["uploads"] | uploads
    state["failures"] = old_failures | failures
    state["results"] = {d: r for d, r in state["results"].items() if d not in uploads} | results
    last = next(reversed(results), None)
    if last:
        state["selected"] = last
    return last


def _as_saved(digest: str, upload: Upload) -> Upload:
    """A file with the options that a restored session has for it."""
    saved = st.session_state.get("awaited", {}).get(digest)
    return upload._replace(options=saved.options, bundle=saved.bundle) if saved else upload


def _welcome(results: dict[str, InferenceResult], uploads: dict[str, Upload]) -> None:
    """Take spectra that are back from those awaited, and tell what is not as it was saved."""
    from dtl.saved_session import departure

    state = st.session_state
    awaited = state.get("awaited", {})
    if not awaited:
        return
    notes = [departure(awaited[d].row, r.row()) for d, r in results.items() if d in awaited and awaited[d].row]
    rest = {digest: spectrum for digest, spectrum in awaited.items() if digest not in uploads}
    names = {spectrum.file for spectrum in rest.values()}
    notes += [
        f"{upload.name} is not the file that the saved session knows by this name: its content is another. It was "
        "analysed as a new spectrum, and the saved one is awaited still."
        for digest, upload in uploads.items()
        if digest not in awaited and upload.name in names
    ]
    state["awaited"] = rest
    state["restore-notes"] = [*state.get("restore-notes", []), *filter(None, notes)]


def reread(digest: str, **changes: object) -> str | None:
    """Read one file again with other options; where that fails the earlier reading stays and a sentence is given.

    Args:
        digest: of the file.
        changes: fields of `dtl.readers.options.ReadOptions`, or ``bundle``, the name of the bundle that is wanted.
    """
    state = st.session_state
    upload: Upload = state["uploads"][digest]
    if "bundle" in changes:
        upload = upload._replace(bundle=changes.pop("bundle"))
    upload = upload._replace(options=replace(upload.options, **changes))
    answer = _answer(upload)
    if isinstance(answer, str):
        return answer
    state["uploads"] = state["uploads"] | {digest: upload}
    state["failures"] = {d: text for d, text in state["failures"].items() if d != digest}
    state["results"] = state["results"] | {digest: answer}
    state["selected"] = digest
    return None


def remove(digest: str) -> None:
    """Forget a spectrum or a failure; without any spectrum left the example comes back."""
    _forget(digest)
    if not st.session_state["results"]:
        st.session_state["example"] = None


def _forget(digest: str) -> None:
    for key in ("results", "uploads", "failures"):
        st.session_state[key] = {d: value for d, value in st.session_state[key].items() if d != digest}


def selected() -> InferenceResult | None:
    """The result to show, None where there is none."""
    return st.session_state["results"].get(st.session_state["selected"])


def label(result: InferenceResult, *, short: bool = False) -> str:
    """Name of a spectrum for lists, without markup: star and (not if ``short``) file, and that it is simulated."""
    spectrum = result.prepared.spectrum
    name = spectrum.star or spectrum.file
    if spectrum.star and not short:
        name += f" ({spectrum.file})"
    simulated = ""
    if spectrum.simulated and "simulated" not in name.lower():
        simulated = " (simulated)" if short else " · simulated observation"
    return "".join(c for c in name if c.isprintable())[:100] + simulated


def plain(text: object) -> str:
    """Text from a file, to be shown as it is where Markdown is understood."""
    printable = "".join(c if c.isprintable() else " " for c in str(text))[:400]
    return "".join("\\" + c if c in r"\`*_{}[]()#+-.!|~$:<>&^=@/" else c for c in printable)


def dark() -> bool:
    """Whether the page is shown dark."""
    return st.context.theme.type == "dark"
