"""Whatever became of a file on its way, its answer is a row or one sentence, and nothing absurd goes without a flag."""

from __future__ import annotations

import os
import warnings

import pytest

from dtl.bundle.selector import shipped_by_resolution
from dtl.inference.analyse import analyse
from dtl.result import PARAMETERS
from dtl.spectrum import AnalysisFailed, UnusableInput
from tests.readers.mutants import draw_mutant

#: Beyond these no value may stand without a flag: Teff, log g, [M/H], v sin i, the velocity.
SANE = {"teff": (2300.0, 4800.0), "logg": (4.0, 5.7), "mh": (-1.5, 1.0), "vsini": (0.0, 100.0)}


def trial(seed: int) -> str:
    """What is wrong with the answer to a mutant, in words; empty where nothing is."""
    name, content = draw_mutant(seed)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            result = analyse(content, bundle=shipped_by_resolution(), name="mutant")
    except AnalysisFailed as error:
        return f"{name}: {error} ({error.__cause__!r})"
    except UnusableInput as error:
        good = str(error).startswith("mutant") and str(error).endswith(".") and "\n" not in str(error)
        return "" if good else f"{name}: {error}"
    except Exception as error:
        return f"{name}: {error!r}"
    absurd = [key for key in PARAMETERS if not SANE[key][0] <= result.estimates[key].value <= SANE[key][1]]
    absurd += ["rv"] * (not abs(result.prepared.rv) <= 500)
    return f"{name}: {absurd} without a flag" if absurd and not result.flags else ""


def test_sixty_mutants() -> None:
    found = [words for seed in range(60) if (words := trial(seed))]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("seed", [12608, 15580, 433471, 604868])
def test_mutants_that_ended_in_an_unexpected_problem(seed: int) -> None:
    """12608: most of the flux is beyond 1e300, as bytes that were misread are; 15580: the continuum is next to 0;
    433471: half of the uncertainties are 1e233 times the flux; 604868: the square of S/N is 0 to the computer."""
    assert not trial(seed)


@pytest.mark.skipif("SLOW_TESTS" not in os.environ, reason="half an hour; set SLOW_TESTS to run it")
def test_ten_thousand_mutants() -> None:
    found = [words for seed in range(10_000, 20_000) if (words := trial(seed))]
    assert not found, "\n".join(found)


def test_a_mutant_is_drawn_from_its_seed_alone() -> None:
    assert draw_mutant(7) == draw_mutant(7) and draw_mutant(7) != draw_mutant(8)
