"""What the pages of one visit share: the bundles, the spectra and which of them is shown.

``st.session_state`` holds, each keyed by the sha256 of the file:

- ``results``: `dtl.result.InferenceResult`, in the order of arrival;
- ``uploads``: `Upload` of every file, so that a guess can be changed; large ones lie in ``folder``;
- ``failures``: one sentence for each file that cannot be used;
- ``awaited``: `dtl.export.session.SavedSpectrum` of a restored session whose file is not at hand;

``stages``, what is kept of the analysis of the last files (`dtl.inference.analyse.Stages`); ``networks``, the
bundles of this visit by name (`pages.shared.core.own_bundles`); ``selected``, the digest of the spectrum shown, and
``example``, the digest of the example that stands in until something is chosen. Uploads are analysed at once, since
a page that is left forgets them.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

from dtl.readers.options import ReadOptions
from dtl.resources import asset
from dtl.result import InferenceResult
from dtl.spectrum import AnalysisFailed, UnusableInput

if TYPE_CHECKING:
    from dtl.bundle.model import ModelBundle
    from dtl.inference.interpolation import NodeSpectra

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
    "node_spectra",
    "own_bundles",
    "plain",
    "prepare_example",
    "remove",
    "reread",
    "same_models",
    "selected",
    "shipped",
    "start",
    "vsini_limit",
]

EXAMPLES = asset("examples")
#: Bytes of uploads kept in one visit.
MAX_BYTES = 400 * 2**20
#: Files of whose analysis the stages are kept in one visit, so that a change repeats only what depends on it.
_MAX_STAGES = 4
#: Bytes from which an upload waits in a file rather than in memory.
_MIN_BYTES_ON_DISK = 2**16

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
        content: its bytes, or where they lie as long as the visit lasts.
        options: of its reading.
        bundle: name of the bundle that was asked for, None for that of the resolution.
    """

    name: str
    content: bytes | Path
    options: ReadOptions = ReadOptions()
    bundle: str | None = None

    @property
    def data(self) -> bytes:
        """Its bytes."""
        return self.content.read_bytes() if isinstance(self.content, Path) else self.content

    @property
    def size(self) -> int:
        """Number of its bytes."""
        return self.content.stat().st_size if isinstance(self.content, Path) else len(self.content)


@st.cache_data(show_spinner=False)
def examples() -> list[Example]:
    """The examples, empty where none are installed."""
    index = EXAMPLES / "index.json"
    if not index.is_file():
        return []
    return [Example(row["file"], row["title"], row["text"]) for row in json.loads(index.read_text())]


@st.cache_data(show_spinner=False)
def shipped() -> dict[str, float]:
    """The bundles that come with the program: name -> lambda/FWHM of its spectra."""
    from dtl.bundle.shipped import shipped_resolutions

    return shipped_resolutions()


def own_bundles() -> dict[str, ModelBundle]:
    """The bundles of this visit alone, by name; see `pages.shared.core.own_bundles`."""
    return st.session_state.get("networks") or {}


def bundles() -> dict[str, float]:
    """The bundles that can be chosen from: name -> lambda/FWHM of its spectra."""
    return shipped() | {name: own.resolution for name, own in own_bundles().items()}


def bundle(name: str) -> ModelBundle:
    """A bundle by its name."""
    own = own_bundles()
    return own[name] if name in own else _load(name)


@st.cache_resource(max_entries=3, show_spinner="Loading the networks …")
def _load(name: str) -> ModelBundle:
    """A bundle that comes with the program, loaded once for all visits."""
    import torch

    from dtl.bundle.store import load_bundle

    torch.set_num_threads(1)  # one spectrum gains nothing from more, and visits would fight for the cores
    return load_bundle(name)


def node_spectra(name: str) -> NodeSpectra:
    """The decoded models of a bundle, by its name."""
    own = own_bundles().get(name)
    if own is not None:  # adapted networks keep the decoder of those they come from
        of_program = (n for n, resolution in shipped().items() if resolution == own.resolution)
        name = next((n for n in of_program if bundle(n).autoencoder is own.autoencoder), name)
    return _node_spectra(name)


@st.cache_resource(max_entries=2, show_spinner=False)
def _node_spectra(name: str) -> NodeSpectra:
    from dtl.inference.interpolation import node_spectra as decode_nodes

    return decode_nodes(bundle(name))


def bundle_of(result: InferenceResult):
    """The bundle that gave a result, which names it with its version."""
    return bundle(result.bundle.rpartition(" ")[0])


def same_models(result: InferenceResult) -> tuple[list[InferenceResult], list[InferenceResult]]:
    """The results of this visit that come from the bundle of ``result``, and the others."""
    every = list(st.session_state["results"].values())
    return [r for r in every if r.bundle == result.bundle], [r for r in every if r.bundle != result.bundle]


def vsini_limit(result: InferenceResult) -> float:
    """The v sin i in km/s below which the bundle of a result gives upper limits."""
    from dtl.inference.trust import vsini_limit

    return vsini_limit(bundle_of(result).resolution)


@st.cache_resource(max_entries=32, show_spinner=False)
def _analyse_example(file: str, options: ReadOptions, wanted: str | None) -> InferenceResult:
    return _analyse(Upload(file, (EXAMPLES / file).read_bytes(), options, wanted))


def prepare_example() -> None:
    """Analyse the example that a visit begins with, so that it is there when the first visitor comes."""
    for first in examples()[:1]:
        _analyse_example(first.file, ReadOptions(), None)


def _analyse(upload: Upload) -> InferenceResult:
    from dtl.bundle.selector import BundleSelector
    from dtl.inference.analyse import analyse

    choice = BundleSelector(bundle, shipped(), upload.bundle)  # those of a visit are used where they are asked for
    return analyse(upload.data, name=upload.name, options=upload.options, bundle=choice, stages=_stages(upload))


def _stages(upload: Upload):
    """What is kept of the last analysis of a file."""
    from dtl.inference.analyse import Stages

    kept, key = dict(st.session_state.get("stages") or {}), (upload.name, sha256(upload.data).hexdigest())
    stages = kept.pop(key, None) or Stages()
    st.session_state["stages"] = dict(list({**kept, key: stages}.items())[-_MAX_STAGES:])
    return stages


def _answer(upload: Upload) -> InferenceResult | str:
    """The result, or one sentence that says why there is none."""
    name = upload.name
    try:
        of_all = upload.bundle not in own_bundles()  # what a visit's own networks say is not shared with others
        if of_all and any(name == example.file and upload.data == example.read() for example in examples()):
            return _analyse_example(name, upload.options, upload.bundle)
        return _analyse(upload)
    except AnalysisFailed as error:
        _log.exception("analysis of %s failed", name)
        return str(error)
    except UnusableInput as error:
        return str(error)


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
    from pages.shared.core import links

    upload = st.session_state["uploads"].get(st.session_state.get("selected"))
    known = {example.file: example for example in examples()}
    shown = upload.name if upload and upload.name in known and upload.data == known[upload.name].read() else None
    if asked := links.example(list(known), shown):
        add([(asked, known[asked].read())])


def add(
    files: Iterable[tuple[str, bytes]], progress: Callable[[int, str], object] = lambda number, name: None
) -> str | None:
    """Analyse files, keep the good ones and the sentences about the others; give the digest of the last good one.

    Args:
        files: name and bytes of each.
        progress: told the number, from 0, and the name of each file before it is analysed.
    """
    from dtl.readers import SIZE_LIMIT

    state = st.session_state
    results, uploads, failures = {}, {}, {}
    kept = sum(upload.size for upload in state["uploads"].values())
    for number, (name, data) in enumerate(files):
        progress(number, name)
        digest = sha256(data).hexdigest()
        upload = _as_saved(digest, Upload(name, data))
        if len(data) > SIZE_LIMIT:  # refused by the reader, and not kept
            failures[digest] = str(_answer(upload))
            continue
        kept += len(data)
        if kept > MAX_BYTES:
            failures[digest] = (
                f"{name} was not read: this visit holds {MAX_BYTES >> 20} MB already; remove a spectrum first."
            )
            continue
        answer = _answer(upload)
        uploads[digest] = _laid_aside(digest, upload)
        (failures if isinstance(answer, str) else results)[digest] = answer
    if results:
        _end_example(results)
    _welcome(results, uploads)
    old_failures = {digest: text for digest, text in state["failures"].items() if digest not in uploads}
    state["uploads"] = state["uploads"] | uploads
    state["failures"] = old_failures | failures
    state["results"] = {d: r for d, r in state["results"].items() if d not in uploads} | results
    last = next(reversed(results), None)
    if last:
        state["selected"] = last
    return last


def _end_example(chosen: Container[str]) -> None:
    """Let the example that stands in go, unless it is itself among the chosen digests."""
    state = st.session_state
    if example := state.get("example"):
        if example not in chosen:
            _forget(example)
        state["example"] = None


def _laid_aside(digest: str, upload: Upload) -> Upload:
    """The upload with its bytes in a file, where they are many; the folder goes with the visit."""
    if upload.size < _MIN_BYTES_ON_DISK:
        return upload
    folder = st.session_state.setdefault("folder", TemporaryDirectory(prefix="dtl-"))
    path = Path(folder.name, digest)
    path.write_bytes(upload.data)
    return upload._replace(content=path)


def _as_saved(digest: str, upload: Upload) -> Upload:
    """A file with the options that a restored session has for it."""
    saved = st.session_state.get("awaited", {}).get(digest)
    if saved is None:
        return upload
    # A saved name could be a path; only what can be chosen here is taken.
    return upload._replace(options=saved.options, bundle=saved.bundle if saved.bundle in bundles() else None)


def _welcome(results: dict[str, InferenceResult], uploads: dict[str, Upload]) -> None:
    """Take spectra that are back from those awaited, and tell what is not as it was saved."""
    state = st.session_state
    awaited = state.get("awaited", {})
    if not awaited:
        return
    from dtl.export.session import departure

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
    if digest in state["failures"]:
        _end_example((digest,))
    state["uploads"] = state["uploads"] | {digest: upload}
    state["failures"] = {d: text for d, text in state["failures"].items() if d != digest}
    state["results"] = state["results"] | {digest: answer}
    state["selected"] = digest
    return None


def remove(*digests: str) -> None:
    """Forget spectra or failures; without any spectrum left the example comes back."""
    for digest in digests:
        _forget(digest)
    if not st.session_state["results"]:
        st.session_state["example"] = None


def _forget(digest: str) -> None:
    upload = st.session_state["uploads"].get(digest)
    if upload and isinstance(upload.content, Path):
        upload.content.unlink(missing_ok=True)
    for key in ("results", "uploads", "failures"):
        st.session_state[key] = {d: value for d, value in st.session_state[key].items() if d != digest}
    kept = st.session_state.get("stages") or {}
    st.session_state["stages"] = {key: value for key, value in kept.items() if key[1] != digest}


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


def plain(text: object, longest: int = 400) -> str:
    """Text from a file, to be shown as it is where Markdown is understood; at most ``longest`` characters of it."""
    printable = "".join(c if c.isprintable() else " " for c in str(text))[:longest]
    return "".join("\\" + c if c in r"\`*_{}[]()#+-.!|~$:<>&^=@/" else c for c in printable)


def dark() -> bool:
    """Whether the page is shown dark."""
    return st.context.theme.type == "dark"
