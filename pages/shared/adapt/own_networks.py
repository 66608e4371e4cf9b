"""The networks of this visit on a page: use, download and forget them, and load others from a file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st

from dtl.bundle.card import lookup, number
from dtl.spectrum import UnusableInput
from pages.shared.adapt.sample_size import counted
from pages.shared.core import bundles, incoming, uploads, visit, wording

if TYPE_CHECKING:
    from dtl.bundle.model import ModelBundle

__all__ = ["download", "listed", "loader"]


@dataclass(frozen=True)
class Told:
    """What is to be said of the networks of a visit.

    Attributes:
        problems: of the last analysis with others, shown once.
        refusal: why the last file was not loaded, empty where it was.
        loaded: name of the networks of the last file.
    """

    problems: tuple[str, ...] = ()
    refusal: str = ""
    loaded: str = ""


def download(bundle: ModelBundle, key: str) -> None:
    """A button that writes networks to a zip file."""

    def written() -> bytes:
        from dtl.bundle.zip_file import pack

        return pack(bundle)

    st.download_button(
        "Download (zip)", written, f"{bundle.name}.zip", "application/zip", key=key, icon=":material/download:",
        on_click="ignore",
        help="Card, weights and arrays, some 20 MB. Load it here in another visit, or unpack it and name its folder "
        "with --bundle on the command line.",
    )  # fmt: skip


def listed() -> None:
    """Each set of networks of this visit with what can be done with it."""
    own = bundles.own()
    if not own:
        return
    st.markdown("## Networks of this visit")
    for name, bundle in own.items():
        used = len(bundles.digests(name))
        with st.container(border=True):
            st.markdown(f"**{wording.plain(name)}** · R = {bundle.resolution:,.0f} · {_what(bundle)}")
            others = bundles.others(name)
            with st.container(horizontal=True):
                st.button(
                    f"Analyse {_those(len(others), used)} with them", key=f"use-{name}", icon=":material/refresh:",
                    disabled=not others, on_click=_use, args=(others, name),
                    help="Spectra of this visit that were prepared for networks of the same resolution."
                    if others else "No spectrum of this visit was prepared for this resolution with other networks.",
                )  # fmt: skip
                st.button(
                    "Back to the networks of the program", key=f"back-{name}", icon=":material/undo:",
                    disabled=not used, on_click=_use, args=(bundles.digests(name), None),
                    help=f"Analyses the {used} spectra again that came from {wording.plain(name)}." if used
                    else "No spectrum of this visit was analysed with them.",
                )  # fmt: skip
                download(bundle, f"download-{name}")
                st.button(
                    "Forget", key=f"forget-{name}", icon=":material/delete:", disabled=bool(used),
                    on_click=bundles.forget, args=(name,),
                    help=f"{used} spectra were analysed with them; take them back to other networks first." if used
                    else "They are gone then, unless you downloaded them.",
                )  # fmt: skip
    if problems := visit.kept(Told).problems:
        visit.keep(replace(visit.kept(Told), problems=()))
        st.error("\n".join(f"- {wording.sentence(problem)}" for problem in problems), icon=":material/error:")


def _those(others: int, used: int) -> str:
    """Spectra that other networks analysed, beside those that these did."""
    if not others:
        return "my spectra"
    return f"{others} more of my spectra" if used else f"my {counted(others, 'spectrum')}"


def _what(bundle: ModelBundle) -> str:
    spectra, origin = number(bundle.card, "adapted", "spectra"), lookup(bundle.card, "adapted", "from")
    if spectra is None:
        return "loaded from a file"
    return f"adapted to {spectra:,.0f} spectra, from {wording.plain(origin)}"


def _use(digests: list[str], name: str | None) -> None:
    if problems := uploads.reanalyse(digests, bundle=name):
        visit.keep(replace(visit.kept(Told), problems=tuple(problems)))


def loader() -> None:
    """A field for a zip file of networks."""
    from dtl.bundle.zip_file import MAX_BYTES

    st.markdown("## Load networks from a file")
    file = incoming.show_uploader(
        "Zip file of networks", "load-networks", type=["zip"], max_upload_size=MAX_BYTES >> 20,
        help="As it was downloaded here, or a zip of the folder that `dtl adapt` or `train` wrote. It gets a "
        "name of its own and is checked against its checksums; the networks of the program are never replaced.",
    )  # fmt: skip
    if file is not None:
        try:
            with st.spinner("Checking and loading …"):
                name = bundles.load(file.getvalue(), file.name)
            visit.keep(replace(visit.kept(Told), refusal="", loaded=name))
        except UnusableInput as error:
            visit.keep(replace(visit.kept(Told), refusal=str(error), loaded=""))
        incoming.empty_uploader("load-networks", file)
        st.rerun()
    told = visit.kept(Told)
    if told.refusal:
        st.error(wording.sentence(told.refusal), icon=":material/error:")
    elif told.loaded in bundles.own():
        st.success(f"Loaded as {wording.plain(told.loaded)}.", icon=":material/check:")
