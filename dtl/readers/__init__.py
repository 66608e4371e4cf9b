"""Readers: from a file or an upload to a `dtl.spectrum.Spectrum`.

`read_spectrum` recognises the format by its content, takes from the file what it says, guesses the rest by stated
rules, and lists all of it in the findings of the spectrum. Each format has a module; `FORMATS` is their list.
"""

from dtl.readers.options import ReadOptions
from dtl.readers.registry import FORMATS, Format, Reading, read_columns, read_contents, read_spectrum
from dtl.readers.source import SIZE_LIMIT

__all__ = [
    "FORMATS",
    "SIZE_LIMIT",
    "Format",
    "ReadOptions",
    "Reading",
    "read_columns",
    "read_contents",
    "read_spectrum",
]
