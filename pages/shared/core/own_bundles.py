"""Trained networks of this visit alone: adapted in it, or loaded from a file. They end with the visit.

They stand in ``st.session_state["networks"]`` by name. A name is never that of a bundle of the program, and is never
given twice in a visit, so that a result always names the networks that gave it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

import streamlit as st

from dtl.spectrum import UnusableInput
from pages.shared.core import session

if TYPE_CHECKING:
    from dtl.bundle.model import ModelBundle

__all__ = ["MOST", "digests", "forget", "keep", "load", "new_name", "others", "reanalyse", "users"]

#: Bundles that one visit may keep: each takes some 20 to 60 MB of the server's memory.
MOST = 3


def new_name(wanted: str) -> str:
    """The name that a new bundle gets: as wanted, with a number where it was given before."""
    from dtl.bundle.zip_file import free_name

    return free_name(wanted, {*session.shipped(), *st.session_state.get("network-names", ())})


def keep(bundle: ModelBundle) -> str:
    """Keep a bundle for this visit; returns its name.

    Raises:
        UnusableInput: where the visit keeps as many as it may.
    """
    own = session.own_bundles()
    if len(own) >= MOST:
        raise UnusableInput(f"This visit keeps {MOST} sets of networks already; forget one of them first.")
    # What is drawn of a bundle is kept for all visits by its name, so another visit's networks must not have it too.
    mark = _digest(bundle)[:6]
    name = new_name(bundle.name if bundle.name.endswith(f"-{mark}") else f"{bundle.name}-{mark}")
    bundle = _sharing(replace(bundle, card=bundle.card | {"name": name}))
    st.session_state["network-names"] = {*st.session_state.get("network-names", ()), name}
    st.session_state["networks"] = own | {name: bundle}
    return name


def load(data: bytes, file: str) -> str:
    """Keep the bundle in a zip file for this visit; returns its name.

    Raises:
        UnusableInput: where it cannot be used, or where the visit keeps as many as it may.
    """
    from dtl.bundle.zip_file import unpack

    if len(session.own_bundles()) >= MOST:
        raise UnusableInput(f"{file} was not loaded: this visit keeps {MOST} sets of networks; forget one first.")
    return keep(unpack(data, file))


def users(name: str) -> int:
    """How many results of this visit come from a bundle."""
    return len(digests(name))


def digests(name: str) -> list[str]:
    """Of the files whose results come from a bundle."""
    return [d for d, result in st.session_state["results"].items() if result.bundle.rpartition(" ")[0] == name]


def others(name: str) -> list[str]:
    """Digests of the files that were prepared as for this bundle, but analysed with another one."""
    known, resolution = session.bundles(), session.bundle(name).resolution
    found = st.session_state["results"].items()
    names = {digest: result.bundle.rpartition(" ")[0] for digest, result in found}
    return [digest for digest, other in names.items() if other != name and known.get(other) == resolution]


def reanalyse(digests: Sequence[str], name: str | None) -> list[str]:
    """Analyse files again with a bundle, or by their resolution; what fails keeps its result and gives a sentence."""
    shown = st.session_state["selected"]
    problems = [session.reread(digest, bundle=name) for digest in digests if digest in st.session_state["uploads"]]
    st.session_state["selected"] = shown
    return [problem for problem in problems if problem]


def forget(name: str) -> None:
    """Forget a bundle that no result comes from."""
    if not users(name):
        st.session_state["networks"] = {key: own for key, own in session.own_bundles().items() if key != name}


def _digest(bundle: ModelBundle) -> str:
    """sha256 of what gives a bundle's answers."""
    networks = (bundle.observed_encoder, bundle.autoencoder, *(m for of in bundle.regressors.values() for m in of))
    digest = sha256(bundle.latents.tobytes())
    for network in networks:
        for value in network.state_dict().values():
            digest.update(value.numpy().tobytes())
    return digest.hexdigest()


def _sharing(bundle: ModelBundle) -> ModelBundle:
    """The bundle, with the decoder of the program's where it is the same: it need not be held twice."""
    import torch

    mine = bundle.autoencoder.state_dict()
    for name, resolution in session.shipped().items():
        if resolution != bundle.resolution:
            continue
        theirs = session.bundle(name).autoencoder.state_dict()
        if mine.keys() == theirs.keys() and all(torch.equal(value, theirs[key]) for key, value in mine.items()):
            return replace(bundle, autoencoder=session.bundle(name).autoencoder)
    return bundle
