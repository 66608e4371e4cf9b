"""Figures of what stands in a card, kept for those who come after: a card does not change."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dtl.figures import performance

__all__ = ["coverage_figure", "doubt_figure", "star_figure", "transfer_figure"]

_kept = partial(st.cache_resource, max_entries=32, show_spinner=False)

coverage_figure = _kept(performance.coverage_figure)
doubt_figure = _kept(performance.doubt_figure)
star_figure = _kept(performance.star_figure)
transfer_figure = _kept(performance.transfer_figure)
