"""The bundles of a visit: those that come with the program, and its own, adapted in it or loaded from a file.

Its own end with the visit. The name of one is never that of a bundle of the program, and is never given twice in a
visit, so that a result always names the networks that gave it.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

import streamlit as st

from dtl.readers import limits
from dtl.result import InferenceResult
from dtl.spectrum import UnusableInput
from dtl.wavelengths import Window
from pages.shared.core import apart, holding, visit

if TYPE_CHECKING:
    from hashlib import _Hash

    from dtl.bundle.model import ModelBundle
    from dtl.inference.interpolation import NodeSpectra

__all__ = [
    "available",
    "candidates",
    "digests",
    "find_bundle",
    "forget",
    "free_name",
    "full",
    "keep",
    "load",
    "name_of",
    "node_spectra",
    "of_result",
    "others",
    "own",
    "reading_windows",
    "same_bundle",
    "shipped",
    "shipped_windows",
    "windows",
]

#: What stands in a card of the files it lies with.
_OF_THE_FILES = {"name", "format", "sha256"}


@st.cache_data(show_spinner=False)
def shipped() -> dict[str, float]:
    """The bundles that come with the program: name -> lambda/FWHM of its spectra."""
    from dtl.bundle.shipped import shipped_resolutions

    return shipped_resolutions()


@st.cache_data(show_spinner=False)
def shipped_windows() -> dict[str, Window]:
    """The bundles that come with the program: name -> window that their networks look at."""
    from dtl.bundle import shipped as program

    return program.shipped_windows()


def reading_windows(name: str | None) -> tuple[Window, ...]:
    """The windows that a file may be read for: that of a bundle by its name, or of all that need not be asked for."""
    from dtl.bundle.selector import BundleSelector

    return BundleSelector(find_bundle, *candidates(), name).windows


def candidates() -> tuple[dict[str, float], dict[str, Window]]:
    """The bundles that a file may be given without being asked for: name -> lambda/FWHM, and name -> window.

    Those of a visit are asked for by name, unless they are the only ones that know a window.
    """
    resolutions, of_program = shipped(), shipped_windows()
    alone = {name: bundle for name, bundle in own().items() if bundle.window not in of_program.values()}
    return (
        resolutions | {name: bundle.resolution for name, bundle in alone.items()},
        of_program | {name: bundle.window for name, bundle in alone.items()},
    )


def windows() -> list[str]:
    """The windows of the bundles that can be chosen from, in words, each once."""
    every = [*shipped_windows().values(), *(bundle.window for bundle in own().values())]
    return [str(window) for window in dict.fromkeys(every)]


def own() -> dict[str, ModelBundle]:
    """The bundles of this visit alone, by name."""
    return dict(visit.current().own_bundles)


def available() -> dict[str, float]:
    """The bundles that can be chosen from: name -> lambda/FWHM of its spectra."""
    return shipped() | {name: bundle.resolution for name, bundle in own().items()}


def find_bundle(name: str) -> ModelBundle:
    """A bundle by its name."""
    mine = own()
    return mine[name] if name in mine else _load_shipped(name)


@st.cache_resource(max_entries=3, show_spinner="Loading the networks …")
def _load_shipped(name: str) -> ModelBundle:
    """A bundle that comes with the program, loaded once for all visits."""
    import torch

    from dtl.bundle.store import load_bundle

    torch.set_num_threads(1)  # one spectrum gains nothing from more, and visits would fight for the cores
    return load_bundle(name)


def node_spectra(name: str) -> NodeSpectra:
    """The decoded models of a bundle, by its name."""
    mine = own().get(name)
    if mine is not None:  # adapted networks keep the decoder of those they come from
        of_program = (n for n, resolution in shipped().items() if resolution == mine.resolution)
        name = next((n for n in of_program if find_bundle(n).autoencoder is mine.autoencoder), name)
    return _node_spectra(name)


@st.cache_resource(max_entries=2, show_spinner=False)
def _node_spectra(name: str) -> NodeSpectra:
    from dtl.inference.interpolation import node_spectra as decode_nodes

    return decode_nodes(find_bundle(name))


def name_of(result: InferenceResult) -> str:
    """Name of the bundle that gave a result, which names it with its version."""
    return result.bundle.rpartition(" ")[0]


def of_result(result: InferenceResult) -> ModelBundle:
    """The bundle that gave a result."""
    return find_bundle(name_of(result))


def same_bundle(result: InferenceResult) -> tuple[list[InferenceResult], list[InferenceResult]]:
    """The results of this visit that come from the bundle of ``result``, and the others."""
    every = list(visit.current().results.values())
    return [r for r in every if r.bundle == result.bundle], [r for r in every if r.bundle != result.bundle]


def digests(name: str) -> list[str]:
    """Of the files whose results come from a bundle."""
    return [digest for digest, result in visit.current().results.items() if name_of(result) == name]


def others(name: str) -> list[str]:
    """Digests of the files that were prepared as for this bundle, but analysed with another one."""
    known, bundle = available(), find_bundle(name)
    return [
        digest
        for digest, result in visit.current().results.items()
        if name_of(result) != name
        and known.get(name_of(result)) == bundle.resolution
        and result.prepared.window == bundle.window
    ]


def free_name(wanted: str) -> str:
    """The name that a new bundle gets: as wanted, with a number where it was given before."""
    from dtl.bundle.zip_file import free_name

    return free_name(wanted, {*shipped(), *visit.current().bundle_names})


def keep(bundle: ModelBundle) -> str:
    """Keep a bundle for this visit; returns its name.

    Raises:
        UnusableInput: where the visit keeps as many as it may.
    """
    _check_room(bundle.name)
    holding.check(bundle.name, holding.networks_size(bundle))
    # What is drawn of a bundle is kept for all visits by its name, so another visit's networks must not have it too.
    mark = _digest(bundle)[:6]
    name = free_name(bundle.name if bundle.name.endswith(f"-{mark}") else f"{bundle.name}-{mark}")
    bundle = _sharing(replace(bundle, card=bundle.card | {"name": name}))
    visit.change(own_bundles=own() | {name: bundle}, bundle_names=visit.current().bundle_names | {name})
    holding.note()
    return name


def load(data: bytes, file: str) -> str:
    """Keep the bundle in a zip file for this visit; returns its name.

    Raises:
        UnusableInput: where it cannot be used, or where the visit keeps as many as it may.
    """
    from dtl.bundle.zip_file import unpack
    from dtl.isolation.checks import check_bundle

    _check_room(file)
    holding.check(file, len(data))
    if apart.running():  # what is odd about it does no harm there
        apart.call(file, check_bundle, data, file)
    return keep(unpack(data, file))


def forget(name: str) -> None:
    """Forget a bundle that no result comes from."""
    if not digests(name):
        visit.change(own_bundles={key: bundle for key, bundle in own().items() if key != name})
        holding.note()


def full() -> bool:
    """Whether the visit keeps as many bundles of its own as it may: each takes 20 to 60 MB of the server's memory."""
    return len(own()) >= limits.most("visit_networks")


def _check_room(name: str) -> None:
    if full():
        raise limits.refusal("visit_networks", lambda words: UnusableInput(f"{name} {words}"))


def _digest(bundle: ModelBundle) -> str:
    """sha256 of all that is in a bundle, but for its name and what is written into the card with its files."""
    digest = sha256()
    _feed(digest, replace(bundle, card={key: bundle.card[key] for key in bundle.card if key not in _OF_THE_FILES}))
    return digest.hexdigest()


def _feed(digest: _Hash, value: object) -> None:
    """Add a value to a digest: arrays and networks by their numbers, collections and dataclasses part by part."""
    if hasattr(value, "state_dict"):
        value = {key: tensor.cpu().numpy() for key, tensor in value.state_dict().items()}
    elif is_dataclass(value):
        value = {part.name: getattr(value, part.name) for part in fields(value)}
    if isinstance(value, dict):
        for key in sorted(value, key=str):
            digest.update(f"{key}:".encode())
            _feed(digest, value[key])
    elif isinstance(value, list | tuple):
        digest.update(f"{len(value)} of".encode())
        for part in value:
            _feed(digest, part)
    elif hasattr(value, "tobytes"):
        digest.update(f"{value.dtype}{value.shape}".encode() + value.tobytes())
    else:
        digest.update(repr(value).encode())


def _sharing(bundle: ModelBundle) -> ModelBundle:
    """The bundle, with the decoder of the program's where it is the same: it need not be held twice."""
    import torch

    mine = bundle.autoencoder.state_dict()
    for name, resolution in shipped().items():
        if resolution != bundle.resolution:
            continue
        theirs = find_bundle(name).autoencoder.state_dict()
        if mine.keys() == theirs.keys() and all(torch.equal(value, theirs[key]) for key, value in mine.items()):
            return replace(bundle, autoencoder=find_bundle(name).autoencoder)
    return bundle
