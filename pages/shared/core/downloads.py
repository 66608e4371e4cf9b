"""The table of results as a file, in every format that it can be written in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from dtl.result import InferenceResult
from pages.shared.core import visit

__all__ = ["downloads"]

#: Ending -> label, type of the file, and what it is good for.
_FORMATS = {
    ".ecsv": ("ECSV", "text/plain", "Astropy's own: units and descriptions with the numbers."),
    ".fits": ("FITS", "application/fits", "A binary table."),
    ".vot": ("VOTable", "application/x-votable+xml", "For TOPCAT, Aladin and the Virtual Observatory."),
    ".csv": ("CSV", "text/csv", "For spreadsheets; units are not in it."),
    ".parquet": ("Parquet", "application/vnd.apache.parquet", "For pandas, Polars and large tables."),
    ".json": ("JSON", "application/json", "A list of objects with exactly the columns of the table."),
    ".tex": ("LaTeX, A&A", "application/x-tex", "A tabular: intervals as exponents, upper limits with their sign."),
    ".aas.tex": ("LaTeX, AAS", "application/x-tex", "The same as a deluxetable, for AASTeX."),
}


def downloads(results: Sequence[InferenceResult], key: str) -> None:
    """A button for each format, written at the click.

    Args:
        results: one row each.
        key: with which those of the buttons begin.
    """
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        count = len(results)
        words = "this spectrum" if visit.current().own else "the example"
        st.markdown(f"Results of {words if count == 1 else f'{count} spectra'}:", width="content")
        for ending, (label, mime, help_) in _FORMATS.items():
            st.download_button(
                label,
                _writer(results, ending),
                f"stellar-parameters{ending}",
                mime,
                key=f"{key}{ending.replace('.', '-')}",
                type="tertiary",
                icon=":material/download:",
                on_click="ignore",
                help=help_,
            )


def _writer(results: Sequence[InferenceResult], ending: str) -> Callable[[], bytes]:
    def write() -> bytes:
        from dtl.export.tables import table_bytes

        return table_bytes(results, ending)

    return write
