"""The table of the files of a visit: their state and parameters, which of them is shown, and removing them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import streamlit as st

from dtl.flags import doubts
from dtl.result import PARAMETERS, Estimate, InferenceResult, value_title
from dtl.rounding import format_estimate
from pages.shared.core import elements, epochs, links, tables, uploads, visit, wording
from pages.shared.core.downloads import downloads
from pages.shared.core.examples import list_examples
from pages.shared.core.flag_words import remarks

__all__ = ["files", "several", "unreadable_file"]

#: State of a file -> how it is written: by shape as well as by word.
_STATES = {"ok": "✓ ok", "flagged": "⚠ flagged", "unreadable": "✕ not readable", "example": "◇ example"}
#: Rows that are seen without scrolling.
_ROWS = 10
_ORDERS: dict[str, Callable[[dict], object]] = {
    "as added": lambda row: 0,
    "file name": lambda row: row["file"].lower(),
    "star": lambda row: (not row["star"], row["star"].lower()),
    "state": lambda row: list(_STATES.values()).index(row["state"]),
    **{
        title: lambda row, name=name: (row[name] is None, row[name] or 0.0)
        for name, (title, _, _) in PARAMETERS.items()
    },
    "S/N": lambda row: (row["snr"] is None, -(row["snr"] or 0.0)),
}


@dataclass(frozen=True)
class FileTable:
    """What a visit keeps of its table of files.

    Attributes:
        selected: digest of the spectrum that was shown when the table was last drawn.
        unreadable: digest of the unreadable file that is chosen in the table, None where none is.
        known: the rows of the table as it was last drawn, and the chosen one, by their digests.
        number: of tables so far.
    """

    selected: str | None = None
    unreadable: str | None = None
    known: tuple[tuple[str, ...], str | None] = ((), None)
    number: int = 0


def unreadable_file() -> str | None:
    """Digest of the unreadable file that is chosen in the table, None where none is."""
    chosen = visit.kept(FileTable).unreadable
    return chosen if chosen in visit.current().failures else None


def several() -> bool:
    """Whether the visit has more than one file."""
    now = visit.current()
    return len(now.own) + len(now.failures) > 1


def files() -> None:
    """The files of this visit, one row each; a row or the list beside shows its spectrum; nothing for one."""
    now = visit.current()
    if not several():
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        head = st.empty()  # told once the order of the rows is known
        with st.container(width=330):
            elements.choose_spectrum("spectrum-choice")
        order = st.selectbox(
            "Order", list(_ORDERS), key=links.view("file-order", _ORDERS), persist_state="session", width=150
        )
        _removal()
    together = [digest for star in epochs.stars() for digest in star.results]  # exposures of one star beside each other
    rows = [_row(digest, now.results[digest]) for digest in together if digest in now.own]
    rows += [_unreadable(digest, sentence) for digest, sentence in now.failures.items()]
    if not any(row["part"] for row in rows):
        rows = [{name: value for name, value in row.items() if name != "part"} for row in rows]
    rows.sort(key=_ORDERS[order])
    digests = tuple(row.pop("digest") for row in rows)
    table = _follow(digests)
    shown = unreadable_file() or now.selected
    head.markdown(f"## Your files\n{_count(digests.index(shown) + 1 if shown in digests else 0)}", width="stretch")
    key = f"files-{table.number}"
    with st.container(key="file-table"):
        st.dataframe(
            tables.number_table(rows, tables.estimates_written([now.results[d] for d in together]) | {"snr": 0}),
            column_config=_columns(),
            hide_index=True,
            height=38 + 35 * min(len(rows), _ROWS),
            on_select=lambda: _choose(key, digests),
            selection_mode="single-row",
            selection_default={"selection": {"rows": [digests.index(shown)] if shown in digests else []}},
            key=key,
            placeholder="",
            alt="The files of this visit, one row each, with state, parameters and remarks",
        )
    if now.own:
        downloads(list(now.own.values()), "results")


def _follow(digests: tuple[str, ...]) -> FileTable:
    """The table with these rows, a new one where they or the choice changed by another hand.

    The browser tells its selection again with every change on the page; what it knows of an old table reaches nobody.
    """
    table, selected = visit.kept(FileTable), visit.current().selected
    if table.selected != selected:  # chosen elsewhere since
        table = replace(table, selected=selected, unreadable=None)
        visit.keep(table)
    known = (digests, unreadable_file() or selected)
    if table.known != known:
        table = replace(table, known=known, number=table.number + 1)
        visit.keep(table)
    return table


def _choose(key: str, digests: tuple[str, ...]) -> None:
    """Show the file whose row was chosen."""
    for row in st.session_state[key]["selection"]["rows"]:
        digest, table = digests[row], visit.kept(FileTable)
        table = replace(table, known=(digests, digest))
        if digest in visit.current().failures:
            visit.keep(replace(table, unreadable=digest))
        else:
            visit.keep(replace(table, unreadable=None, selected=digest), selected=digest)


def _count(shown: int) -> str:
    """How many files there are, and which row is chosen, 0 for none, where it may be out of sight."""
    good, unreadable = len(visit.current().own), len(visit.current().failures)
    words = f"{good or 'No'} spectr{'um' if good == 1 else 'a'}" + (
        f", {unreadable} not readable" if unreadable else ""
    )
    more = " Click into the table to scroll it." if good + unreadable > _ROWS else ""
    more += f" Row {shown} is shown." if shown > _ROWS else ""
    return f":small[{words}. Choose a row to see it.{more}]"


def _removal() -> None:
    """A menu to remove some files or all."""
    now = visit.current()
    names = {digest: wording.label(result) for digest, result in now.own.items()}
    names |= {digest: f"{_name(digest, sentence)} (not readable)" for digest, sentence in now.failures.items()}
    with st.popover("Remove", icon=":material/delete:"):
        chosen = st.multiselect(
            "Files to remove", list(names), format_func=names.get, key="files-to-remove", **elements.TYPED
        )
        st.button(
            "Remove these",
            key="remove-chosen",
            disabled=not chosen,
            help=None if chosen else "Choose some first.",
            on_click=uploads.remove,
            args=tuple(chosen),
        )
        st.button("Remove all", key="remove-all", on_click=uploads.remove, args=tuple(names))


def _row(digest: str, result: InferenceResult) -> dict[str, object]:
    spectrum = result.prepared.spectrum
    example = any(example.file == spectrum.file for example in list_examples()) and spectrum.simulated
    state = "flagged" if doubts(result.flags) else "example" if example else "ok"
    row = _named(digest, state, spectrum.file, spectrum.star)
    for name in PARAMETERS:
        estimate = result.estimates[name]
        value = estimate.value if estimate.limit is None else estimate.limit  # the mode would pass for a measured one
        row |= {name: None if estimate.withheld else value, f"{name}_interval": _interval(name, estimate)}
    return row | {"snr": result.prepared.snr, "remarks": remarks(result)}


def _named(digest: str, state: str, file: str, star: str) -> dict[str, object]:
    """The first columns of a row; which of several spectra of a file it is stands apart, as names are cut off."""
    upload = visit.current().uploads.get(digest)
    part = upload.part if upload else ""
    return {"digest": digest, "state": _STATES[state], "part": part, "file": file, "star": star}


def _interval(name: str, estimate: Estimate) -> str:
    """The interval of a parameter in words, or what stands in its place: that it is a limit, or withheld."""
    if estimate.limit is not None:
        return "95 % limit"
    return "withheld" if estimate.withheld else " ".join(format_estimate(name, estimate)[1:])


def _unreadable(digest: str, sentence: str) -> dict[str, object]:
    values = dict.fromkeys([key for name in PARAMETERS for key in (name, f"{name}_interval")])
    row = _named(digest, "unreadable", _name(digest, sentence), "")
    return row | values | {"snr": None, "remarks": sentence}


def _name(digest: str, sentence: str) -> str:
    """Name of an unreadable file, with which the sentence about it begins."""
    upload = visit.current().uploads.get(digest)
    return upload.title if upload else sentence.split(maxsplit=1)[0]


def _columns() -> dict[str, object]:
    config: dict[str, object] = {
        "state": st.column_config.TextColumn(
            "State",
            help="ok: analysed. flagged: a flag says that the values may be wrong. not readable: could not be used, "
            "the remarks say why. example: comes with the app.",
            width=115,
            pinned=True,
        ),
        "part": st.column_config.TextColumn("Which", help="Which of several spectra of one file.", width=80),
        "file": st.column_config.TextColumn("File", width=150),
        "star": st.column_config.TextColumn("Star", help="As the file names it.", width="small"),
        "snr": st.column_config.NumberColumn("S/N", help="Signal-to-noise ratio per pixel.", width=60),
        "remarks": st.column_config.TextColumn(
            "Remarks",
            help="Flags with their figures and limits; whole sentences are shown with the spectrum.",
            width="large",
        ),
    }
    for name, (title, _, _) in PARAMETERS.items():
        config[name] = st.column_config.NumberColumn(value_title(name), width=85)
        config[f"{name}_interval"] = st.column_config.TextColumn(
            "68 %",
            help=f"Interval of {title}: minus and plus from the value"
            + ("; none where rotation is not resolved and v sin i an upper limit (95 %)." if name == "vsini" else "."),
            width=85,
        )
    return config
