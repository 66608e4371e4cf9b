"""The folder of a run: what it was begun with, and the parts of its table that are done. It alone says how far it is.

RUN/run.json        bundles, options, versions, number and digest of the inputs
RUN/inputs.jsonl    path of each file and what it is called in results
RUN/parts/          part-00000012.parquet: the rows of the files 12 * PART to 13 * PART - 1, refused ones too, and of
                    which run they are and what the files were like
RUN/failures.ecsv   file and sentence of what could not be used
RUN/log.jsonl       when it was begun, went on and ended
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

import dtl
from dtl.resources import whole_file, write_whole
from dtl.result import COLUMNS, TEXT_COLUMNS
from dtl.spectrum import UnusableInput

__all__ = ["PART", "RunFolder", "file_state", "open_run", "read_run"]

#: Files to a part: what is lost at most when a run is killed, and what is held in memory.
PART = 100
_FORMAT = 2
#: What a part says of itself, in the metadata of its schema.
_OF_PART = b"dtl"
#: Where files of a run are written before they take their names.
_BESIDE = (".run.json-*", ".inputs.jsonl-*", ".failures.ecsv-*", "parts/.part-*.parquet-*")
#: Of a part: the row of the contract, flags joined, or the name of the file and why it has none.
_SCHEMA = pa.schema(
    [*((name, pa.string() if name in TEXT_COLUMNS else pa.float64()) for name in COLUMNS), ("failure", pa.string())]
)


class RunFolder:
    """A run that was begun.

    Attributes:
        folder: where it is.
        about: content of `run.json`.
    """

    def __init__(self, folder: Path, about: dict[str, Any]) -> None:
        self.folder, self.about = folder, about

    @property
    def parts(self) -> int:
        """Number of parts of the whole run."""
        return -(-len(self.inputs) // self.about["part"])

    def files_of(self, number: int) -> range:
        """Numbers of the files of a part."""
        size = self.about["part"]
        return range(number * size, min((number + 1) * size, len(self.inputs)))

    def missing(self) -> list[int]:
        """Numbers of the parts that are still to be answered: not there, damaged, or of files that were changed since.

        A file that is gone since keeps its rows.

        Raises:
            UnusableInput: as `inputs`; where some files of a part were changed and others are gone, whose rows would
                be lost with it.
        """
        return [number for number in range(self.parts) if not self._is_done(number)]

    @cached_property
    def inputs(self) -> list[tuple[str, str]]:
        """Path and name of each file.

        Raises:
            UnusableInput: where the list is gone or was changed.
        """
        try:
            text = (self.folder / "inputs.jsonl").read_bytes()
        except OSError as error:
            raise UnusableInput(f"{self.folder} has lost its list of inputs; begin in a new folder.") from error
        lines = text.splitlines()
        if sha256(text).hexdigest() != self.about["inputs"]["sha256"] or len(lines) != self.about["inputs"]["count"]:
            raise UnusableInput(f"{self.folder}: its list of inputs was changed; begin in a new folder.")
        return [tuple(json.loads(line)) for line in lines]

    def write_part(
        self, number: int, rows: Sequence[dict[str, object]], states: Sequence[list[int] | None] = ()
    ) -> None:
        """Write the rows of a part, whole or not at all.

        Args:
            number: of the part.
            rows: one a spectrum.
            states: `file_state` of its files before they were read, taken now where there are none.

        Raises:
            UnusableInput: where it cannot be written.
        """
        of_part = {"run": self._digest, "part": number, "files": list(states) or self._states(number)}
        table = pa.Table.from_pylist(list(rows), schema=_SCHEMA)
        table = table.replace_schema_metadata({_OF_PART: json.dumps(of_part)})
        with _writing(self.folder), whole_file(self._part(number)) as place:
            pq.write_table(table, place)

    def rows(self) -> Iterator[pa.Table]:
        """The parts that are done, in their order.

        Raises:
            UnusableInput: where one is damaged.
        """
        for number in range(self.parts):
            path = self._part(number)
            try:
                if path.exists():
                    yield pq.read_table(path, schema=_SCHEMA)
            except (OSError, pa.ArrowException) as error:
                raise UnusableInput(f"{path} is damaged; remove it and run the same command again.") from error

    def failures(self) -> list[tuple[str, str]]:
        """File and sentence of what could not be used, in the order of the inputs."""
        found: list[tuple[str, str]] = []
        for part in self.rows():
            refused = part.filter(pc.is_valid(part["failure"])).select(["file", "failure"])
            found += [(row["file"], row["failure"]) for row in refused.to_pylist()]
        return found

    def write_failures(self) -> int:
        """Write `failures.ecsv`; returns how many there are.

        Raises:
            UnusableInput: where it cannot be written.
        """
        from astropy.table import Table

        found = self.failures()
        table = Table(
            {"file": [file for file, _ in found], "sentence": [words for _, words in found]}, dtype=[str, str]
        )
        with _writing(self.folder), whole_file(self.folder / "failures.ecsv") as place:
            table.write(place, format="ascii.ecsv")
        return len(found)

    def log(self, event: str, **details: object) -> None:
        """Add a line to the log.

        Raises:
            UnusableInput: where it cannot be written.
        """
        line = {"time": datetime.now(UTC).isoformat(timespec="seconds"), "event": event, **details}
        with _writing(self.folder), open(self.folder / "log.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    @property
    def _digest(self) -> str:
        """Tells a run from others."""
        known = json.dumps([self.about["inputs"], self.about["asked"]], sort_keys=True)
        return sha256(known.encode()).hexdigest()

    def _states(self, number: int) -> list[list[int] | None]:
        return [file_state(self.inputs[file][0]) for file in self.files_of(number)]

    def _is_done(self, number: int) -> bool:
        try:
            known = json.loads(pq.read_schema(self._part(number)).metadata[_OF_PART])
            if (known["run"], known["part"]) != (self._digest, number):
                return False
            pairs = list(zip(known["files"], self._states(number), strict=True))
        except (OSError, pa.ArrowException, LookupError, TypeError, ValueError):
            return False
        changed = [
            file for file, (then, now) in zip(self.files_of(number), pairs, strict=True) if now not in (None, then)
        ]
        if changed and any(now is None and then is not None for then, now in pairs):
            raise UnusableInput(
                f"{self.inputs[changed[0]][0]} was changed since it was answered, while files of the same part are "
                "gone, whose rows would be lost with it; bring them back, or answer what is there in a new folder."
            )
        return not changed

    def holds(self, place: Path) -> bool:
        """Whether a file is one of the run's own, be it there or not."""
        own = ("run.json", "inputs.jsonl", "failures.ecsv", "log.jsonl", "lock")
        folder, place = self.folder.resolve(), place.resolve()
        return place.parent == folder / "parts" or (place.parent == folder and place.name in own)

    def _part(self, number: int) -> Path:
        return self.folder / "parts" / f"part-{number:08d}.parquet"


def file_state(path: str) -> list[int] | None:
    """Size in bytes and time of the last change in nanoseconds of a file, None where there is none."""
    try:
        known = os.stat(path)
    except (OSError, ValueError):
        return None
    return [known.st_size, known.st_mtime_ns]


@contextmanager
def open_run(
    folder: str | Path,
    inputs: Sequence[tuple[str, str]],
    asked: dict[str, Any],
    versions: dict[str, str],
    *,
    part: int = PART,
) -> Iterator[RunFolder]:
    """Begin a run, or go on with it; nobody else can meanwhile.

    Args:
        folder: new, or that of the run.
        inputs: path and name of each file; of a run that was begun, the list from then counts.
        asked: what the rows depend on, as JSON holds it: bundles with their digests, options, what was given.
        versions: of libraries, to be noted.
        part: files to a part of a run that is begun.

    Raises:
        UnusableInput: where the folder holds something else, a run that was asked for otherwise, or one at work, or
            cannot be written.
    """
    folder = Path(folder)
    _check_place(folder)
    if not inputs:
        raise UnusableInput(f"{folder}: there are no files to be answered; name some.")
    with _writing(folder):
        (folder / "parts").mkdir(parents=True, exist_ok=True)
        lock = open(folder / "lock", "w", encoding="utf-8")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise UnusableInput(f"{folder}: another process is at work on this run; wait for it, or end it.") from error
        for rest in (rest for beside in _BESIDE for rest in folder.glob(beside)):  # of a run that was killed
            shutil.rmtree(rest, ignore_errors=True)
        run = read_run(folder) if (folder / "run.json").exists() else _begin(folder, inputs, asked, versions, part)
        differing = [key for key in asked if run.about["asked"].get(key) != json.loads(json.dumps(asked[key]))]
        if differing:
            raise UnusableInput(
                f"{folder} holds a run that was begun otherwise (with other {', '.join(differing)}); give the same "
                "command to go on with it, or a new folder."
            )
        yield run


def read_run(folder: str | Path) -> RunFolder:
    """The run in a folder.

    Raises:
        UnusableInput: where there is none that this program can read.
    """
    folder = Path(folder)
    try:
        text = (folder / "run.json").read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UnusableInput(
            f"{folder} holds no run; give the folder that `dtl predict ... --into` was given."
        ) from error
    try:
        about = json.loads(text)
        known = about["format"] == _FORMAT
        numbers = (about["part"], about["inputs"]["count"])
        whole = isinstance(about["asked"], dict) and all(type(number) is int and number > 0 for number in numbers)
    except (ValueError, LookupError, TypeError, RecursionError):
        known, whole = True, False
    if not known:
        raise UnusableInput(f"{folder} holds a run of another version of the program; take the one that began it.")
    if not whole:
        raise UnusableInput(f"{folder}/run.json is damaged; begin in a new folder.")
    return RunFolder(folder, about)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """A full disk or missing rights in one sentence."""
    try:
        yield
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        raise UnusableInput(
            f"{folder} cannot be written ({why}); make room or give rights, and run the same command again: what is "
            "done is kept."
        ) from error


def _check_place(folder: Path) -> None:
    """Make sure that a folder is new, empty, or one of a run."""
    if folder.exists() and not folder.is_dir():
        raise UnusableInput(f"{folder} is a file; name a folder for the run.")
    if not folder.exists() or (folder / "run.json").exists():
        return
    strange = [place.name for place in folder.iterdir() if place.name not in ("parts", "lock", "inputs.jsonl")]
    strange = [name for name in strange if not name.startswith(".")]
    if strange:
        raise UnusableInput(f"{folder} holds other files ({strange[0][:40]}); name a new folder for the run.")


def _begin(
    folder: Path, inputs: Sequence[tuple[str, str]], asked: dict[str, Any], versions: dict[str, str], part: int
) -> RunFolder:
    text = "".join(json.dumps(entry) + "\n" for entry in inputs)  # names may hold bytes that are no letters
    about = {
        "format": _FORMAT,
        "software": f"dtl {dtl.__version__}",
        "versions": versions,
        "part": part,
        "inputs": {"count": len(inputs), "sha256": sha256(text.encode()).hexdigest()},
        "asked": asked,
    }
    with _writing(folder):
        write_whole(folder / "inputs.jsonl", text)
        write_whole(folder / "run.json", json.dumps(about, indent=1, ensure_ascii=False) + "\n")
    return RunFolder(folder, json.loads(json.dumps(about)))
