"""Readers: one module a format. In: a path or bytes, the window that is wanted and what the user says of the file.

Out: a `dtl.spectrum.Spectrum` with findings that say what was understood and why.
May use: preparation and the words of the ground floor; nothing of torch, Plotly or Streamlit.
"""

from dtl.readers.options import ReadOptions
from dtl.readers.registry import FORMATS, Format, Reading, read_columns, read_contents, read_first, read_spectrum
from dtl.readers.source import SIZE_LIMIT

__all__ = [
    "FORMATS",
    "SIZE_LIMIT",
    "Format",
    "ReadOptions",
    "Reading",
    "read_columns",
    "read_contents",
    "read_first",
    "read_spectrum",
]
