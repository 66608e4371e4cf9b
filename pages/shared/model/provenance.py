"""What the networks are for, how they were trained and how to cite them, as their card says."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

import streamlit as st

from dtl.bundle.card import flattened, lookup, number
from dtl.bundle.window import window_of
from dtl.result import PARAMETERS
from dtl.rounding import format_number
from pages.shared.core import tables, visit, wording
from pages.shared.core.citing import cite
from pages.shared.model import boundary, card_parts

__all__ = ["purpose", "training"]

_OF_THESE = "Of these networks their card says:"
_VALIDATION = "Where these limits are left nothing was validated, whatever the numbers look like."


def purpose(card: dict) -> None:
    """What the networks are for, and what a result does not mean."""
    card_parts.heading("What it is for", "purpose")
    left, right = st.columns([2, 3], gap="large")
    with left:
        rows = _facts(card)
        if rows:
            tables.text_table(
                {"About": list(rows), "These networks": [wording.plain(text) for text in rows.values()]},
                "What the networks are for",
            )
        else:
            card_parts.lacking("what they are for")
    with right:
        st.markdown("### What a result does not mean")
        limits = lookup(card, "limits") or []
        if general := boundary.sentences(card):
            st.markdown("\n".join(f"- {wording.plain(sentence)}" for sentence in general))
        if limits:
            for origin, sentences in _by_origin(limits).items():
                st.markdown(f"Said of {wording.plain(origin)}, which they come from:" if origin else _OF_THESE)
                st.markdown("\n".join(f"- {wording.plain(wording.with_minus(limit), 2000)}" for limit in sentences))
            st.caption(_VALIDATION)
        else:
            card_parts.lacking("the limits of a result")


def _by_origin(limits: Sequence[str]) -> dict[str, list[str]]:
    """Name of the networks that limits are said of -> these limits; an empty name for those of the card itself."""
    found: dict[str, list[str]] = {}
    for limit in limits:
        said = re.fullmatch(r"Said of ([^:]+): (.*)", limit)
        origin, sentence = said.groups() if said else ("", limit)
        found.setdefault(origin, []).append(sentence)
    return found


def _facts(card: dict) -> dict[str, str]:
    """About what -> the card's words."""
    rows = {}
    if lookup(card, "name"):
        rows["Name and version"] = f"{card['name']} {card.get('version', '')}".strip()
    if lookup(card, "created"):
        rows["Trained on"] = str(card["created"])
    if lookup(card, "window"):
        window = window_of(card)
        step = number(card, "step")
        rows["Wavelengths"] = f"{window} in vacuum" + (f", step {step:g} Å" if step else "")
    if resolution := number(card, "resolution"):
        rows["Resolution"] = f"λ/FWHM {resolution:,.0f} and more"
    for name, (label, _, places) in PARAMETERS.items():
        ends = lookup(card, "parameters", name, "range")
        if ends:
            low, high = (format_number(end, places) for end in ends)
            rows[label] = wording.value_with_unit(name, f"{low} to {high}")
    if count := number(card, "nodes", "count"):
        triples = number(card, "nodes", "triples")
        among = f" with {triples:,.0f} combinations of Teff, log g and [M/H]" if triples else ""
        rows["Model spectra"] = f"{count:,.0f}{among}"
    if lookup(card, "licence"):
        rows["Licence"] = str(card["licence"])
    return rows


def training(card: dict) -> None:
    """Settings, versions, data, hashes, and how to cite."""
    card_parts.heading("How it was trained, and how to cite it", "training")
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(_data(card))
        for title, icon, rows, columns in (
            ("Settings of the training", "tune", lookup(card, "training", "settings"), ("Setting", "Value")),
            ("Versions of the programs", "deployed_code", lookup(card, "versions"), ("Program", "Version")),
            ("Settings of the adaptation", "tune", _adaptation(card), ("Setting", "Value")),
            ("Checksums of the files", "fingerprint", lookup(card, "sha256"), ("File", "sha256")),
        ):
            if not rows:
                if title != "Settings of the adaptation":
                    card_parts.lacking(title.lower())
                continue
            with st.expander(title, icon=f":material/{icon}:"):
                pairs = [(key, _value(value)) for key, value in flattened(rows) if key != "limits"]
                st.dataframe(dict(zip(columns, zip(*pairs, strict=True), strict=True)), hide_index=True, alt=title)
        _search(card)
        st.download_button(
            "The whole card",
            json.dumps(card, indent=2, ensure_ascii=False),
            f"{lookup(card, 'name') or 'model'}-card.json",
            "application/json",
            key="download-card",
            icon=":material/download:",
            on_click="ignore",
        )
        if licence := lookup(card, "licence"):
            st.markdown(f"Licence of the program and of these networks: {wording.plain(licence)}.")
    with right:
        cite(card, visit.shown())


def _search(card: dict) -> None:
    """Candidates of a search for the widths, the learning rate and the weight of the labels."""
    rows = lookup(card, "search", "rows")
    if not rows:
        return
    with st.expander("Search for settings", icon=":material/search:"):
        best, ours = rows[0].get("hidden"), lookup(card, "architecture", "hidden")
        if best and ours and best != ours:
            best, ours = ("-".join(map(str, widths)) for widths in (best, ours))
            st.caption(
                f"The best candidate has layers of {best} neurons. These networks have {ours}: they were not chosen by "
                "this search."
            )
        st.dataframe(
            [{key: _value(value) for key, value in row.items()} for row in rows],
            hide_index=True,
            column_config={
                "score": st.column_config.TextColumn("score", help="Of validation nodes; lower is better."),
                "kept": st.column_config.TextColumn("kept", help="Whether it was trained for longer, or is the best."),
            },
            alt="Candidates of the search for settings, best first within a round",
        )


def _adaptation(card: dict) -> dict:
    """Settings of the adaptation to observed spectra, and the versions that it was done with."""
    entry = lookup(card, "adapted") or {}
    return {key: entry[key] for key in ("from", "spectra", "seed", "settings", "versions") if key in entry}


def _data(card: dict) -> str:
    """What was learned from, in sentences."""
    sentences = []
    if library := lookup(card, "data", "library"):
        reference = lookup(card, "data", "reference")
        words = f" ({wording.plain(reference)})" if reference else ""
        sentences.append(f"Synthetic spectra: {wording.plain(library)}{words}.")
    if observed := lookup(card, "data", "observed"):
        sentences.append(f"Observed spectra among them: {wording.plain(observed)}.")
    spectra, what = number(card, "transfer", "spectra"), lookup(card, "transfer", "what")
    if spectra and what:
        sentences.append(f"Adapted to {spectra:,.0f} spectra: {wording.plain(what)}.")
    if lookup(card, "training", "seed") is not None:
        sentences.append(f"Random numbers start from {wording.plain(card['training']['seed'])}.")
    return " ".join(sentences) or "The card of these networks does not say what they were trained on."


def _value(value: object) -> str:
    """A setting as text."""
    if isinstance(value, list | tuple):
        return ", ".join(map(_value, value))
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "none"}[value]
    return str(value)
