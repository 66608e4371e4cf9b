"""How many spectra an adaptation needs to help: measured on simulated surveys whose truth is known."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np

from dtl.bundle.model import ModelBundle
from dtl.evaluation.survey_accuracy import SurveySimulator, parameter_errors, survey_simulator
from dtl.grid.build import GridSettings
from dtl.inference.infer import infer_in_parts
from dtl.parallel.engine import Engine
from dtl.parallel.outcome import Lost
from dtl.resources import asset
from dtl.result import PARAMETERS
from dtl.spectrum import UnusableInput
from dtl.training.transfer_settings import SurveyPlan
from dtl.transfer.adaptation import MIN_SPECTRA, adapt
from dtl.transfer.fine_tuning import TransferSettings

__all__ = ["COUNTS", "SEEDS", "SampleSizes", "measure_sample_sizes", "read_sample_sizes"]

#: Numbers of spectra that are tried. From 25 on, a fifth held out, the beliefs about a population are used.
COUNTS = (4, 8, 16, 20, 25, 32, 64, 128)
#: Of the surveys: none of them is among those of `dtl.training.transfer_settings.SurveyPlan`.
SEEDS = (3041, 3042, 3043)
_TABLE = asset("survey", "sample_sizes.json")
#: Number of spectra of the networks that were adapted to none.
_UNADAPTED = 0


@dataclass(frozen=True)
class SampleSizes:
    """Errors on stars that were not adapted to, by the number of those that were.

    Attributes:
        table: as `measure_sample_sizes` gives it.
    """

    table: Mapping[str, Any]

    @property
    def surveys(self) -> list[Mapping[str, Any]]:
        """Those surveys whose numbers were all tried; a measurement that was stopped may have others."""
        tried: dict[int, set[int]] = {}
        for run in self.table["runs"]:
            tried.setdefault(run["seed"], set()).add(run["stars"])
        return [survey for survey in self.table["surveys"] if tried.get(survey["seed"], set()) >= set(self.counts)]

    @property
    def counts(self) -> list[int]:
        """Numbers of spectra that were tried, rising."""
        return list(self.table["counts"])

    def rmse(self, count: int, parameter: str) -> list[float]:
        """The rmse after an adaptation to ``count`` spectra, survey by survey."""
        found = {run["seed"]: run["errors"] for run in self.table["runs"] if run["stars"] == count}
        return [found[survey["seed"]][parameter]["rmse"] for survey in self.surveys]

    def unadapted(self, parameter: str, state: str = "models_alone") -> list[float]:
        """The rmse without an adaptation, survey by survey; ``state`` is "models_alone" or "shipped"."""
        return [survey[state][parameter]["rmse"] for survey in self.surveys]

    def enough(self, parameter: str | None = None, than: str = "models_alone") -> int | None:
        """The fewest spectra from which on the mean rmse is below that without an adaptation.

        Args:
            parameter: one of `dtl.result.PARAMETERS`; None asks for all four at once.
            than: "models_alone" or "shipped", the networks that it is compared with.

        Returns:
            One of the numbers that were tried, None where none is enough.
        """
        found = None
        for count in reversed(self.counts):
            for name in PARAMETERS if parameter is None else (parameter,):
                if fmean(self.rmse(count, name)) >= fmean(self.unadapted(name, than)):
                    return found
            found = count
        return found


def measure_sample_sizes(
    bundle: ModelBundle,
    *,
    counts: Sequence[int] = COUNTS,
    seeds: Sequence[int] = SEEDS,
    settings: TransferSettings = TransferSettings(),
    known: Mapping[str, Any] | None = None,
    engine: Engine = Engine(),
    keep: Callable[[dict[str, Any]], None] = lambda table: None,
    progress: Callable[[float, str], None] = lambda fraction, text: None,
) -> dict[str, Any]:
    """Adapt a bundle's networks for models alone to parts of simulated surveys, and judge them by the rest.

    The surveys are rendered through the decoder. Those stars judge that even the largest part leaves over.

    Args:
        bundle: to start from.
        counts: numbers of spectra that are adapted to.
        seeds: of the surveys, and of the adaptations to them.
        settings: of the adaptations.
        known: the table of an interrupted measurement, resumed where it was of the same kind and largest number.
        engine: what adapts.
        keep: called with the table after each step.
        progress: called with the fraction done and a word.

    Returns:
        Plain values for JSON: the bundle, the settings, and rmse and bias of each parameter for each survey with
        networks for models alone and with those of the bundle (``surveys``), and after adaptations (``runs``).

    Raises:
        UnusableInput: for numbers that are too small to be adapted to, or leave no star to judge.
    """
    simulator = survey_simulator(bundle, GridSettings(), SurveyPlan(), None)
    table = _begun(bundle, counts, simulator, settings, known)
    measured = {(run["seed"], run["stars"]) for run in table["runs"]}
    measured |= {(survey["seed"], _UNADAPTED) for survey in table["surveys"]}
    jobs = [(seed, count) for seed in seeds for count in (_UNADAPTED, *sorted(counts))]
    places = {job: place for place, job in enumerate(jobs)}
    missing = [job for job in jobs if job not in measured]
    done = len(jobs) - len(missing)
    for number, found in engine.answers(_measure, missing, (bundle, max(counts), settings)):
        seed, count = missing[number]
        if isinstance(found[-1], Lost):
            raise UnusableInput(
                f"Survey {seed}: the process that adapted to it was ended, probably because memory is lacking; run the "
                "same command again with fewer workers, which goes on where it stopped."
            )
        table["runs" if count else "surveys"].append(found[-1])
        for rows in (table["runs"], table["surveys"]):  # whoever was ready first
            rows.sort(key=lambda row: places.get((row["seed"], row.get("stars", _UNADAPTED)), -1))
        keep(table)
        done += 1
        progress(done / len(jobs), f"survey {seed}" + (f", {count} spectra" if count else ""))
    return table


def _measure(
    job: tuple[int, int], bundle: ModelBundle, largest: int, settings: TransferSettings
) -> Iterator[dict[str, Any]]:
    """What the stars of a survey that no adaptation sees say of the networks, unadapted or adapted to so many others.

    Args:
        job: seed of the survey, and number of spectra.
        bundle: to start from.
        largest: number of spectra of any job.
        settings: of the adaptation.
    """
    seed, count = job
    simulator = survey_simulator(bundle, GridSettings(), SurveyPlan(), None)
    prepared, truth = simulator.observe(bundle, seed)
    order = np.random.default_rng(seed).permutation(len(prepared))
    judged = order[largest:]
    judges, judged_truth = [prepared[j] for j in judged], truth[judged]
    if count == _UNADAPTED:
        states = {"models_alone": bundle.source, "shipped": bundle}
        errors = {name: parameter_errors(infer_in_parts(judges, state), judged_truth) for name, state in states.items()}
        yield {"seed": seed, "judged": len(judged)} | errors
        return
    adapted = adapt(bundle, [prepared[j] for j in order[:count]], settings=settings, seed=seed)
    yield {"stars": count, "seed": seed, "errors": parameter_errors(infer_in_parts(judges, adapted), judged_truth)}


def _check_counts(counts: Sequence[int], stars: int) -> None:
    if not counts or min(counts) < MIN_SPECTRA or max(counts) > stars - MIN_SPECTRA:
        raise UnusableInput(
            f"Numbers of spectra from {min(counts, default=0)} to {max(counts, default=0)}: an adaptation needs "
            f"{MIN_SPECTRA} at least, and of {stars} stars some must be left to judge it; give numbers from "
            f"{MIN_SPECTRA} to {stars - MIN_SPECTRA}."
        )


def _begun(
    bundle: ModelBundle,
    counts: Sequence[int],
    simulator: SurveySimulator,
    settings: TransferSettings,
    known: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """The table to be filled: what an interrupted measurement of the same kind has, else nothing yet."""
    _check_counts(counts, simulator.stars)
    table: dict[str, Any] = {
        "what": "errors on stars that were not adapted to, by the number of stars that were",
        "bundle": f"{bundle.name} {bundle.version}",
        "counts": sorted(set(counts)),
        "observation": json.loads(json.dumps(asdict(simulator.settings))),
        "settings": asdict(settings),
    }
    same = known is not None and all(known.get(key) == value for key, value in table.items() if key != "counts")
    same = same and max(known["counts"]) == max(counts)  # so the same stars judge
    return table | {"surveys": list(known["surveys"]) if same else [], "runs": list(known["runs"]) if same else []}


@lru_cache(maxsize=2)
def read_sample_sizes(path: str | Path = _TABLE) -> SampleSizes | None:
    """A measured table, that which comes with the program by default; None where there is none, or
    none that is complete.

    Raises:
        UnusableInput: where the file is no such table.
    """
    table = read_begun(path)
    if table is None:
        return None
    try:
        sizes = SampleSizes(table)
        if not sizes.surveys:
            return None
        sizes.enough()
    except (ValueError, LookupError, TypeError) as error:
        raise _no_table(path) from error
    return sizes


def read_begun(path: str | Path) -> dict[str, Any] | None:
    """A table as it was last kept, complete or not; None where there is none.

    Raises:
        UnusableInput: where the file is no such table.
    """
    try:
        table = json.loads(Path(path).read_text(encoding="utf-8"))
        if not all(isinstance(table[key], list) for key in ("counts", "surveys", "runs")):
            raise ValueError("a part of it is missing")
    except FileNotFoundError:
        return None
    except (ValueError, LookupError, TypeError) as error:
        raise _no_table(path) from error
    return table


def _no_table(path: str | Path) -> UnusableInput:
    return UnusableInput(f"{path} is no table of sample sizes; name another file, or measure it: `dtl sample-size`.")
