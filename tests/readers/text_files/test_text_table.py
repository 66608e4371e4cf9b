"""Sentences about text tables that cannot be parsed."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest

from dtl.readers import limits
from dtl.readers.source import Source
from dtl.readers.text_files.text_table import parse_table
from dtl.spectrum import UnusableInput
from tests.builders import observe
from tests.readers.reading import read_spectrum


def refusal(rows: list[str]) -> str:
    with pytest.raises(UnusableInput) as caught:
        parse_table(Source("star.csv", "\n".join(rows).encode()))
    return str(caught.value)


@pytest.mark.parametrize(
    "row",
    [
        *("8,796.65;12,032.10", "8.796,65;12.032,10", "8.796,65;12032,10", "8,796.65\t12032.1"),
        *("8 796,65;12 032,10", "8 796.65;12 032.10", "8 796.65\t12 032.1"),
    ],
)
def test_thousands_separators(row: str) -> None:
    mark = "\t" if "\t" in row else ";"
    table = parse_table(Source("star.csv", "\n".join([f"wave{mark}flux", *[row] * 50]).encode()))
    assert table.names == ["wave", "flux"]
    np.testing.assert_allclose(table.values, [[8796.65, 12032.10]] * 50)


@pytest.mark.parametrize(
    "row",
    [
        *('"8,796.65","12,032.10"', '"8796,65","12032,10"', '"8.796,65","12.032,10"', '"8,796.65","12032.1"'),
        *('8796.65,"12,032.1"', '"8796,65","1.20321E4"', '"8796,65";"12.032,1"', '"8,796.65"\t"12,032.1"'),
    ],
)
def test_commas_in_quotes_are_not_between_columns(row: str) -> None:
    table = parse_table(
        Source("star.csv", "\n".join(['"wave"' + (";" if ";" in row else ",") + '"flux"', *[row] * 50]).encode())
    )
    np.testing.assert_allclose(table.values, [[8796.65, 12032.10]] * 50, rtol=1e-5)


@pytest.mark.parametrize("mark", [" ", ", ", "; "])
@pytest.mark.parametrize("head", [("", ""), ("wave", "flux")])
def test_a_row_for_each_column(mark: str, head: tuple[str, str]) -> None:
    """As `numpy.savetxt` writes a list of arrays, and tables that were turned; a comma may be a decimal mark."""
    columns = np.linspace(8780, 8855, 1200), 1 + 0.3 * np.sin(np.arange(1200.0))
    rows = [
        mark.join([*filter(None, [name]), *(f"{x:.17e}" for x in own)]) for name, own in zip(head, columns, strict=True)
    ]
    for text in ("# GJ 699\n" + "\n\n".join(rows), "\n".join(rows).replace(",", ";").replace(".", ",")):
        table = parse_table(Source("star.txt", text.encode()))
        np.testing.assert_array_equal(table.values.T, columns)
        assert tuple(table.names) == head and table.transposed
    found = read_spectrum("\n".join(rows).encode()).findings
    assert ("rows and columns", "swapped") in [(finding.name, finding.value) for finding in found]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("first", ["", "what", None])
def test_a_table_that_pandas_turned(mark: str, first: str | None) -> None:
    """A row of 0, 1, 2 ... stands above, its first cell empty or not; missing numbers are empty cells."""
    columns = np.array([np.linspace(8780, 8855, 1200), np.linspace(0.5, 1.5, 1200), np.full(1200, 0.01)])
    columns[1, 5:9] = columns[2, 7:30] = np.nan
    names = ["wave", "Observed flux", "err"]
    count = [] if first is None else [mark.join([first, *map(str, range(1200))])]
    rows = [
        mark.join([name, *("" if np.isnan(x) else repr(float(x)) for x in own)])
        for name, own in zip(names, columns, strict=True)
    ]
    table = parse_table(Source("star.csv", "\n".join(["# vacuum", *count, *rows]).encode()))
    np.testing.assert_array_equal(table.values.T, columns)
    assert table.names == names and table.transposed and "vacuum" in table.comments
    rows[0] = rows[0].removeprefix("wave")  # it was the index
    assert parse_table(Source("star.csv", "\n".join([*count, *rows]).encode())).names == ["", *names[1:]]


@pytest.mark.parametrize(
    ("row", "head", "names"),
    [
        (r"{0} & {1} & {2} \\\\", r"wave & flux & error \\\\", ["wave", "flux", "error"]),
        (r"${0}$ & ${1} \pm {2}$\\\\", "", []),
        ("[{0}, {1}, {2}]", "[wave, flux, error]", ["wave", "flux", "error"]),
        ("  ({0}, {1}, {2}),", "wave flux error", ["wave", "flux", "error"]),
        ("{0}:{1}:{2}", "wave:flux:error", ["wave", "flux", "error"]),
        ("{0} {1}±{2}", "", []),
        ("{0}, {1}+/-{2}", "", []),
        ("{0} {1}({3})", "", []),
        ("wave={0} flux={1} err={2}", "", ["wave", "flux", "err"]),
        ('{{"wave": {0}, "flux": {1}, "err": {2}}},', "[", ["wave", "flux", "err"]),
    ],
)
def test_numbers_between_other_marks(row: str, head: str, names: list[str]) -> None:
    values = np.column_stack([np.linspace(8780, 8855, 60), np.linspace(-0.5, 1.5, 60), np.linspace(0.01, 0.07, 60)])
    values = values.round(3)
    rows = [row.format(*(f"{x:.3f}" for x in own), round(1000 * own[2])) for own in values]
    table = parse_table(Source("star.txt", "\n".join(["# vacuum", head, *rows, "]", r"\end{tabular}"]).encode()))
    np.testing.assert_array_equal(table.values, values)
    assert list(filter(None, table.names)) == names and "vacuum" in table.comments
    assert table.separator == "marks that were taken for blanks"


@pytest.mark.parametrize(
    ("start", "stop"),
    [("[[", "]]"), ("{{", "}}"), ("data = [(", ")]"), ("array([[", "]])"), ('{"spectrum": [[', "]]}")],
)
def test_lists_whose_first_and_last_rows_have_a_bracket_more(start: str, stop: str) -> None:
    values = np.column_stack([np.linspace(8780, 8855, 60), np.linspace(0.5, 1.5, 60), np.linspace(0.01, 0.07, 60)])
    rows = [start[-1] + ", ".join(f"{x:.4f}" for x in own) + stop[0] for own in values]
    text = start[:-1] + ",\n ".join(rows) + stop[1:]
    table = parse_table(Source("star.json", text.encode()))
    np.testing.assert_allclose(table.values, values, atol=1e-4)


@pytest.mark.parametrize("end", [";", ";  ", " ;", "|", " |", ","])
@pytest.mark.parametrize("mark", [", ", " ", "\t"])
def test_a_mark_at_the_end_of_each_row_stands_between_no_columns(mark: str, end: str) -> None:
    rows = [mark.join(("8796.65", "0.93", "0.01")) + end] * 50
    if mark == ", " and end == ",":
        rows = [row + " " for row in rows]
    for head in (mark.join(("wave", "flux", "err")), mark.join(("wave", "flux", "err")) + end):
        table = parse_table(Source("star.txt", "\n".join([head, *rows]).encode()))
        np.testing.assert_array_equal(table.values, [[8796.65, 0.93, 0.01]] * 50)
        assert [name.rstrip(";| ,") for name in table.names] == ["wave", "flux", "err"]


@pytest.mark.parametrize(
    "row",
    [
        *("[{0:.1f}] exposure {1}", "12:{1:02d}:03 [INFO] {0}", "step: {0:.1f} loss: {1}", "GJ{1}: {0:.1f}, 0.9"),
        *("see p. {1} (and {0:.1f})", "8{1:03d}-{0:.1f}", "{0:.1f}: clouds"),
    ],
)
def test_logs_and_prose_are_no_tables(row: str) -> None:
    assert "without a table of numbers" in refusal([row.format(8800 + 0.1 * i, i) for i in range(60)])


def test_whole_numbers_before_a_comma_between_other_marks() -> None:
    rows = [(8780 + 0.05 * i, 21000 + i % 3 / 2, 250.0 - i % 2) for i in range(60)]
    text = "\n".join("({:.2f}, {:g}, {:g})".format(*row) for row in rows)
    np.testing.assert_allclose(parse_table(Source("star.txt", text.encode())).values, rows)


def test_rows_between_other_marks_that_are_not_alike() -> None:
    rows = [f"({8800 + i}, 0.9)" if i % 3 else f"{8800 + i}: (0.9" for i in range(60)]
    assert "without a table of numbers" in refusal(rows)


def test_other_marks_take_no_time() -> None:
    start = time.process_time()
    refusal(
        [
            ("[" + 400 * form)[:19_000]
            for form in ("1:", "1 ", "a=", "[[", "]]", "1.", "1(", "   ", '"a')
            for _ in range(40)
        ]
    )
    row = "({0}" + 900 * ", {0}" + ")"
    refusal([row.format(i) for i in range(300)])
    assert time.process_time() - start < 5


@pytest.mark.parametrize("blank", ["\u00a0", "\u202f", "\u2009"])
def test_blanks_between_thousands(blank: str) -> None:
    rows = ["onde;flux", *[f"8{blank}796,65;1{blank}012{blank}032,5"] * 50]
    table = parse_table(Source("star.csv", "\n".join(rows).encode()))
    np.testing.assert_array_equal(table.values, [[8796.65, 1012032.5]] * 50)
    rows = ["wave; flux", *[f"8796.653;{blank}201.5"] * 50, "# 1\u00a0000 Å"]
    table = parse_table(Source("star.csv", "\n".join(rows).encode()))
    np.testing.assert_array_equal(table.values, [[8796.653, 201.5]] * 50)
    table = parse_table(Source("star.csv", "\n".join([f"8796.653{blank}201.5"] * 50).encode()))
    np.testing.assert_array_equal(table.values, [[8796.653, 201.5]] * 50)


def test_rows_that_are_no_columns() -> None:
    assert "only 2 rows" in refusal(["8800.1 1.0 0.1", "8800.2 1.1 0.1"])
    assert "250" in refusal([" ".join(["word"] * 400), " ".join(["word"] * 400)] + [" ".join(["1.5"] * 400)] * 10)


def test_rows_of_different_length() -> None:
    sentence = refusal(["1 2", "1 2 3", "1 2", "1 2 3"] * 10 + ["1 2"])
    assert "(3 columns in row 2 of the numbers, 2 in most)" in sentence


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_star_named_in_each_row(mark: str) -> None:
    """First or last: its column is no number, and the others are read."""
    numbers = [f"{8800 + 0.1 * i:.1f}{mark}0.9{mark}0.01" for i in range(40)]
    for head, rows in (
        (f"star{mark}wave{mark}flux{mark}err", [f"GJ 699{mark}{row}" for row in numbers]),
        (f"wave{mark}flux{mark}err{mark}star", [f"{row}{mark}GJ 699" for row in numbers]),
    ):
        table = parse_table(Source("star.csv", "\n".join([head, *rows]).encode()))
        assert table.names == ["wave", "flux", "err"] and table.values.shape == (40, 3)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        *(("+1.5", 1.5), ("-.5", -0.5), (".5", 0.5), ("1.0D+03", 1000.0), ("' 2'", 2.0), ("٣", 3.0), ("true", 1.0)),
        *(("Infinity", np.inf), ("-inf", -np.inf), ("' nan'", np.nan), ("n/a", np.nan)),
        *(("word", np.nan), ("d5", np.nan), ("1a", np.nan), ("in", np.nan), ("²", np.nan), ("\"' '\"", np.nan)),
    ],
)
def test_a_cell_is_the_number_it_writes_and_a_word_is_none(cell: str, value: float) -> None:
    cells = [cell, "7", *["word"] * 18]
    rows = [f"{8800 + i / 10:.1f};1.0;{text}" for i, text in enumerate(cells)]
    found = parse_table(Source("star.csv", "\n".join(rows).encode())).values
    np.testing.assert_array_equal(found[:3, 2], [value, 7.0, np.nan])


ROWS = [f"{8800 + 0.05 * i:.2f} 1.5 0.1" for i in range(50)]


@pytest.mark.parametrize(
    "head",
    [
        ["# 1 WAVE Wavelength [Angstrom]", "# 2 FLUX Flux [adu]", "# 3 FLUXERR Error [adu]"],
        ["#   1 WAVE   [Angstrom]", "#   2 FLUX  [adu]", "#   3 FLUXERR [adu]"],
        ["# 3: FLUXERR [adu]", "# 2: FLUX [adu]", "# 1: WAVE [Angstrom]"],
        ["# Column 1: WAVE [Angstrom]", "# Column 2: FLUX [adu]", "# Column 3: FLUXERR [adu]"],
    ],
)
def test_columns_named_by_their_numbers(head: list[str]) -> None:
    table = parse_table(Source("star.cat", "\n".join([*head, *ROWS]).encode()))
    assert table.names == ["WAVE [Angstrom]", "FLUX [adu]", "FLUXERR [adu]"]


@pytest.mark.parametrize(
    "head",
    [
        ["# 1 exposure of 300 s", "# 2 nights", "# 3 stars"],
        ["# 1 WAVE", "# 2 FLUX"],
        ["# 2 exposures of the flux of this star", "# 1 wavelength solution by ThAr lamps"],
    ],
)
def test_numbers_that_name_no_columns(head: list[str]) -> None:
    assert parse_table(Source("star.txt", "\n".join([*head, *ROWS]).encode())).names == ["", "", ""]


TABLE = "".join(f"{8790 + 0.05 * i:.2f} {1 + 0.001 * (i % 7):.4f}\n" for i in range(1100))


@pytest.mark.parametrize(
    "head",
    [
        ("a[" * 9_900 + "\n") * 3,
        ("a (" * 6_600 + "\n") * 3,
        *(f"# {word * (1_980 // len(word))}\n" * 2_000 for word in ("berv ", "air to ", "not bary ", "R=", ", ")),
        "".join(f"# {i} {'not vacuum, berv to be ' * 80}\n" for i in range(2_000)),
        ("# vac" + " " * 1_900 + "x\n") * 2_000,
        ("# vacuum =" + " " * 1_900 + "x\n") * 2_000,
        ("# converted from 100000 " + "to " * 600 + "\n") * 2_000,
        ("# 1 " + "[" * 1_900 + "\n") * 2_000,
        ("# " + "-" * 1_900 + "= 1\n") * 2_000,
    ],
)  # fmt: skip
def test_long_comments_take_no_time(head: str) -> None:
    began = time.process_time()
    try:
        read_spectrum((head + TABLE).encode())
    except UnusableInput as error:
        assert len(str(error)) > 40
    assert time.process_time() - began < 4.0  # 10 s and more where a search takes the square of the letters


@pytest.mark.parametrize("text", ['wave,flux\n"' + "\n" * 100_000 + '",1\n', TABLE + ("\u00a0" * 19_000 + "\n") * 20])
def test_lines_of_nothing_take_no_time(text: str) -> None:
    began = time.process_time()
    try:
        read_spectrum(text.encode())
    except UnusableInput as error:
        assert len(str(error)) > 40
    assert time.process_time() - began < 4.0  # 40 s where a search begins anew in each of them


@pytest.mark.parametrize("names", [True, False])
def test_hundreds_of_columns_take_no_time(names: bool) -> None:
    noise = np.random.default_rng(1).normal(1000.0, 30.0, (5_000, 249))
    table = np.column_stack([np.linspace(8790.0, 8845.0, 5_000), noise])
    head = " ".join(["wave", *(f"c{i}" for i in range(249))]) + "\n" if names else ""
    text = head + "\n".join(" ".join(f"{x:.3f}" for x in row) for row in table)
    began = time.process_time()
    read_spectrum(text.encode())
    assert time.process_time() - began < 5.0


@pytest.mark.parametrize("mark", ["# ", ""])
@pytest.mark.parametrize(
    "title",
    [
        *("GJ 699 spectrum", "sky subtracted flux", "blaze corrected flux", "star 1 data", "sky star lamp"),
        *("wavelength calibrated spectrum", "flux error wave", "first light spectrum", "flux in counts"),
    ],
)
def test_a_title_of_as_many_words_as_columns_names_none(mark: str, title: str) -> None:
    wave = np.linspace(8780, 8855, 60)
    rows = [f"{w:.4f} {1 + 0.1 * np.sin(9 * w):.5f} 0.01" for w in wave]
    for text in (f"{mark}{title}", f"# wave flux err\n{mark}{title}"):
        table = parse_table(Source("star.txt", "\n".join([text, *rows]).encode()))
        assert table.names == (["", "", ""] if text.endswith(text.split("\n")[0]) else ["wave", "flux", "err"])


@pytest.mark.parametrize(
    "heading",
    [
        *("# lambda model measured error", "wave sky subtracted err", "# columns: wave model flux error"),
        *("lambda\tmodel\tmeasured\terror", "# wave,model,corrected,error,", "wave;model;flux;error;"),
    ],
)
def test_headings_with_words_of_titles_and_separators_at_their_ends(heading: str) -> None:
    wave = np.linspace(8780, 8855, 60)
    mark = next((mark for mark in ",;\t" if mark in heading), " ")
    rows = [mark.join([f"{w:.4f}", "0.9", f"{1 + 0.1 * np.sin(9 * w):.5f}", "0.01"]) for w in wave]
    names = parse_table(Source("star.txt", "\n".join([heading, *rows]).encode())).names
    plain = heading.strip("#,; ").removeprefix("columns: ")
    assert names == plain.replace(mark, " ").split()
    rows = [row + mark for row in rows]
    assert parse_table(Source("star.txt", "\n".join([heading, *rows]).encode())).names == names


def test_a_heading_is_known_by_its_wavelengths() -> None:
    wave = np.linspace(8780, 8855, 60)
    for heading in ("flux sky wave", "#flux sky lambda_air", "x,counts,lines", "p q r"):
        rows = [f"{1 + 0.1 * np.sin(9 * w):.5f} 0.01 {w:.4f}" for w in wave]
        rows = [row.replace(" ", ",") for row in rows] if "," in heading else rows
        table = parse_table(Source("star.txt", "\n".join([heading, *rows]).encode()))
        assert table.names == heading.strip("#").replace(",", " ").split()


@pytest.mark.parametrize("empty", [",,", ", ,", '"","",""', "NA,NA,NA"])
@pytest.mark.parametrize("place", [0, 7, 300])
def test_rows_without_a_number_are_no_rows(place: int, empty: str) -> None:
    """Spreadsheets write as many as were ever touched."""
    rows = [f"{8800 + 0.1 * i:.1f},0.9{i:03d},0.01" for i in range(300)]
    if place:
        lines = ["wave,flux,err", *rows[:place], *[empty] * 900, *rows[place:]]
    else:
        lines = [*[",,"] * 900, "wave,flux,err", *rows]
    table = parse_table(Source("star.csv", "\n".join(lines).encode()))
    np.testing.assert_allclose(table.values[:, 0], 8800 + 0.1 * np.arange(300))
    assert table.names == ["wave", "flux", "err"]


def test_numbers_that_are_none_are_no_empty_rows() -> None:
    rows = [f"{8800 + 0.1 * i:.1f},0.9,0.01" for i in range(300)]
    assert "has rows without a number (row 301 is '8 800 1" in refusal([*rows, *["8 800 1,x1,y1"] * 90])


@pytest.mark.parametrize("mark", [";", "\t", " "])
def test_a_decimal_comma_does_not_count_as_two_values(mark: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.LIMITS, "values", limits.Limit(950, "has an array of {found} values"))
    rows = [mark.join(["8800,1", "0,9", "0,01"])] * 300
    assert parse_table(Source("star.csv", "\n".join(rows).encode())).values.shape == (300, 3)
    assert "has an array of 990 values" in refusal(rows + rows[:30])


def test_a_csv_with_all_cells_quoted_is_read_as_fast_as_another() -> None:
    row = ",".join(f"{x:.4f}" for x in (8812.3, *np.linspace(0.1, 1, 9)))
    quoted = ",".join(f'"{cell}"' for cell in row.split(","))
    took = []
    for line in (row, quoted):
        source = Source("star.csv", "\n".join([line] * 60_000).encode())
        start = time.process_time()
        values = parse_table(source).values
        took.append(time.process_time() - start)
        np.testing.assert_allclose(values[-1], [float(cell) for cell in row.split(",")])
    assert took[1] < 3 * took[0] + 0.3


@pytest.mark.parametrize(
    ("cells", "values"), [("n/a,1", (np.nan, 1)), ("x1y,--", (np.nan, np.nan)), ("1.0D+3,x", (1e3, np.nan))]
)
def test_columns_with_words(cells: str, values: tuple[float, float]) -> None:
    rows = ["8800.1,0.9,3,4", *[f"8800.2,0.9,{cells}"] * 200, "8800.3,0.9,5,6"]
    found = parse_table(Source("star.csv", "\n".join(rows).encode())).values
    np.testing.assert_array_equal(found[100], [8800.2, 0.9, *values])
    np.testing.assert_array_equal(found[[0, -1]], [[8800.1, 0.9, 3, 4], [8800.3, 0.9, 5, 6]])


@pytest.mark.parametrize("frame", ["{} │ {} {}", "│ {} │ {} │ {} │", "║{}║{}║{}║", "┃ {} │ {} │ {} ┃"])
def test_a_table_in_a_frame(frame: str) -> None:
    """As Julia prints one."""
    rows = [frame.format(i, 8800.1 + 0.1 * i, 0.9) for i in range(1, 99)]
    head = ["98×2 DataFrame", frame.format("Row", "wave", "flux"), "─────┼──────────", *rows]
    table = parse_table(Source("star.txt", "\n".join(head).encode()))
    assert table.names == ["Row", "wave", "flux"]
    np.testing.assert_allclose(table.values[:, 1], 8800.2 + 0.1 * np.arange(98))


def three_columns() -> np.ndarray:
    own = observe(seed=4)
    return np.column_stack([own.wavelength, own.flux, own.uncertainty])


@pytest.mark.parametrize(
    ("head", "index"),
    [(",0,1,2", "{i}"), (",0,1,2", "{i}.0"), ("0,1,2", None), ("Var1,Var2,Var3", None), ("i,w,f,e", "{i}")],
)
@pytest.mark.parametrize("start", [0, 8700])
def test_rows_and_columns_that_are_counted(head: str, index: str | None, start: int) -> None:
    """As pandas and MATLAB write arrays without names; a count of rows is neither a flux nor wavelengths in nm."""
    values = three_columns()
    rows = [",".join(f"{x:.5f}" for x in own) for own in values]
    rows = [f"{index.format(i=start + i)},{row}" for i, row in enumerate(rows)] if index else rows
    found = read_spectrum("\n".join([head, *rows]).encode())
    inside = (found.wavelength > 8790) & (found.wavelength < 8850)
    pixels = np.searchsorted(values[:, 0], found.wavelength[inside] - 0.001)
    np.testing.assert_allclose(found.flux[inside], values[pixels, 1], rtol=1e-4)
    np.testing.assert_allclose(found.uncertainty[inside], values[pixels, 2], rtol=1e-3)


@pytest.mark.parametrize("names", ["", "pixel,counts", "x,y", "X,FLUX", "wave,flux"])
@pytest.mark.parametrize("start", [0, 1])
def test_numbers_of_pixels_are_no_wavelengths_under_any_name(names: str, start: int) -> None:
    """Pixel 8800 of a long spectrum was taken for 8800 Å."""
    flux = 1 + 0.3 * np.sin(np.arange(12_000))
    rows = [f"{start + i},{value:.5f}" for i, value in enumerate(flux)]
    with pytest.raises(UnusableInput, match="has no column of wavelengths"):
        read_spectrum("\n".join([names, *rows] if names else rows).encode())


@pytest.mark.parametrize("whole", [False, True])
def test_pixels_that_each_order_counts_are_no_wavelengths(whole: bool) -> None:
    wavelength = np.arange(8000.0, 9600.0, 0.05) if whole else np.arange(8780.0, 8855.0, 0.05)
    flux = 1 + 0.3 * np.sin(wavelength)
    rows = [f"{i % 2048} {w:.4f} {f:.5f}" for i, (w, f) in enumerate(zip(wavelength, flux, strict=True))]
    found = read_spectrum("\n".join(rows).encode())
    np.testing.assert_allclose(found.flux, 1 + 0.3 * np.sin(found.wavelength), atol=1e-4)


@pytest.mark.parametrize("form", ["{:9.4f}{:7.5f}{:7.5f}", "{:10.4f}{:10.4E}{:10.4E}", "{:010.4f}{:09.5f}{:09.5f}"])
@pytest.mark.parametrize("scale", [1.0, 20.0])
def test_numbers_that_touch(form: str, scale: float) -> None:
    rows = [form.format(8780 + 0.05 * i, scale * (0.45 + 0.01 * (i % 9)), 0.01) for i in range(1500)]
    assert "numbers that touch ('8780.0" in refusal(["# wave flux err", *rows]).replace("'08780", "'8780")


@pytest.mark.parametrize("form", ["{:9.4f} {:.4e} {:11.4e}{:11.4e}", "{:9.4f}{:8.5f}{:8.5f}{:8.5f}"])
def test_negative_numbers_that_touch_are_told_by_their_signs(form: str) -> None:
    rows = [(8780 + 0.05 * i, 1.0 + 0.01 * (i % 9), (-1) ** i * 0.02, -0.0123) for i in range(1500)]
    text = "\n".join(["# range 8780.0-8855.0, 2021-03-02", *(form.format(*row) for row in rows)])
    table = parse_table(Source("star.s", text.encode()))
    np.testing.assert_allclose(table.values, rows, atol=1e-5)
    assert table.comments == ["range 8780.0-8855.0, 2021-03-02"]


def test_tabs_and_blanks_between_the_same_columns() -> None:
    marks = (" \t", "\t  \t")
    rows = [f"{8780 + 0.05 * i:.2f}{marks[i % 2]}0.9{i % 3} 0.01" for i in range(100)]
    assert parse_table(Source("star.txt", "\n".join(rows).encode())).values.shape == (100, 3)
    rows = [f"{8780 + 0.05 * i:.2f}\t{'' if i % 9 == 5 else '0.9'}\t0.01" for i in range(100)]
    assert np.isnan(parse_table(Source("star.txt", "\n".join(rows).encode())).values).sum() == 11


@pytest.mark.parametrize(
    ("cards", "wavelength"),
    [
        (["CRVAL1 = 8780.0", "CDELT1 = 0.05"], 8780 + 0.05 * np.arange(1600)),
        (["CRVAL1 = 878.0 / nm", "CD1_1 = 0.005", "CRPIX1 = 11"], 877.95 + 0.005 * np.arange(1600)),
        (["CRVAL1 = 3.9435", "CDELT1 = 2.5e-06", "DC-FLAG = 1"], 3.9435 + 2.5e-6 * np.arange(1600)),
    ],
)
def test_fluxes_alone_below_the_cards_of_their_wavelengths(cards: list[str], wavelength: np.ndarray) -> None:
    flux = [f"{0.9 + 0.01 * (i % 7):.2f}" for i in range(1600)]
    table = parse_table(Source("star.txt", "\n".join([*(f"# {card}" for card in cards), *flux]).encode()))
    np.testing.assert_allclose(table.values, np.column_stack([wavelength, np.array(flux, float)]), rtol=1e-12)
    assert "only one column of numbers" in refusal(["# vacuum", *flux])
    assert "only one column of numbers" in refusal([f"# {cards[0]}", *flux])


@pytest.mark.parametrize("label", ["columns are: ", "Format: ", "The columns of the file: ", "Data columns = "])
def test_names_behind_words_that_say_so(label: str) -> None:
    rows = [f"{8780 + 0.05 * i:.2f} 0.02 {0.9 + 0.01 * (i % 3)} 0.01" for i in range(100)]
    table = parse_table(Source("star.txt", "\n".join([f"# {label}wavelength, sky, flux, error", *rows]).encode()))
    assert table.names == ["wavelength", "sky", "flux", "error"]


@pytest.mark.parametrize("name", ["k[cm^-1]", "wn [m-1]", "kayser", "q(THz)"])
def test_wavelengths_by_the_unit_beside_a_name_that_says_nothing(name: str) -> None:
    own = three_columns()
    falling = {"wn [m-1]": 1e10, "q(THz)": 2997924.58}.get(name, 1e8) / own[:, 0]
    rows = [f"{k:.9f} {f:.5f} {e:.5f}" for k, f, e in zip(falling, own[:, 1], own[:, 2], strict=True)]
    found = read_spectrum("\n".join([f"# {name} flux err", *rows]).encode())
    assert np.interp(8820.0, found.wavelength, found.flux) == pytest.approx(np.interp(8820.0, own[:, 0], own[:, 1]))


@pytest.mark.parametrize(("unit", "factor"), [("cm⁻¹", 1e8), ("THz", 2997924.58), ("eV", 12398.41984332)])
def test_a_refusal_names_the_unit_in_which_numbers_would_hold_the_window(unit: str, factor: float) -> None:
    own = three_columns()
    rows = [f"{factor / w:.9f} {f:.5f}" for w, f in own[:, :2]]
    kind = {"cm⁻¹": "wavenumbers", "THz": "frequencies", "eV": "energies"}[unit]
    with pytest.raises(
        UnusableInput, match=rf"the unit of the {kind} if .*\(as numbers in {unit} they would hold it\)\."
    ):
        read_spectrum("\n".join(rows).encode())
    with pytest.raises(UnusableInput, match=r"if this range is wrong\."):
        read_spectrum("\n".join(f"{w - 900:.3f} {f:.5f}" for w, f in own[:, :2]).encode())


@pytest.mark.parametrize("indent", [None, 1])
def test_json_that_is_no_table_is_called_so(indent: int | None) -> None:
    wavelength, flux, _ = three_columns().T
    for content in ({"wave": list(wavelength), "flux": list(flux)}, [{"flux": 1.0, "wave": x} for x in wavelength]):
        assert "is a JSON file" in refusal([json.dumps(content, indent=indent)])


@pytest.mark.parametrize("mark", ["# ", "Notes: ", "% "])
def test_what_is_said_below_the_numbers(mark: str) -> None:
    rows = [f"{w:.3f} {f:.5f} {e:.5f}" for w, f, e in three_columns()]
    below = ["", f"{mark}wavelengths in air, barycentric frame", "", "# R = 60000"]
    found = read_spectrum("\n".join(["# wave flux err", *rows, *below]).encode())
    said = {finding.name: finding.value for finding in found.findings}
    assert (said["medium"], found.frame, found.resolution) == ("air", "barycentric", 60_000.0)
    table = parse_table(Source("star.txt", "\n".join(["# wave flux err", *rows, *below]).encode()))
    assert table.names == ["wave", "flux", "err"] and len(table.values) == len(rows)


def test_a_pixel_without_a_number_has_its_wavelength_too() -> None:
    values = [f"{1 + 0.001 * (i % 7):.4f}" for i in range(1100)]
    head = "# CRVAL1  = 8790.0\n# CDELT1  = 0.05\n"
    parts = values, [*values[:300], "NaN", "--", "*", *values[303:]]
    full, gaps = (read_spectrum((head + "\n".join(own)).encode()) for own in parts)
    np.testing.assert_allclose(gaps.wavelength, full.wavelength)
    assert np.flatnonzero(np.isnan(gaps.flux)).tolist() == [300, 301, 302]


@pytest.mark.parametrize("word", ["COMMENT", "HISTORY"])
@pytest.mark.parametrize(("said", "medium"), [("vacuum", "vacuum"), ("air", "air")])
def test_cards_of_words_above_a_table_name_no_columns(said: str, medium: str, word: str) -> None:
    """Two words over two columns were taken for their names."""
    own = observe()
    rows = "\n".join(f"{w:.4f} {f:.4f}" for w, f in zip(own.wavelength, own.flux, strict=True))
    found = read_spectrum(f"OBJECT  = 'GJ 1'\n{word} {said}\nEND\n{rows}\n".encode())
    assert next(f for f in found.findings if f.name == "medium").value == medium
    assert "medium_guessed" not in found.flags


def test_words_behind_the_number_of_a_column_are_one_name() -> None:
    own = observe()
    rows = "\n".join(
        f"{w:.4f} {f:.4f} {e:.4f}" for w, f, e in zip(own.wavelength, own.flux, own.uncertainty, strict=True)
    )
    head = "# column1: wavelength (Angstrom)\n# column2: flux\n# column3: flux error\n"
    found = read_spectrum(f"{head}{rows}\n".encode())
    np.testing.assert_allclose(found.uncertainty, own.uncertainty, atol=1e-4)


@pytest.mark.parametrize("remark", ["(not applied)", "(not yet applied)", "[to be applied]"])
def test_the_velocity_of_earth_behind_a_remark(remark: str) -> None:
    own = observe()
    rows = "\n".join(f"{w:.4f} {f:.4f}" for w, f in zip(own.wavelength, own.flux, strict=True))
    found = read_spectrum(f"# medium: vacuum\n# BERV {remark}: 20.0 km/s\n{rows}\n".encode())
    assert (found.frame, found.barycentric_velocity) == ("observatory", 20.0)
    other = read_spectrum(f"# medium: vacuum\n# BERV (of the template): 20.0 km/s\n{rows}\n".encode())
    assert other.barycentric_velocity is None
    done = read_spectrum(f"# medium: vacuum\n# BERV [km/s] (already removed): 20.0\n{rows}\n".encode())
    assert done.frame != "observatory"


def test_logarithms_of_centimetres_without_a_name() -> None:
    own = observe()
    rows = "\n".join(f"{np.log10(w * 1e-8):.10f} {f:.4f}" for w, f in zip(own.wavelength, own.flux, strict=True))
    np.testing.assert_allclose(read_spectrum(rows.encode()).wavelength, own.wavelength, atol=1e-4)
