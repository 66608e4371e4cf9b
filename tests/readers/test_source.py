"""Refusals before anything is read: one sentence each, as it was written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dtl.readers.source import open_source
from dtl.spectrum import UnusableInput


def refusal(path: Path) -> str:
    with pytest.raises(UnusableInput) as caught:
        open_source(path)
    return str(caught.value)


def test_sentences_about_paths_stand_alone(tmp_path: Path) -> None:
    assert refusal(tmp_path) == f"{tmp_path.name} is a folder, not a file; give the files in it."
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert refusal(pipe) == "pipe is a device or a pipe, not a file; give a regular file."
    assert refusal(tmp_path / "none.fits").startswith("none.fits was not found (")


def test_sentence_about_a_large_file_stands_alone(tmp_path: Path) -> None:
    path = tmp_path / "large.fits"
    with path.open("wb") as handle:
        handle.truncate(300_000_000)  # sparse: it takes no space
    assert refusal(path) == (
        "large.fits has 300 MB and the limit is 200 MB, so it is hardly a single spectrum; give one exposure, or cut "
        "it to the window of the networks and some 50 Å on each side."
    )
