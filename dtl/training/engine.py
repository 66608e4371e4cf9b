"""One engine for many independent jobs: processes of this machine, a Dask cluster, or one after another; resumable."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from dtl.spectrum import UnusableInput

__all__ = ["ENGINES", "run_all"]

ENGINES = ("joblib", "dask", "serial")

Job = dict[str, Any]
#: Number of the job and its result.
_Done = tuple[int, Job]


def run_all(
    function: Callable[..., Job],
    jobs: Sequence[Job],
    *,
    shared: Sequence[Any] = (),
    engine: str = "joblib",
    workers: int = 1,
    cluster: str | None = None,
    store: Path | None = None,
    run: str = "",
    progress: Callable[[float, str], None] = lambda fraction, text: None,
) -> list[Job]:
    """``function(job, *shared)`` for every job; what is done already is not done again.

    Args:
        function: of a module, so that other processes find it; returns plain values that JSON can hold.
        jobs: plain values that JSON can hold.
        shared: further arguments, the same for all jobs; sent to each worker once, not with each job.
        engine: "joblib" for processes of this machine, "dask" for a Dask cluster, "serial" for this process.
        workers: processes; without meaning for "serial" and for a cluster that runs already.
        cluster: address of a Dask scheduler; without it "dask" starts workers on this machine.
        store: file of JSON lines to which each result is written as it comes, and from which it is taken where the
            same job of the same ``run`` stands there.
        run: what else the results depend on, as a digest of the data.
        progress: called with the fraction done and a word.

    Returns:
        Job and result in one flat dictionary each, in the order of the jobs.

    Raises:
        UnusableInput: for an unknown engine, or where Dask is not installed or its cluster cannot be reached.
    """
    if engine not in ENGINES:
        raise UnusableInput(f"{engine}: is no engine; choose {', '.join(ENGINES)}.")
    keys = [hashlib.sha256(json.dumps([run, job], sort_keys=True).encode()).hexdigest() for job in jobs]
    results = _stored(store)
    open_jobs = [i for i, key in enumerate(keys) if key not in results]
    runner = {"joblib": _with_joblib, "dask": _with_dask, "serial": _serially}[engine]
    for i, result in runner(function, [(i, jobs[i]) for i in open_jobs], shared, workers, cluster):
        results[keys[i]] = result
        if store is not None:
            with open(store, "a", encoding="utf-8") as file:
                file.write(json.dumps({"key": keys[i], "result": result}) + "\n")
        progress(sum(key in results for key in keys) / len(keys), f"job {i + 1}")
    return [{**job, **results[key]} for job, key in zip(jobs, keys, strict=True)]


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


def _serially(
    function: Callable[..., Job], jobs: list[_Done], shared: Sequence[Any], workers: int, cluster: str | None
) -> Iterator[_Done]:
    for i, job in jobs:
        yield i, function(job, *shared)


def _with_joblib(
    function: Callable[..., Job], jobs: list[_Done], shared: Sequence[Any], workers: int, cluster: str | None
) -> Iterator[_Done]:
    from joblib import Parallel, delayed, parallel_config

    # Large arrays reach the workers as memory maps; one thread each, or they would wait for one another.
    with parallel_config("loky", n_jobs=workers, inner_max_num_threads=1):
        parallel = Parallel(return_as="generator_unordered", batch_size=1, pre_dispatch="n_jobs")
        yield from parallel(delayed(_numbered)(function, i, job, *shared) for i, job in jobs)


def _numbered(function: Callable[..., Job], number: int, job: Job, *shared: Any) -> _Done:
    return number, function(job, *shared)


def _with_dask(
    function: Callable[..., Job], jobs: list[_Done], shared: Sequence[Any], workers: int, cluster: str | None
) -> Iterator[_Done]:
    try:
        from distributed import Client, LocalCluster, as_completed
    except ImportError as error:
        raise UnusableInput(
            "dask: is not installed; install it with `pip install distributed`, or choose the engine joblib."
        ) from error
    own = None if cluster else LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None)
    try:
        client = Client(cluster or own)
    except (OSError, ValueError) as error:
        raise UnusableInput(f"{cluster}: no Dask scheduler answers there ({error}); check the address.") from error
    try:
        sent = client.scatter(list(shared), broadcast=True)
        futures = [client.submit(_numbered, function, i, job, *sent, pure=False) for i, job in jobs]
        for _, done in as_completed(futures, with_results=True):
            yield done
    finally:
        client.close()
        if own is not None:
            own.close()
