"""A batch of files: read and prepared in workers, answered by the networks here, part after part."""

from __future__ import annotations

import json
import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import torch
from threadpoolctl import threadpool_limits

from dtl.batch.run_folder import PART, RunFolder, file_state, open_run
from dtl.batch.worker import Answer, Task, Wanted, limits_of_file, prepare_apart, prepare_file, sees, sentence_of_lost
from dtl.bundle.model import ModelBundle
from dtl.bundle.selector import BundleSelector
from dtl.export.session import card_digest
from dtl.flags import joined
from dtl.inference.infer import infer
from dtl.parallel.engine import Engine
from dtl.parallel.outcome import Lost
from dtl.readers.options import ReadOptions
from dtl.result import COLUMNS
from dtl.spectrum import UnusableInput

__all__ = ["predict_into"]

#: Spectra that the networks answer at once. Whatever the workers do, the same ones are together, so that the last
#: digit of a number does not depend on them.
_TOGETHER = 50
_LIBRARIES = ("astropy", "numpy", "scipy", "torch", "pyarrow")


def predict_into(
    folder: str | Path,
    inputs: Sequence[tuple[str, str]],
    bundle: ModelBundle | BundleSelector,
    *,
    options: ReadOptions = ReadOptions(),
    every: bool = False,
    engine: Engine = Engine(),
    part: int = PART,
    progress: Callable[[float, str], None] = lambda fraction, text: None,
) -> tuple[int, int]:
    """Answer any number of files into the folder of a run; going on is doing the same again.

    Args:
        folder: of the run, see `dtl.batch.run_folder`.
        inputs: path and name of each file.
        bundle: the networks, or what chooses them for a spectrum.
        options: what the user says of the files.
        every: all spectra of a file, not only the first.
        engine: what reads and prepares; the networks answer here.
        part: files to a part of a run that is begun.
        progress: called with the fraction done and a word.

    Returns:
        How many files there are, and how many spectra could not be used.

    Raises:
        UnusableInput: where the folder cannot be used, or holds a run that was begun otherwise; where a cluster does
            not answer, or does not see the files.
    """
    single = isinstance(bundle, ModelBundle)
    bundles = {bundle.name: bundle} if single else {name: bundle.load(name) for name in bundle.available}
    wanted = Wanted(
        {name: known.target for name, known in bundles.items()},
        {name: known.resolution for name, known in bundles.items()},
        bundle.name if single else bundle.wanted,
        options,
        every,
    )
    asked = {
        "bundles": {name: card_digest(known.card) for name, known in sorted(bundles.items())},
        "options": {**vars(options), "every spectrum": every},
        "inputs": sha256(json.dumps(list(inputs)).encode()).hexdigest(),
    }
    versions = {name: version(name) for name in _LIBRARIES}
    # With one thread for linear algebra here, a run on two processors is a seventh faster. It is asked for before any
    # thread of a cluster is there: one that loads a library meanwhile, and this, could wait for each other for ever.
    with threadpool_limits(1), open_run(folder, inputs, asked, versions, part=part) as run:
        missing = run.missing()
        run.log("begun", parts=run.parts, missing=len(missing), workers=engine.scheduler or engine.workers)
        if missing:
            _answer_parts(run, missing, bundles, wanted, engine, progress=progress)
        refused = run.write_failures()
        run.log("done", failures=refused)
        return run.about["inputs"]["count"], refused


def _answer_parts(
    run: RunFolder,
    missing: Sequence[int],
    bundles: dict[str, ModelBundle],
    wanted: Wanted,
    engine: Engine,
    *,
    progress: Callable[[float, str], None],
) -> None:
    files = run.inputs
    states: dict[int, list[int] | None] = {}

    def tasks() -> Iterator[Task]:
        for number in (number for part in missing for number in run.files_of(part)):
            states[number] = file_state(files[number][0])  # before it is read: what is changed later is read again
            yield Task(number, *files[number])

    count, began = sum(len(run.files_of(part)) for part in missing), 0.0
    apart = engine.scheduler is not None
    if apart:
        _check_seen(engine, [path for path, _ in files])
    answers = engine.answers(
        prepare_apart if apart else prepare_file,
        tasks(),
        (wanted,),
        ordered=True,
        limits=None if apart else limits_of_file(),
    )
    done = refused = 0
    # Meanwhile the workers are kept busy from here; the processors are theirs.
    with ThreadPoolExecutor(1, "networks", torch.set_num_threads, (1,)) as networks:
        answering = _Answering(networks, bundles)
        for part in missing:
            for number in run.files_of(part):
                own = [_answer(each, files[number][1]) for each in next(answers)[1]]
                for answer in own:
                    answering.add(answer)
                done += 1
                began = began or time.monotonic()  # the first answer waits for the workers to start
                refused += sum(answer.prepared is None for answer in own)
                progress(1 - (count - done) / len(files), _in_words(done, count, time.monotonic() - began, refused))
            answering.write(run, part, [states.pop(number) for number in run.files_of(part)])
        answering.wait()
    answers.close()


class _Answering:
    """Has the networks answer the spectra of a part, some together, and keeps its rows in the order of the files.

    Args:
        networks: the thread in which they answer, and parts are written, one thing after the other.
        bundles: the networks by their names.
    """

    def __init__(self, networks: ThreadPoolExecutor, bundles: dict[str, ModelBundle]) -> None:
        self._networks, self._bundles = networks, bundles
        self._rows: list[dict[str, object]] = []
        self._together: dict[str, list[tuple[int, Answer]]] = {name: [] for name in bundles}
        self._given: deque[Future[None]] = deque()

    def add(self, answer: Answer) -> None:
        """Take what became of the next spectrum."""
        self._rows.append({"file": answer.name, "failure": answer.sentence or None})
        if answer.prepared is None:
            return
        self._together[answer.bundle].append((len(self._rows) - 1, answer))
        if len(self._together[answer.bundle]) == _TOGETHER:
            self.wait(left=1)  # so many wait at most, which bounds the memory
            self._hand_over(answer.bundle)

    def write(self, run: RunFolder, part: int, states: Sequence[list[int] | None]) -> None:
        """Have the rows of a part written once the networks have answered the rest of them, and begin another."""
        for name in self._bundles:
            self._hand_over(name)
        self._given.append(self._networks.submit(run.write_part, part, self._rows, states))
        self._rows = []

    def wait(self, left: int = 0) -> None:
        """Wait until so many things are left to do, and raise what has gone wrong in the others."""
        while len(self._given) > left:
            self._given.popleft().result()

    def _hand_over(self, name: str) -> None:
        together, self._together[name] = self._together[name], []
        self._given.append(self._networks.submit(_fill, self._rows, together, self._bundles[name]))


def _fill(rows: list[dict[str, object]], together: Sequence[tuple[int, Answer]], bundle: ModelBundle) -> None:
    """Put what networks answer in the places of its rows."""
    found = _rows_of([answer for _, answer in together], bundle) if together else ()
    for (place, answer), row in zip(together, found, strict=True):
        rows[place] = row or _failed(answer.name)


def _failed(name: str) -> dict[str, object]:
    return {
        "file": name,
        "failure": f"{name} could not be analysed because of an unexpected problem, probably because its numbers are "
        "damaged; look at its flux, and try another file.",
    }


def _check_seen(engine: Engine, paths: Sequence[str]) -> None:
    """Make sure that a cluster has the files where this machine has them.

    Raises:
        UnusableInput: where it has not.
    """
    here = next((path for path in paths if os.path.exists(path)), None)
    if here is not None and [found for _, found in engine.answers(sees, [here])] != [[True]]:
        raise UnusableInput(
            f"{here}: the workers of {engine.scheduler} do not see this file; put the files on a disk that they share "
            "with this machine, under the same path."
        )


def _answer(found: Answer | Lost, name: str) -> Answer:
    return Answer(name, sentence=sentence_of_lost(name, found.why)) if isinstance(found, Lost) else found


def _in_words(done: int, count: int, seconds: float, refused: int) -> str:
    rate = (done - 1) / max(seconds, 1e-6)
    if not rate:
        return ""
    left = int((count - done) / rate)
    words = f"{rate:.1f} files/s, {left // 3600}:{left // 60 % 60:02d}:{left % 60:02d} left"
    return f"{words}, {refused} not usable" if refused else words


def _rows_of(answers: Sequence[Answer], bundle: ModelBundle) -> Iterator[dict[str, object] | None]:
    """A row for each spectrum, None where the networks fail on it, which costs the others nothing."""
    import numpy as np

    try:
        with np.errstate(all="ignore"):
            results = infer([answer.prepared for answer in answers], bundle)
    except UnusableInput:
        raise
    except Exception:
        if len(answers) == 1:
            yield None
            return
        for answer in answers:
            yield from _rows_of([answer], bundle)
        return
    for result in results:
        row = result.row()
        yield {**{name: row[name] for name in COLUMNS}, "flags": joined(result.flags), "failure": None}
