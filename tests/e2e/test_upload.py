"""Three spectra in, one table out."""

from __future__ import annotations

from astropy.table import Table

from dtl.result import COLUMNS
from tests.e2e.files import renamed


def check(text: str, visitor, paths) -> None:
    table = Table.read(text, format="ascii.ecsv")
    assert list(table["file"]) == [path.name for path in paths]
    assert table.colnames == list(COLUMNS)
    assert str(table["teff"].unit) == "K"
    shown = int(visitor.answer()["Teff"].removesuffix(" K"))
    assert abs(table["teff"][-1] - shown) <= 5  # the page rounds to what the interval allows
    assert abs(table["teff"][0] - 3412) < 150  # drawn at 3412 K


def test_three_files_and_their_table(visitor, tmp_path):
    paths = renamed(tmp_path, 3)
    visitor.upload(paths)
    check(visitor.download("ECSV"), visitor, paths)


def test_the_same_by_keyboard_alone(visitor, tmp_path):
    paths = renamed(tmp_path, 3)
    visitor.tab_to(visitor.button("Upload"))
    with visitor.page.expect_file_chooser() as chooser:
        visitor.press("Enter")
    visitor.choose_files(chooser.value, paths)
    visitor.tab_to(visitor.button("ECSV"))
    check(visitor.saved(lambda: visitor.press("Enter")), visitor, paths)
