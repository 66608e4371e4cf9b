"""The readers, asked for the window of the shipped bundles."""

from __future__ import annotations

from functools import partial

from dtl import readers
from dtl.readers import preview
from tests.builders import WINDOW

read_spectrum = partial(readers.read_spectrum, window=WINDOW)
read_contents = partial(readers.read_contents, window=WINDOW)
read_columns = partial(readers.read_columns, window=WINDOW)
preview_table = partial(preview.preview_table, window=WINDOW)
