"""What to cite."""

from __future__ import annotations

import re
from pathlib import Path

import dtl
from dtl.export.citation import bibtex

CITATION = (Path(__file__).parents[2] / "CITATION.cff").read_text(encoding="utf-8")


def plain(text: str) -> str:
    return " ".join(text.replace("{", "").replace("}", "").split())


def test_the_facts_are_those_of_the_citation_file():
    entries = plain(bibtex(dtl.__version__, "made-up 0.1"))
    for title in re.findall(r'title: "(.+)"', CITATION):
        assert f"title = {title}," in entries
    for field, name in (
        ("doi", "doi"),
        ("volume", "volume"),
        ("start", "pages"),
        ("year", "year"),
        ("version", "version"),
    ):
        values = re.findall(rf"^ *{field}: (.+)$", CITATION, re.MULTILINE)
        assert values
        assert all(f"{name} = {value}" in entries for value in values)
    for family in re.findall(r"family-names: (.+)", CITATION):
        assert f"author = {family}" in entries
    assert "networks made-up 0.1" in entries


def test_entries_are_whole():
    text = bibtex("1.0")
    assert text.count("@") == 3
    assert text.count("{") == text.count("}")
