"""What a person came for stands first, and nothing holds the wheel of their mouse."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.files import EXAMPLES, renamed
from tests.e2e.visitor import QUIET

#: Below which nothing may lie that is to be seen without scrolling.
WINDOW = 900
#: Pixels of the page of one file with everything folded.
_LONGEST = 2000
_BOTTOM = "e => e.getBoundingClientRect().bottom"
_MAIN = "document.querySelector('[data-testid=stMain]')"


def unresolved(folder: Path) -> Path:
    """A star of the catalogue whose rotation is not resolved: an example with the name of Barnard's star."""
    text = (EXAMPLES / "simulated-m4-metal-poor.ecsv").read_text()
    path = folder / "gj699.ecsv"
    path.write_text(text.replace("Simulated M4 dwarf, metal-poor", "GJ 699").replace("simulated", "observed"))
    return path


def test_one_file_is_answered_without_scrolling(visitor, tmp_path):
    visitor.upload([unresolved(tmp_path)])
    page = visitor.page
    assert page.locator("h1").inner_text() == "GJ 699"
    values, figure = page.get_by_test_id("stMetric"), page.get_by_test_id("stPlotlyChart").first
    assert values.count() == 4 and all(value.evaluate(_BOTTOM) < WINDOW for value in values.all())
    assert page.get_by_text("sources", exact=False).count() >= 4  # the literature under each value
    assert page.get_by_text("95 % limit").evaluate(_BOTTOM) < WINDOW
    assert figure.evaluate(_BOTTOM) <= WINDOW
    assert page.get_by_test_id("stFileUploader").locator("visible=true").evaluate(_BOTTOM) < 140
    for folded in page.locator("[data-testid=stMain] details[open] > summary").all():
        folded.click()
    visitor.rest()
    page.wait_for_function(f"{_MAIN}.scrollHeight <= {_LONGEST}")


def test_the_first_visit_shows_values_and_figure(visitor):
    page = visitor.page
    assert all(value.evaluate(_BOTTOM) < WINDOW for value in page.get_by_test_id("stMetric").all())
    assert page.get_by_test_id("stPlotlyChart").first.evaluate("e => e.getBoundingClientRect().top") < 0.7 * WINDOW


def test_the_table_of_files_lets_the_wheel_go(visitor, tmp_path):
    refused = tmp_path / "letter.txt"
    refused.write_text("Dear reader,\nthis is no spectrum.\n")
    paths = renamed(tmp_path, 5)
    for number in range(9):
        copy = tmp_path / f"copy-{number}{paths[1].suffix}"
        copy.write_bytes(paths[1].read_bytes() + b"\n" * (number + 1))
        paths.append(copy)
    visitor.upload([*paths, refused])
    page = visitor.page
    table = page.get_by_test_id("stDataFrame")
    assert table.count() == 1  # the only table of results
    box = table.bounding_box()
    assert 380 < box["height"] < 400  # a header and ten rows
    page.mouse.move(box["x"] + 300, box["y"] + 150)
    page.mouse.wheel(0, 100)
    page.wait_for_function(f"{_MAIN}.scrollTop === 100")  # the page moves at once
    page.mouse.click(box["x"] + 300, box["y"])  # a hundred pixels higher now
    page.evaluate(QUIET)
    page.mouse.wheel(0, 100)
    page.wait_for_function("document.querySelector('.dvn-scroller').scrollTop > 0")  # now the table


def test_the_tabs_of_the_model_show_one_part_at_a_time(visitor):
    visitor.go("Model")
    shown = visitor.page.get_by_text("What a result does not mean").locator("visible=true")
    shown.wait_for()
    visitor.turn_to("Validation")
    visitor.wait_until(lambda: shown.count() == 0)
    visitor.turn_to("Summary")
    visitor.wait_until(lambda: shown.count() == 1)


def test_a_range_dragged_over_the_spectrum_is_measured(visitor):
    page = visitor.page
    page.get_by_test_id("stCheckbox").filter(has_text="Measure").locator("label").first.click()
    visitor.wait_for("Equivalent width")
    first, last = page.get_by_role("spinbutton", name="From [Å]"), page.get_by_role("spinbutton", name="To [Å]")
    before = first.input_value(), last.input_value()
    visitor.rest()
    panel = page.get_by_test_id("stPlotlyChart").first.locator(".nsewdrag").first
    panel.scroll_into_view_if_needed()
    box = panel.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.2 * box["width"], middle)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.4 * box["width"], middle, steps=8)
    page.mouse.up()
    visitor.wait_until(lambda: first.input_value() != before[0] and last.input_value() != before[1])
    low, high = float(first.input_value()), float(last.input_value())
    assert 8806.5 < low < 8807.5 and 8813.5 < high < 8814.5  # a fifth and two fifths of 8800-8835


def test_a_legend_is_clear_of_the_figure_after_the_window_became_wide(visitor):
    page = visitor.page
    clear = """() => {
        const figure = document.querySelector('.js-plotly-plot'), box = e => e.getBoundingClientRect();
        const names = [...figure.querySelectorAll('.annotation-text')].map(e => box(e).top);
        const drawn = figure.querySelector('.main-svg').getAttribute('width');
        return drawn %s 600 && box(figure.querySelector('.legend')).bottom <= Math.min(...names);
    }"""
    page.wait_for_function(clear % ">")
    page.set_viewport_size({"width": 390, "height": WINDOW})
    page.wait_for_function(clear % "<")  # the legend has two rows
    visitor.rest()
    page.set_viewport_size({"width": 1440, "height": WINDOW})
    visitor.rest()  # after a first drawing with the margins of before
    page.wait_for_function(clear % ">", timeout=10_000)


def test_what_stands_beside_a_table_or_a_figure_is_below_it_in_a_narrow_window(visitor):
    page = visitor.page
    for title, above, below in (
        ("Literature", page.get_by_test_id("stDataFrame"), page.get_by_text("Of this star", exact=True)),
        ("HR diagram", page.get_by_test_id("stPlotlyChart"), page.get_by_role("button", name="Open its spectrum")),
    ):
        visitor.go(title)
        beside = []
        for width in (1280, 720):
            page.set_viewport_size({"width": width, "height": WINDOW})
            visitor.rest()
            beside.append(below.first.evaluate("e => e.getBoundingClientRect().top") < above.first.evaluate(_BOTTOM))
        assert beside == [True, False], title
        page.set_viewport_size({"width": 1280, "height": WINDOW})
        visitor.rest()


def test_boxes_leave_no_room_beside_them_in_a_narrow_window(visitor):
    page = visitor.page
    rows = "all => Object.values(Object.groupBy(all, e => e.getBoundingClientRect().top)).map(row => row.length)"
    for title, widths in (("Spectrum", {1280: [4], 720: [4], 560: [2, 2], 390: [2, 2]}), ("Model", {720: [2, 2]})):
        visitor.go(title)
        for width, expected in widths.items():
            page.set_viewport_size({"width": width, "height": WINDOW})
            visitor.rest()
            assert page.get_by_test_id("stMetric").evaluate_all(rows) == expected, (title, width)
        page.set_viewport_size({"width": 1280, "height": WINDOW})
        visitor.rest()
    wide = "e => e.closest('.stGridCell').getBoundingClientRect().width"
    for title, below in (("Literature", "Of this star"), ("HR diagram", "Open its spectrum")):
        visitor.go(title)
        page.set_viewport_size({"width": 720, "height": WINDOW})
        box = page.get_by_text(below, exact=True)
        visitor.wait_until(lambda box=box: box.evaluate(wide) == 690)
        page.set_viewport_size({"width": 1280, "height": WINDOW})
        visitor.rest()


def test_an_address_below_a_page_opens_the_page_with_the_view_it_names(visitor, address):
    visitor.page.goto(f"{address}/model-card/more?model-tab=Training")
    visitor.look_around()
    assert visitor.page.get_by_role("tab", selected=True).inner_text() == "Training"
    assert visitor.page.url == f"{address}/model-card?model-tab=Training"
