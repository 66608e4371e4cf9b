"""Readers. In: a path or bytes, the window that is wanted and what the user says of the file.

Out: a `dtl.spectrum.Spectrum` with findings that say what was understood and why.
May use: preparation and the words of the ground floor; nothing of torch, Plotly or Streamlit.

A file goes from `source`, bytes within `limits`, to the first format of `registry` that knows it, in `fits_files`,
`text_files`, `votable` or `numpy_arrays`. Its arrays and what it says become `contents`: `words` tell what names and
sentences mean, `facts` what is said of the spectrum, `arrays` which array is what. `assembly` makes of them one
stretch of `pixels`.
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
