"""How to cite a result: in words, and as BibTeX."""

from __future__ import annotations

import streamlit as st

import dtl
from dtl.bundle.card import lookup, number
from dtl.export.citation import bibtex, sentence
from dtl.result import InferenceResult
from pages.shared.core import wording

__all__ = ["cite"]


def cite(card: dict, result: InferenceResult | None) -> None:
    """The result on show and the works behind it, ready to be pasted.

    Args:
        card: of the networks.
        result: on show, None where there is none.
    """
    name = f"{lookup(card, 'name') or ''} {lookup(card, 'version') or ''}".strip()
    known = {"origin": _origin(card), "weights": str(lookup(card, "sha256", "weights.safetensors") or "")}
    entries = bibtex(dtl.__version__, name, **known)
    st.markdown("Please cite the software, the method and the library of synthetic spectra.")
    # Opened on demand: the script that draws code is the second largest of all.
    box = st.expander("Words and BibTeX to copy", icon=":material/format_quote:", on_change="rerun", key="citation")
    if box.open:
        with box:
            if result is not None and result.bundle == name:
                st.markdown(f"The result on show, {wording.plain(wording.label(result))}, in words:")
                st.code(sentence(result, dtl.__version__, **known), language=None, wrap_lines=True)
            elif result is not None:
                st.caption(
                    f"The spectrum on show was analysed with {wording.plain(result.bundle)}; choose these networks "
                    "above to see how to cite that result."
                )
            st.code(entries, language="latex", wrap_lines=True)
    st.download_button(
        "BibTeX", entries, "dtl.bib", "application/x-bibtex", key="download-bibtex", icon=":material/download:",
        on_click="ignore",
    )  # fmt: skip


def _origin(card: dict) -> str:
    """What networks were adapted from and to, empty for others."""
    spectra, origin = number(card, "adapted", "spectra"), lookup(card, "adapted", "from")
    if not spectra or not origin:
        return ""
    anchors = len(lookup(card, "adapted", "anchors", "stars") or [])
    labels = f", {anchors} of them of stars of known parameters" if anchors else " without labels"
    return f"adapted from {origin} to {spectra:,.0f} spectra{labels}"
