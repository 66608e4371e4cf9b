"""The analysis of one file of a visit: its result, or one sentence that says why there is none."""

from __future__ import annotations

import logging
from collections.abc import Callable
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import streamlit as st

from dtl.readers.options import ReadOptions
from dtl.result import InferenceResult
from dtl.spectrum import AnalysisFailed, UnusableInput
from pages.shared.core import apart, bundles, visit
from pages.shared.core.examples import find_example, list_examples
from pages.shared.core.visit import Upload

if TYPE_CHECKING:
    from dtl.inference.analyse import Stages

__all__ = ["analyse_upload", "prepare_example"]

#: Files of whose analysis the stages are kept in one visit, so that a change repeats only what depends on it.
_MAX_STAGES = 4
#: Bytes of what was read of a file that are kept with them.
_MAX_READING = 20_000_000

_log = logging.getLogger(__name__)


def analyse_upload(upload: Upload) -> InferenceResult | str:
    """The result, or one sentence that says why there is none."""
    try:
        # What a visit's own networks say is not shared with others.
        example = None if upload.part or upload.bundle in bundles.own() else find_example(upload)
        return _analyse_example(upload.name, upload.options, upload.bundle) if example else _analyse(upload)
    except AnalysisFailed as error:
        _log.error("the analysis of a file failed", exc_info=error.__cause__)  # without its name
        return str(error)
    except UnusableInput as error:
        return str(error)


def prepare_example() -> InferenceResult | None:
    """Analyse the example that a visit begins with, so that it is there when the first visitor comes; None without."""
    for first in list_examples()[:1]:
        return _analyse_example(first.file, ReadOptions(), None)
    return None


@st.cache_resource(max_entries=32, show_spinner=False)
def _analyse_example(file: str, options: ReadOptions, wanted: str | None) -> InferenceResult:
    example = next(example for example in list_examples() if example.file == file)
    return _analyse(Upload(file, example.read(), options, wanted), trusted=True)


def _analyse(upload: Upload, *, trusted: bool = False) -> InferenceResult:
    """The result; files of strangers are read and prepared in processes apart, where there are any."""
    from dtl.bundle.selector import BundleSelector
    from dtl.inference.analyse import analyse

    selector = BundleSelector(bundles.find_bundle, *bundles.candidates(), upload.bundle)
    away = not trusted and apart.running()
    stages = _stages(upload, run=apart.caller(upload.title) if away else None)
    source = upload.content if away else upload.data
    result = analyse(source, name=upload.title, options=upload.options, bundle=selector, stages=stages)
    if away and stages.reading is not None and stages.reading[1].size > _MAX_READING:
        stages.reading = None  # a change reads the file again
    return result


def _stages(upload: Upload, run: Callable[..., Any] | None) -> Stages:
    """What is kept of the last analysis of a file; what is new in it is done by ``run``, None for in place."""
    from dtl.inference.analyse import Stages

    kept, key = dict(visit.current().stages), (upload.title, sha256(upload.data).hexdigest())
    stages = kept.pop(key, None) or (Stages() if run is None else Stages(run=run))
    visit.change(stages=dict(list({**kept, key: stages}.items())[-_MAX_STAGES:]))
    return stages
