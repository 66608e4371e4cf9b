"""The parts of a run in one table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dtl.batch.run_folder import RunFolder, read_run
from dtl.export.tables import save_table, table_of
from dtl.result import COLUMNS, TEXT_COLUMNS
from dtl.spectrum import UnusableInput

__all__ = ["merge_run"]


def merge_run(folder: str | Path, output: str | Path) -> tuple[int, int]:
    """Write the table of a run, one row a spectrum in the order of the inputs, whole or not at all.

    Args:
        folder: of the run.
        output: file, whose ending is one of `dtl.export.tables.FORMATS`.

    Returns:
        How many rows it has, and how many spectra could not be used.

    Raises:
        UnusableInput: where the run is not at its end or damaged, or the file cannot be written or is one of the run.
    """
    run, output = read_run(folder), Path(output)
    _check_place(output, run)
    missing = len(run.missing())
    if missing:
        raise UnusableInput(
            f"{folder}: {missing} of {run.parts} parts are still missing, because the run was stopped or files were "
            "changed since; run the same `dtl predict ... --into` again to go on with it."
        )
    parts = [(part.filter(pc.is_null(part["failure"])), part.num_rows) for part in run.rows()]
    table = pa.concat_tables([part for part, _ in parts])
    refused = sum(count for _, count in parts) - table.num_rows
    if not table.num_rows:
        raise UnusableInput(f"{folder}: none of its spectra could be used; {folder}/failures.ecsv says why.")
    columns = {
        name: table[name].to_pylist() if name in TEXT_COLUMNS else table[name].to_numpy(zero_copy_only=False)
        for name in COLUMNS
    }
    save_table(table_of({name: np.asarray(values) for name, values in columns.items()}), output)
    return table.num_rows, refused


def _check_place(output: Path, run: RunFolder) -> None:
    """Make sure that a table is written over nothing that the run has read or made."""
    if run.holds(output):
        raise UnusableInput(f"{output} is a file of the run itself; choose another place.")
    if output.exists() and any(Path(path).exists() and output.samefile(path) for path, _ in run.inputs):
        raise UnusableInput(f"{output} is one of the files that the run has read; choose another place.")
