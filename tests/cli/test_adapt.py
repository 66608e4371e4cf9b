"""What the command line makes of the option for anchors."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from dtl.cli.adapt import _anchor_table, _place
from dtl.spectrum import UnusableInput


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


def test_a_folder_that_is_made_before_the_work_goes_where_nothing_came_of_it(tmp_path: Path) -> None:
    """One that was there stays, with all that is in it; so does one that is filled."""
    (tmp_path / "old").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.tex").write_text("")
    for name in ("new", "old", "full"):
        with pytest.raises(UnusableInput, match="moved"), _place(tmp_path / name):
            assert (tmp_path / name).is_dir()
            raise UnusableInput("moved")
    assert sorted(place.name for place in tmp_path.rglob("*")) == ["full", "old", "thesis.tex"]
    with _place(tmp_path / "new"):
        (tmp_path / "new" / "card.json").write_text("")
    assert (tmp_path / "new" / "card.json").exists()
