"""What the page Literature shows, kept for those who go back and forth between parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dtl.catalogue import published_stars
from dtl.catalogue.literature import user_comparison
from dtl.catalogue.star_record import star_values
from dtl.figures.literature import comparison_figure
from dtl.figures.star_record import star_figure
from dtl.result import InferenceResult

__all__ = ["comparison", "record", "users", "values_of"]

#: Figures and tables of each kind that a visit keeps: with it goes what they hold of its stars.
_KEPT = {"max_entries": 8, "scope": "session", "show_spinner": False}


@st.cache_resource(**_KEPT)
def comparison(parameter: str, sources: list[str], users: pd.DataFrame, *, errors: bool, dark: bool) -> go.Figure:
    """`dtl.figures.literature.comparison_figure` of the published stars."""
    table = published_stars.literature_table()
    return comparison_figure(table, parameter, sources, users=users, errors=errors, dark=dark)


@st.cache_resource(**_KEPT)
def record(values: pd.DataFrame, parameter: str, labels: Mapping[str, str], *, first: str, dark: bool) -> go.Figure:
    """`dtl.figures.star_record.star_figure`."""
    return star_figure(values, parameter, labels, first=first, dark=dark)


def users(stars: Mapping[str, tuple[InferenceResult, str]]) -> pd.DataFrame:
    """`dtl.catalogue.literature.user_comparison`."""
    used = [
        (label, star, result.flags, *map(astuple, result.estimates.values())) for label, (result, star) in stars.items()
    ]
    return _users(stars, used)


@st.cache_data(**_KEPT)
def _users(_stars: Mapping[str, tuple[InferenceResult, str]], used: list[tuple]) -> pd.DataFrame:
    """The same, known by what is used of the results."""
    return user_comparison(_stars)


#: `dtl.catalogue.star_record.star_values`.
values_of = st.cache_data(**_KEPT)(star_values)
