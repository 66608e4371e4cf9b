"""Three spectra in, one table out."""

from __future__ import annotations

from astropy.table import Table

from dtl.result import COLUMNS
from tests.e2e.files import EXAMPLES, renamed


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


def own(name: str, number: int) -> dict[str, object]:
    """A file of the visitor's own, with bytes that no other has."""
    data = (EXAMPLES / "simulated-m1-fast.txt").read_bytes() + f"# {number}\n".encode()
    return {"name": name, "mimeType": "", "buffer": data}


def seen(visitor, what: str) -> int:
    return visitor.page.get_by_test_id(what).locator("visible=true").count()


def test_files_chosen_at_any_moment_are_read(visitor):
    """While others are read, as they end, and after that: what the server took is never lost."""
    place = visitor.page.locator("input[type=file]").first
    place.set_input_files([own(f"first-{number}.txt", number) for number in range(12)])
    for number in range(20):
        visitor.page.wait_for_timeout(83 * (number % 6))
        place.set_input_files([own(f"later-{number}.txt", 100 + number)])
        assert seen(visitor, "stFileUploader") == 1 and seen(visitor, "stProgress") <= 1
    visitor.wait_for("32 spectra. Choose a row to see it.")
    visitor.wait_until_read()
    names = Table.read(visitor.download("ECSV"), format="ascii.ecsv")["file"]
    assert sorted(names) == sorted([f"first-{n}.txt" for n in range(12)] + [f"later-{n}.txt" for n in range(20)])


def test_a_file_taken_out_of_the_queue_is_not_read(visitor):
    place = visitor.page.locator("input[type=file]").first
    place.set_input_files([own(f"night-{number}.txt", 200 + number) for number in range(30)])
    visitor.wait_for_progress()
    last = visitor.page.get_by_test_id("stFileChip").filter(has_text="night-29.txt")
    last.get_by_role("button").click()
    visitor.wait_for("29 spectra. Choose a row to see it.")
    visitor.wait_until_read()
    assert not visitor.reads("30 spectra")
