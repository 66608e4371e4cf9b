"""What the command line makes of the option for anchors."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from dtl.cli.adapt import _anchor_table


@pytest.mark.parametrize(
    ("given", "table", "paths"),
    [
        (None, "", ["a.fits"]),
        ("", "", ["a.fits"]),
        ("mine.CSV", "mine.CSV", ["a.fits"]),
        ("b.fits", "", ["b.fits", "a.fits"]),  # the bare option before the spectra
    ],
)
def test_a_spectrum_after_the_bare_option_is_a_spectrum(given: str | None, table: str, paths: list[str]) -> None:
    assert _anchor_table(SimpleNamespace(anchors=given, path=["a.fits"], scale=None)) == (table, paths)
