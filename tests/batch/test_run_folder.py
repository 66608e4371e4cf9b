"""The folder of a run: begun once, by one process at a time, and never over other files."""

from __future__ import annotations

import errno
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dtl.batch.merge import merge_run
from dtl.batch.run_folder import open_run
from dtl.result import COLUMNS, TEXT_COLUMNS
from dtl.spectrum import UnusableInput

INPUTS = [(f"/data/{name}.fits", f"{name}.fits") for name in "abcde"]


def row(name: str, failure: str | None = None) -> dict[str, object]:
    """A row that holds no numbers, or the sentence in its place."""
    if failure:
        return {"file": name, "failure": failure}
    return {key: (name if key == "file" else "") if key in TEXT_COLUMNS else 1.0 for key in COLUMNS}


def test_parts_in_any_order(tmp_path: Path) -> None:
    with open_run(tmp_path / "run", INPUTS, {"options": 1}, {}, part=2) as run:
        assert run.missing() == [0, 1, 2] and run.inputs() == INPUTS and list(run.files_of(2)) == [4]
        run.write_part(2, [row("e.fits")])
        run.write_part(0, [row("a.fits"), row("b.fits", "b.fits: is bad; try another.")])
    with pytest.raises(UnusableInput, match="1 of 3 parts are still missing"):
        merge_run(tmp_path / "run", tmp_path / "table.csv")
    with open_run(tmp_path / "run", INPUTS, {"options": 1}, {}) as run:
        assert run.missing() == [1]
        run.write_part(1, [row("c.fits"), row("d.fits")])
        assert run.write_failures() == 1 and run.failures() == [("b.fits", "b.fits: is bad; try another.")]
    assert merge_run(tmp_path / "run", tmp_path / "table.csv") == (4, 1)
    names = [line.split(",")[0] for line in (tmp_path / "table.csv").read_text().splitlines()]
    assert names == ["file", "a.fits", "c.fits", "d.fits", "e.fits"]


def test_one_process_at_a_time(tmp_path: Path) -> None:
    with (
        open_run(tmp_path, INPUTS, {}, {}),
        pytest.raises(UnusableInput, match="at work"),
        open_run(tmp_path, INPUTS, {}, {}),
    ):
        pass
    with open_run(tmp_path, INPUTS, {}, {}):
        pass


def test_places_that_are_no_run(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.tex").write_text("")
    for place, words in (("file", "is a file"), ("other", "thesis.tex")):
        with pytest.raises(UnusableInput, match=words), open_run(tmp_path / place, INPUTS, {}, {}):
            pass
    with pytest.raises(UnusableInput, match="holds no run"):
        merge_run(tmp_path / "other", tmp_path / "table.csv")


def test_a_damaged_part_is_named(tmp_path: Path) -> None:
    with open_run(tmp_path, INPUTS[:1], {}, {}) as run:
        run.write_part(0, [row("a.fits")])
    (tmp_path / "parts" / "part-00000000.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(UnusableInput, match=r"part-00000000\.parquet is damaged"):
        merge_run(tmp_path, tmp_path / "table.csv")


def test_nothing_but_refused_files_is_no_table(tmp_path: Path) -> None:
    with open_run(tmp_path, INPUTS[:1], {}, {}) as run:
        run.write_part(0, [row("a.fits", "a.fits: is bad; try another.")])
    with pytest.raises(UnusableInput, match="none of its spectra"):
        merge_run(tmp_path, tmp_path / "table.csv")


def test_a_full_disk_is_one_sentence_and_what_is_done_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(table: object, place: Path) -> None:
        place.write_bytes(b"PAR1")
        raise OSError(errno.ENOSPC, "Error writing bytes to file")

    with open_run(tmp_path / "run", INPUTS, {}, {}, part=2) as run:
        run.write_part(0, [row("a.fits"), row("b.fits")])
        monkeypatch.setattr(pq, "write_table", full)
        words = r"run cannot be written \(No space left on device\); make room or give rights, and run the same"
        with pytest.raises(UnusableInput, match=words):
            run.write_part(1, [row("c.fits")])
        assert [path.name for path in (tmp_path / "run" / "parts").iterdir()] == ["part-00000000.parquet"]
        assert run.missing()[0] == 1


def test_hidden_folders_of_others_stay(tmp_path: Path) -> None:
    """Those of a disk, say; what a run that was killed left goes."""
    kept, left = tmp_path / ".Trash-1000" / "thesis.tex", tmp_path / ".run.json-abc" / "run.json"
    for place in (kept, left):
        place.parent.mkdir()
        place.write_text("")
    with open_run(tmp_path, INPUTS, {}, {}):
        assert kept.exists() and not left.parent.exists()


def test_names_may_be_no_text(tmp_path: Path) -> None:
    inputs = [("/data/star\udce9.fits", "star.fits")]
    with open_run(tmp_path, inputs, {}, {}) as run:
        assert run.inputs() == inputs
