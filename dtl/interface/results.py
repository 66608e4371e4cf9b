"""The answers to several spectra."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, overload

from dtl.result import InferenceResult

if TYPE_CHECKING:
    from astropy.table import QTable

__all__ = ["Results"]


class Results(Sequence[InferenceResult]):
    """The answers to several spectra, in their order.

    Attributes:
        failures: one sentence for each file that could not be used.
    """

    def __init__(self, results: Iterable[InferenceResult], failures: Iterable[str] = ()) -> None:
        self._results = tuple(results)
        self.failures = tuple(failures)

    @overload
    def __getitem__(self, index: int) -> InferenceResult: ...

    @overload
    def __getitem__(self, index: slice) -> Results: ...

    def __getitem__(self, index: int | slice) -> InferenceResult | Results:
        return Results(self._results[index], self.failures) if isinstance(index, slice) else self._results[index]

    def __len__(self) -> int:
        return len(self._results)

    def __iter__(self) -> Iterator[InferenceResult]:
        return iter(self._results)

    def __repr__(self) -> str:
        return f"<Results: {len(self._results)} spectra, {len(self.failures)} not usable>"

    def table(self) -> QTable:
        """The table of results: one row a spectrum, with units, descriptions and flags in words.

        >>> table = dtl.predict(dtl.examples()).table()
        >>> table["file", "teff", "flags"].colnames
        ['file', 'teff', 'flags']
        >>> str(table["teff"].unit)
        'K'
        """
        from astropy.table import QTable

        from dtl.export.tables import results_table

        return QTable(results_table(self._results))

    def write(self, path: str | os.PathLike) -> None:
        """Write the table to a file, whose ending names the format: .ecsv, .fits, .vot, .csv, .parquet or .tex.

        Raises:
            UnusableInput: for another ending, or where the file cannot be written.
        """
        from dtl.export.tables import write_table

        write_table(self._results, Path(path))
