"""The app with a made-up bundle and pipeline, see `tests.fakes`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

# These need the true functions of dtl.bundle, which the tests replace.
import dtl.bundle.zip_file
import dtl.evaluation.sample_size
import dtl.exploration.latent_traversal  # noqa: F401
from pages.shared.core import examples
from pages.shared.core.visit import Visit
from tests import cards, fakes
from tests.conftest import PATIENCE

APP = str(Path(__file__).parents[2] / "app.py")
EXAMPLE = b"fake teff=3300 star=GJ_699 simulated"


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[str]]:
    """Names of the files that were analysed, in order; two examples are installed."""
    names: list[str] = []

    def analyse(source: bytes, *, name: str, **more: object) -> object:
        names.append(name)
        return fakes.analyse(source, name=name, **more)

    monkeypatch.setattr("dtl.bundle.store.load_bundle", fakes.load_bundle)
    monkeypatch.setattr("dtl.bundle.shipped.read_card", cards.full_card)
    monkeypatch.setattr("dtl.bundle.shipped.shipped_bundles", fakes.shipped_bundles)
    monkeypatch.setattr("dtl.bundle.shipped.shipped_resolutions", fakes.shipped_resolutions)
    monkeypatch.setattr("dtl.inference.analyse.analyse", analyse)
    monkeypatch.setattr("dtl.inference.analyse.Stages", fakes.Stages)
    monkeypatch.setattr("dtl.inference.interpolation.node_spectra", fakes.node_spectra)
    monkeypatch.setattr("dtl.exploration.position.locate_spectra", fakes.locate_spectra)
    for name in ("explain_spectrum", "fit_least_squares"):
        module = "dtl.inference.attribution" if name == "explain_spectrum" else "dtl.inference.least_squares"
        monkeypatch.setattr(f"{module}.{name}", getattr(fakes, name))
    (tmp_path / "first.txt").write_bytes(EXAMPLE)
    (tmp_path / "second.txt").write_bytes(b"fake teff=3600 star=GJ_273 simulated")
    rows = [{"file": f"{name}.txt", "title": f"Simulated {name}", "text": "Made up."} for name in ("first", "second")]
    (tmp_path / "index.json").write_text(json.dumps(rows))
    monkeypatch.setattr(examples, "EXAMPLES", tmp_path)
    st.cache_data.clear()
    st.cache_resource.clear()
    yield names
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def visit(calls: list[str]) -> Callable[..., AppTest]:
    """A function that opens the app, on another page than the first where ``page`` says so."""

    def open_app(page: str | None = None, theme: str = "light") -> AppTest:
        app = AppTest.from_file(APP, default_timeout=PATIENCE)
        app.context = {"theme": theme}
        app.run()
        return app.switch_page(page).run() if page else app

    return open_app


def open_alone(page: Path, *, query: dict[str, str] | None = None, theme: str = "light", **state: object) -> AppTest:
    """Open a page without the app around it.

    Args:
        page: its script.
        query: options in the address.
        theme: ``light`` or ``dark``.
        state: fields of the visit, and values of widgets by their keys.
    """
    app = AppTest.from_file(str(page), default_timeout=PATIENCE)
    app.context = {"theme": theme}
    of_visit = {field.name for field in fields(Visit)} & set(state)
    app.session_state["visit"] = Visit(**{name: state.pop(name) for name in of_visit})
    for place, values in ((app.session_state, state), (app.query_params, query or {})):
        for key, value in values.items():
            place[key] = value
    return app.run()


def visit_of(app: AppTest) -> Visit:
    """The visit as the last run of the app left it."""
    return app.session_state["visit"]


def change(app: AppTest, **values: object) -> None:
    """Put other values into fields of the visit, before the next run."""
    app.session_state["visit"] = replace(visit_of(app), **values)


def kept(app: AppTest, kind: type) -> object:
    """What a page keeps in the visit, by its type."""
    return visit_of(app).pages.get(kind) or kind()


def keep(app: AppTest, value: object) -> None:
    """Let a page keep this in the visit, before the next run."""
    change(app, pages={**visit_of(app).pages, type(value): value})


def uploader(app: AppTest, name: str) -> object:
    """The uploader of this name, which gets another number each time that it was emptied: the last of them."""
    return max(
        (each for each in app.file_uploader if each.key.rpartition("-")[0] == name),
        key=lambda each: int(each.key.rpartition("-")[2]),
    )


def upload(app: AppTest, **files: bytes) -> AppTest:
    """Upload files at once; an underscore in a keyword stands for the dot of the name."""
    place = uploader(app, "upload")
    for name, data in files.items():
        place.upload(name.replace("_", "."), data)
    return app.run()


def texts(app: AppTest) -> str:
    """All Markdown, captions and titles of a page."""
    return "\n".join(
        element.value for element in [*app.markdown, *app.caption, *app.header, *app.subheader, *app.title]
    )


def figure(app: AppTest, number: int = 0) -> dict:
    """A figure of the page as Plotly's JSON."""
    return json.loads(app.get("plotly_chart")[number].proto.spec)
