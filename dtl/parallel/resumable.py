"""Jobs whose results are kept in a file as they come: an interrupted run is resumed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from dtl.parallel.engine import Engine
from dtl.parallel.outcome import Lost
from dtl.spectrum import UnusableInput

__all__ = ["run_all"]

Job = dict[str, Any]


def run_all(
    function: Callable[..., Job],
    jobs: Sequence[Job],
    *,
    shared: Sequence[Any] = (),
    engine: Engine = Engine(),
    store: Path | None = None,
    run: str = "",
    progress: Callable[[float, str], None] = lambda fraction, text: None,
) -> list[Job]:
    """``function(job, *shared)`` for every job; what is done already is not done again.

    Args:
        function: of a module, so that other processes find it; returns plain values that JSON can hold.
        jobs: plain values that JSON can hold.
        shared: further arguments, the same for all jobs; sent to each worker once, not with each job.
        engine: what runs them.
        store: file of JSON lines to which each result is written as it comes, and from which it is taken where the
            same job of the same ``run`` stands there.
        run: what else the results depend on, as a digest of the data.
        progress: called with the fraction done and a word.

    Returns:
        Job and result in one flat dictionary each, in the order of the jobs.

    Raises:
        UnusableInput: where the engine cannot be had, or a job ends its process each time.
    """
    keys = [hashlib.sha256(json.dumps([run, job], sort_keys=True).encode()).hexdigest() for job in jobs]
    results = _stored(store)
    missing = [i for i, key in enumerate(keys) if key not in results]
    for number, found in engine.answers(_once, [jobs[i] for i in missing], (function, *shared)):
        i, result = missing[number], found[-1]
        if isinstance(result, Lost):
            raise UnusableInput(
                f"Job {i + 1} of {len(jobs)}: its process was ended twice, probably because memory is lacking; run "
                "the same command again with fewer workers, which goes on where it stopped."
            )
        results[keys[i]] = result
        if store is not None:
            with open(store, "a", encoding="utf-8") as file:
                file.write(json.dumps({"key": keys[i], "result": result}) + "\n")
        progress(sum(key in results for key in keys) / len(keys), f"job {i + 1}")
    return [{**job, **results[key]} for job, key in zip(jobs, keys, strict=True)]


def _once(job: Job, function: Callable[..., Job], *shared: Any) -> Iterator[Job]:
    yield function(job, *shared)


def _stored(store: Path | None) -> dict[str, Job]:
    """Key -> result. A line that was cut short by a kill counts as not done, and is closed for what follows."""
    if store is None or not store.exists():
        return {}
    text = store.read_text(encoding="utf-8", errors="replace")
    if text and not text.endswith("\n"):
        with open(store, "a", encoding="utf-8") as file:
            file.write("\n")
    results = {}
    for line in text.splitlines():
        try:
            row = json.loads(line)
            results[row["key"]] = dict(row["result"])
        except (ValueError, TypeError, KeyError):
            continue
    return results
