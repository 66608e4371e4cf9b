"""With two files uploaded the list and the table both choose which is shown, and neither undoes the other."""

from __future__ import annotations

from tests.e2e.files import renamed


def test_list_and_table_follow_each_other(visitor, tmp_path):
    paths = renamed(tmp_path, 2)
    visitor.upload(paths)
    answers = [visitor.answer()]
    visitor.choose("Spectrum shown", paths[0].name)
    visitor.wait_until(lambda: visitor.answer()["Teff"] != answers[0]["Teff"])
    answers.append(visitor.answer())
    stays(visitor, answers[1])
    table = visitor.page.get_by_test_id("stDataFrame").first
    table.click(position={"x": 16, "y": 38 + 52})  # the second row
    stays(visitor, answers[0])
    visitor.choose("Spectrum shown", paths[0].name)
    stays(visitor, answers[1])
    visitor.choose("Spectrum shown", paths[1].name)
    stays(visitor, answers[0])


def stays(visitor, answer: dict[str, str]) -> None:
    """An answer comes, and stays: what would set it back comes with the next message of the browser."""
    visitor.wait_until(lambda: visitor.answer() == answer)
    visitor.page.wait_for_timeout(1500)
    visitor.rest()
    assert visitor.answer() == answer
