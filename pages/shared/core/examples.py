"""The simulated observations that come with the app."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256

import streamlit as st

from dtl.resources import asset
from pages.shared.core.visit import Upload

__all__ = ["Example", "find_example", "list_examples"]

EXAMPLES = asset("examples")


@dataclass(frozen=True)
class Example:
    """A simulated observation that comes with the app."""

    file: str
    title: str
    text: str

    def read(self) -> bytes:
        """Its bytes."""
        return (EXAMPLES / self.file).read_bytes()

    @property
    def digest(self) -> str:
        """The sha256 of its bytes."""
        return sha256(self.read()).hexdigest()


@st.cache_data(show_spinner=False)
def list_examples() -> list[Example]:
    """The examples, empty where none are installed."""
    index = EXAMPLES / "index.json"
    if not index.is_file():
        return []
    return [Example(row["file"], row["title"], row["text"]) for row in json.loads(index.read_text())]


def find_example(upload: Upload) -> Example | None:
    """The example that an upload is by name and content, None where it is none."""
    named = (example for example in list_examples() if example.file == upload.name)
    return next((example for example in named if example.read() == upload.data), None)
