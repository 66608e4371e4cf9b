"""What was computed of the results of a visit, kept as long as they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from dtl.result import InferenceResult
from pages.shared.core import visit

__all__ = ["Answers", "recall"]

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Answers:
    """Results with what was computed of each; a subclass for each kind of computation."""

    known: tuple[tuple[InferenceResult, object], ...] = ()


def recall(kind: type[Answers], result: InferenceResult, compute: Callable[[InferenceResult], Answer]) -> Answer:
    """What ``compute`` says of a result, computed once."""
    for known, answer in visit.kept(kind).known:
        if known is result:
            return answer
    answer = compute(result)
    alive = [id(other) for other in visit.current().results.values()]
    visit.keep(kind((*((known, old) for known, old in visit.kept(kind).known if id(known) in alive), (result, answer))))
    return answer
