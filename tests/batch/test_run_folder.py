"""The folder of a run: begun once, by one process at a time, and never over other files."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dtl.batch.merge import merge_run
from dtl.batch.run_folder import file_state, open_run, read_run
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
        assert run.missing() == [0, 1, 2] and run.inputs == INPUTS and list(run.files_of(2)) == [4]
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
    part = tmp_path / "parts" / "part-00000000.parquet"
    part.write_bytes(part.read_bytes()[:4] + bytes(200) + part.read_bytes()[204:])
    with pytest.raises(UnusableInput, match=r"part-00000000\.parquet is damaged"):
        merge_run(tmp_path, tmp_path / "table.csv")


def test_a_part_that_is_none_of_the_run_is_answered_again(tmp_path: Path) -> None:
    """One that was cut, one of another run, one of another place: none of their rows comes into the table."""
    place = [tmp_path / name / "parts" / "part-00000000.parquet" for name in ("run", "other")]
    for name, asked in (("run", {}), ("other", {"options": 1})):
        with open_run(tmp_path / name, INPUTS[:2], asked, {}, part=1) as run:
            run.write_part(0, [row(f"{name}.fits")])
            run.write_part(1, [row("b.fits")])
    whole = place[0].read_bytes()
    second = place[0].with_name("part-00000001.parquet").read_bytes()
    for content in (whole[:-9], b"", place[1].read_bytes(), second):
        place[0].write_bytes(content)
        with pytest.raises(UnusableInput, match="1 of 2 parts are still missing"):
            merge_run(tmp_path / "run", tmp_path / "table.csv")
        with open_run(tmp_path / "run", INPUTS[:2], {}, {}) as run:
            assert run.missing() == [0]
            run.write_part(0, [row("run.fits")])
        assert place[0].read_bytes() == whole
    assert merge_run(tmp_path / "run", tmp_path / "table.csv") == (2, 0)


def test_files_that_were_changed_since_are_answered_again(tmp_path: Path) -> None:
    """Those that are gone keep their rows."""
    files = [(str(tmp_path / name), name) for name in ("a.fits", "b.fits", "c.fits")]
    for path, _ in files:
        Path(path).write_text("one")
    with open_run(tmp_path / "run", files, {}, {}, part=1) as run:
        for number, (path, name) in enumerate(files):
            run.write_part(number, [row(name)], [file_state(path)])
        assert run.missing() == []
        Path(files[0][0]).write_text("other")
        Path(files[2][0]).unlink()
        assert run.missing() == [0]
    with open_run(tmp_path / "together", files, {}, {}, part=3) as run:
        Path(files[2][0]).write_text("one")
        run.write_part(0, [row(name) for _, name in files])
        Path(files[2][0]).unlink()
        assert run.missing() == []
        Path(files[0][0]).write_text("another")
        with pytest.raises(UnusableInput, match=r"a\.fits was changed since .* files of the same part are gone"):
            run.missing()
    with pytest.raises(UnusableInput, match="files were changed since"):
        merge_run(tmp_path / "run", tmp_path / "table.csv")


@pytest.mark.parametrize("output", ["parts/part-00000000.parquet", "failures.ecsv", "../a.fits"])
def test_a_table_is_written_over_nothing_that_was_read_or_made(tmp_path: Path, output: str) -> None:
    file = tmp_path / "a.fits"
    file.write_text("a spectrum")
    with open_run(tmp_path / "run", [(str(file), "a.fits")], {}, {}) as run:
        run.write_part(0, [row("a.fits")])
        run.write_failures()
    before = {path: path.read_bytes() for path in (file, *(tmp_path / "run").rglob("*.*"))}
    with pytest.raises(UnusableInput, match="choose another place"):
        merge_run(tmp_path / "run", tmp_path / "run" / output)
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize(
    "change",
    [lambda about: about.pop("asked"), lambda about: about.update(part=1.5), lambda about: about.update(inputs=None),
     lambda about: about.update(part=True), lambda about: about["inputs"].update(count=10**9)],
)  # fmt: skip
def test_a_damaged_description_is_called_so(tmp_path: Path, change: Callable[[dict], object]) -> None:
    with open_run(tmp_path, INPUTS[:1], {}, {}) as run:
        run.write_part(0, [row("a.fits")])
    change(about := json.loads((tmp_path / "run.json").read_text()))
    (tmp_path / "run.json").write_text(json.dumps(about))
    for use in (lambda: merge_run(tmp_path, tmp_path / "table.csv"), lambda: read_run(tmp_path).missing()):
        with pytest.raises(UnusableInput, match=r"run\.json is damaged|list of inputs was changed"):
            use()
    for text in ("", "[" * 100_000, "{}", "null"):
        (tmp_path / "run.json").write_text(text)
        with pytest.raises(UnusableInput, match=r"run\.json is damaged"), open_run(tmp_path, INPUTS[:1], {}, {}):
            pass


def test_no_files_are_no_run(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="no files"), open_run(tmp_path / "run", [], {}, {}):
        pass
    assert not (tmp_path / "run").exists()


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
        assert run.inputs == inputs
