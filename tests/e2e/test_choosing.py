"""With two files uploaded the list and the table both choose which is shown, and neither undoes the other."""

from __future__ import annotations

from tests.e2e.files import renamed


def test_list_and_table_follow_each_other(visitor, tmp_path):
    paths = renamed(tmp_path, 2)
    visitor.upload(paths)
    answers = [visitor.answer()]
    visitor.choose("Spectrum shown", paths[0].name)
    visitor.page.wait_for_timeout(1500)  # what would set it back comes with the next message of the browser
    answers.append(visitor.answer())
    assert answers[1]["Teff"] != answers[0]["Teff"]
    table = visitor.page.get_by_test_id("stDataFrame").first
    table.click(position={"x": 16, "y": 38 + 52})  # the second row
    visitor.page.wait_for_timeout(1500)
    assert visitor.answer() == answers[0]
    visitor.choose("Spectrum shown", paths[0].name)
    visitor.page.wait_for_timeout(1500)
    assert visitor.answer() == answers[1]
    visitor.choose("Spectrum shown", paths[1].name)
    visitor.page.wait_for_timeout(1500)
    assert visitor.answer() == answers[0]
