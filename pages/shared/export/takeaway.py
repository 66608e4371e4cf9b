"""Parts of the page on which results are kept: session, tables, report."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from operator import is_

import streamlit as st

from dtl.export.session import LIMIT, read_session
from dtl.flags import joined
from dtl.readers.parts import name_part
from dtl.readers.source import SIZE_LIMIT
from dtl.result import PARAMETERS, InferenceResult, value_title
from dtl.rounding import format_number
from dtl.spectrum import UnusableInput
from pages.shared.core import apart, incoming, keeping, visit, wording
from pages.shared.core.downloads import downloads
from pages.shared.export.samp import send_to_topcat

__all__ = ["archive", "awaited", "restore_session", "save_session", "tables"]


@dataclass(frozen=True)
class Written:
    """What a visit keeps of this page.

    Attributes:
        results: that the report is about.
        report: bytes of the archive, None where none was made.
        refusal: why the last file was not restored, empty where it was.
        restored: what came back with the last file, empty where it was refused.
        same: whether all values that came back are those of the networks of the session.
    """

    results: tuple[InferenceResult, ...] = ()
    report: bytes | None = None
    refusal: str = ""
    restored: str = ""
    same: bool = True


def save_session() -> None:
    """The visit as a file."""
    st.markdown("## Save the session")
    embed = st.toggle(
        "With the spectra themselves",
        value=True,
        key="session-embed",
        persist_state="session",
        help="With them, the file is all you need. Without them it is small, holds names and checksums, and asks for "
        "the files when it is restored.",
    )
    size = visit.current().size
    if embed and size > 0.7 * LIMIT:
        st.caption("Your spectra are too large to be put into one file; save the session without them.")
    st.download_button(
        "Save the session",
        keeping.saver(embed=embed),  # files are read at the click alone
        f"session-{datetime.now(UTC):%Y-%m-%d}.json",
        "application/json",
        key="save-session",
        icon=":material/save:",
        on_click="ignore",
        disabled=embed and size > 0.7 * LIMIT,
    )
    st.caption(
        f"One JSON file with {_contents()}: how each was read, its results, typed luminosities, stars that you "
        "named and the views you chose."
    )


def _contents() -> str:
    """What of the visit is saved, in words that agree with the table of files."""
    now = visit.current()
    count, refused = len(now.own), len(now.failures.keys() & now.uploads.keys())
    words = f"{count or 'no'} spectr{'um' if count == 1 else 'a'} of yours"
    if refused:
        words += f" and {refused} file{'' if refused == 1 else 's'} not readable"
    return words


def restore_session() -> None:
    """A file of a saved visit comes back, and what was wrong with one that did not."""
    st.markdown("## Restore a session")
    file = incoming.show_uploader(
        "Saved session",
        "restore",
        max_upload_size=LIMIT // 10**6,
        help="The JSON file that “Save the session” gave you. What is here now stays.",
    )
    if file:
        try:
            told, same = keeping.restore(apart.call(file.name, read_session, file.getvalue(), file.name))
            visit.keep(replace(visit.kept(Written), refusal="", restored=told, same=same))
        except UnusableInput as error:
            visit.keep(replace(visit.kept(Written), refusal=str(error), restored=""))
        incoming.empty_uploader("restore", file)
        st.rerun()
    written = visit.kept(Written)
    if written.refusal:
        st.error(wording.sentence(written.refusal), icon=":material/error:")
    elif written.restored and written.same:
        st.success(written.restored, icon=":material/check:")
    elif written.restored:
        st.warning(written.restored, icon=":material/warning:")


def awaited() -> None:
    """Results of a restored session whose spectra are not at hand, as they were saved, and a place to bring these."""
    waiting = visit.current().awaited
    if not waiting:
        return
    count = len(waiting)
    st.markdown(f"## {count} saved {'result' if count == 1 else 'results'} without the spectrum")
    st.caption(
        "The values are those that were saved. Upload a file here or on the first page: one with the same checksum "
        "comes back with its reading options, whatever its name."
    )
    rows = []
    for spectrum in waiting.values():
        row: dict[str, object] = {"file": name_part(spectrum.file, spectrum.part), "star": ""}
        if spectrum.row:
            row["star"] = spectrum.row["star"]
            row |= {name: _interval(spectrum.row, name) for name in PARAMETERS}
            row |= {"flags": joined(spectrum.row["flags"]) or "none", "networks": spectrum.row["bundle"]}
        rows.append(row | {"sha256": spectrum.sha256})
    titles = {name: value_title(name) for name in PARAMETERS}
    st.dataframe(rows, hide_index=True, column_config=titles, alt="Saved results whose spectra are not at hand")
    if incoming.queue("Files of these spectra", "awaited", max_upload_size=SIZE_LIMIT // 10**6):
        with st.spinner("Reading and analysing …"):
            incoming.read_waiting("awaited")
        st.rerun()
    st.button("Forget them", key="forget-awaited", icon=":material/delete:", on_click=_forget)


def _forget() -> None:
    visit.change(awaited={})


def _interval(row: dict[str, object], name: str) -> str:
    places = PARAMETERS[name][2]
    if name == "vsini" and row.get("vsini_limit") is not None:
        return f"< {format_number(float(row['vsini_limit']), places)}"
    if row[name] is None:
        return "withheld"
    ends = (row[f"{name}{end}"] for end in ("", "_lower", "_upper"))
    value, lower, upper = (math.nan if end is None else float(end) for end in ends)
    if math.isnan(value):
        return "–"
    numbers = (format_number(number, places) for number in (value, lower, upper))
    return "{} −{} +{}".format(*numbers)


def tables(results: Sequence[InferenceResult]) -> None:
    """The table of results in every format."""
    st.markdown("## Tables")
    downloads(results, "table")
    send_to_topcat(results)
    rows = f"{len(results)} in all" if visit.current().own else "here that of the example"
    st.caption(f"One row a spectrum, {rows}: values, 1σ intervals, flags and networks.")


def archive(results: Sequence[InferenceResult]) -> None:
    """The report, made when it is asked for."""
    st.markdown("## Report")
    st.caption(
        "One archive for the folder of a paper: tables, figures, the log of every file, checksums, versions, the "
        "script and the BibTeX entries."
    )
    built = visit.kept(Written)
    fresh = built.report is not None and len(built.results) == len(results) and all(map(is_, built.results, results))
    with st.container(horizontal=True):
        if st.button("Make the report", key="make-report", icon=":material/inventory_2:", disabled=fresh,
                     help="Made already; download it beside." if fresh else None):  # fmt: skip
            visit.keep(replace(built, results=tuple(results), report=keeping.report()))
            st.rerun()
        if fresh:
            st.download_button(
                f"Download ({max(1, len(built.report) >> 20)} MB)",
                built.report,
                "stellar-parameters-report.zip",
                "application/zip",
                key="download-report",
                icon=":material/download:",
                on_click="ignore",
            )
