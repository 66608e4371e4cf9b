"""Limits: what a few bytes may ask for, each answered with its sentence before it costs anything."""

from __future__ import annotations

import gzip
import io
import os
import re
import subprocess
import sys

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from dtl.readers.arrays.spectra import drop_repeats, separate
from dtl.readers.limits import LIMITS, Limit, limits_of
from dtl.readers.pixels.orders import Order
from dtl.spectrum import UnusableInput
from tests.readers import layouts
from tests.readers.reading import read_spectrum


def header(*cards: str) -> bytes:
    """A FITS header of cards as text."""
    text = b"".join(card.ljust(80).encode() for card in (*cards, "END"))
    return text.ljust(-(-len(text) // 2880) * 2880)


PRIMARY = header("SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 0", "EXTEND  = T")
TABLE = ("XTENSION= 'BINTABLE'", "BITPIX  = 8", "NAXIS   = 2")
IMAGE = ("SIMPLE  = T", "BITPIX  = -64", "NAXIS   = 1")


def ragged(length: int, rows: int = 3000) -> bytes:
    """A table of which every cell says that it is as long as all numbers of the file."""
    place = np.zeros((rows, 4), dtype=">i4")
    place[:, 0] = place[:, 2] = length
    data = place.tobytes() + bytes(8 * abs(length))
    cards = (f"NAXIS1  = {16:20d}", f"NAXIS2  = {rows:20d}", f"PCOUNT  = {8 * abs(length):20d}", "GCOUNT  = 1")
    cards += ("TFIELDS = 2", "TTYPE1  = 'wave'", "TFORM1  = 'PD(9)'", "TTYPE2  = 'flux'", "TFORM2  = 'PD(9)'")
    content = PRIMARY + header(*TABLE, *cards) + data
    return content.ljust(-(-len(content) // 2880) * 2880, b"\0")


def tile_bomb() -> bytes:
    """A compressed image of 10,000 values, of which the one tile unpacks to 20 MB."""
    packed = gzip.compress(bytes(20_000_000))
    cards = ("NAXIS1  = 8", "NAXIS2  = 1", f"PCOUNT  = {len(packed):20d}", "GCOUNT  = 1", "TFIELDS = 1")
    cards += ("TTYPE1  = 'COMPRESSED_DATA'", "TFORM1  = '1PB(100)'", "ZIMAGE  = T", "ZBITPIX = 32", "ZNAXIS  = 2")
    cards += ("ZNAXIS1 = 1000", "ZNAXIS2 = 10", "ZTILE1  = 1000", "ZTILE2  = 10", "ZCMPTYPE= 'GZIP_1'")
    content = PRIMARY + header(*TABLE, *cards) + np.array([len(packed), 0], dtype=">i4").tobytes() + packed
    beside = layouts.to_bytes(
        fits.PrimaryHDU(), fits.ImageHDU(np.tile(np.linspace(8765, 8865, 1000), (10, 1)), name="WAVE")
    )
    return content.ljust(-(-len(content) // 2880) * 2880, b"\0") + beside[2880:]


def ecsv(metadata: str) -> bytes:
    """A small ECSV table with metadata of one's own."""
    rows = "\n".join(f"{w:.2f} {f:.4f}" for w, f in zip(layouts.grid(), layouts.truth(layouts.grid()), strict=True))
    names = "# - {name: wave, unit: Angstrom, datatype: float64}\n# - {name: flux, datatype: float64}\n"
    return f"# %ECSV 1.0\n# ---\n# datatype:\n{names}# meta: !!omap\n{metadata}wave flux\n{rows}\n".encode()


def votable(inside: str, before: str = "") -> bytes:
    """A VOTable of two columns without rows."""
    fields = '<FIELD name="wave" datatype="double" unit="Angstrom"/><FIELD name="flux" datatype="double"/>'
    text = f'<?xml version="1.0"?>{before}<VOTABLE version="1.3"><RESOURCE><TABLE>{fields}{inside}</TABLE>'
    return f"{text}</RESOURCE></VOTABLE>".encode()


def scaled(card: str) -> bytes:
    """A table of which a card that scales the second column is no number."""
    content = layouts.fits_table(names=("wavelength", "flux"))
    end = content.rindex(b"END" + b" " * 77)
    return content[:end] + card.ljust(80).encode() + content[end : end + 80] + content[end + 160 :]


def elsewhere(offset: int = 0, heap: int = 0) -> bytes:
    """A table of cells of which the last begins, or all begin, beside the numbers of the file."""
    wave = layouts.grid()
    cells = np.empty(3, dtype=object)
    cells[:] = [wave, wave, wave]
    columns = [fits.Column(name, "PD()", array=cells) for name in ("wave", "flux")]
    content = layouts.to_bytes(fits.PrimaryHDU(), fits.BinTableHDU.from_columns(columns))
    hdus = fits.open(io.BytesIO(content))
    at = hdus[1].fileinfo()["datLoc"] + 2 * 16 + 12  # where the flux of the last row is
    place = int.from_bytes(content[at : at + 4], "big") + offset
    content = content[:at] + place.to_bytes(4, "big", signed=True) + content[at + 4 :]
    end = content.rindex(b"END" + b" " * 77)
    card = f"THEAP   = {48 + heap:20d}".ljust(80).encode()
    return content[:end] + card + content[end : end + 80] + content[end + 160 :]


ALIASES = "# - a: &a0 [x, x]\n" + "".join(f"# - b{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 40))
ENTITIES = '<!DOCTYPE VOTABLE [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
REMOTE = '<DATA><BINARY><STREAM encoding="base64" href="file:///etc/hostname"/></BINARY></DATA>'
HOSTILE = {
    "comments": (gzip.compress(b"# nothing\n" * 8_000_000, 1), "unpacks to more than the limit of 50 MB of text"),
    "gzip in gzip": (gzip.compress(gzip.compress(layouts.text())), "compressed twice"),
    "lines": (b"\n" * 800_000 + layouts.text(), "has 801,900 lines"),
    "one line": (b"8800.0 1.0 " * 10_000, "has a line of"),
    "cells of text": (("8800.0 1.0" + " w" * 20 + "\n").encode() * 300_000, "an array of 6,600,000 values"),
    "cells of XML": (votable(f"<DATA><TABLEDATA><TR>{'<TD/>' * 1_600_000}</TR></TABLEDATA></DATA>"), "1,600,000 cells"),
    "cells in base 64": (
        votable(f"<DATA><BINARY><STREAM encoding='base64'>{'AAAA' * 2_000_000}</STREAM></BINARY></DATA>"
        ).replace(b'"double"', b'"short" arraysize="1"'), "3,000,000 cells"),
    "empty cells": (("8800.0 1.0" + 5_000 * ";" + "\n").encode() * 100, "has 5,001 columns"),
    "brackets": (("8800.0 (1.0)" + 4_000 * "()" + "\n").encode() * 400, "without a table of numbers"),
    "columns": ("\n".join("8800 " * 300 for _ in range(20)).encode(), "columns and the limit is 250"),
    "aliases": (ecsv(ALIASES), "repeats parts of its metadata"),
    "metadata": (ecsv("".join(f"# - {{key{i}: {'x' * 90}}}\n" for i in range(3000))), "of metadata"),
    "brackets in metadata": (ecsv(f"# {'[' * 3000}{']' * 3000}\n"), "metadata nested 3,0"),
    "lists in metadata": (ecsv(f"# {'- ' * 3000}x\n"), "metadata nested 3,0"),
    "code": (ecsv("# - a: !!python/object/apply:os.mkdir [gone-off]\n"), "cannot be parsed"),
    "entities": (votable("", ENTITIES), "declares entities"),
    "elsewhere": (votable(REMOTE), "in another file or on a server"),
    "rows": (votable("").replace(b"<TABLE", b'<TABLE nrows="900000000"'), "900,000,000 lines"),
    "lists": (votable("").replace(b'<FIELD', b'<FIELD arraysize="20000"').replace(
        b"<TABLE", b'<TABLE nrows="60000"'), "unpacks to more than the limit of 200 MB"),
    "parameters": (votable('<PARAM name="c" datatype="int" value="1"/>' * 30_000), "has 30,009 tags of XML"),
    "hidden entities": (
        b"<\0!\0-\0-\0<VOTABLE-\0-\0>\0" + votable("", ENTITIES).decode().encode("utf-16-le"), "declares entities"),
    "hidden after others": (
        b"<!--" + 400 * b"x" + b"\0<VOTABLE-->" + votable("", ENTITIES).decode().encode("utf-16-le"), "neither FITS"),
    "entities in UTF-16": (votable("", ENTITIES).decode().encode("utf-16"), "declares entities"),
    "nested": (votable("").replace(b"<TABLE>", b"<RESOURCE>" * 2000 + b"<TABLE>"), "XML is nested too deeply"),
    "array size": (votable("<DATA><BINARY><STREAM encoding='base64'>AAAA</STREAM></BINARY></DATA>").replace(
        b"<FIELD", b'<FIELD arraysize="999999999"'), "an array size in it is beyond sense"),
    "scale": (scaled("TSCAL2  = NaN"), "has the card TSCAL2 = 'NaN' where a number belongs"),
    "zero": (scaled("TZERO2  = 'two'"), "has the card TZERO2 = 'two' where a number belongs"),
    "cell after the end": (elsewhere(offset=8), "looks for its numbers outside of itself"),
    "cell before the start": (elsewhere(offset=-10_000_000), "looks for its numbers outside of itself"),
    "heap in the table": (elsewhere(heap=-60), "looks for its numbers outside of itself"),
    "hdus": (PRIMARY + header("XTENSION= 'IMAGE'", "BITPIX  = 8", "NAXIS   = 0") * 1200, "more than 1,000 FITS"),
    "cards": (header(*IMAGE[:2], "NAXIS   = 0", *(f"K{i:06d} = {i}" for i in range(60_000))), "more than 50,000 cards"),
    "continued": (header(*IMAGE[:2], "NAXIS   = 0", "LONG    = 'a&'", *(3_000 * ["CONTINUE  'b&'"])), "2,000 CONTINUE"),
    "axis": (header(*IMAGE, "NAXIS1  = 1000000000") + bytes(2880), "truncated"),
    "negative axis": (header(*IMAGE, "NAXIS1  = -2880") + bytes(2880), "damaged FITS header"),
    "negative count": (PRIMARY + header(*TABLE, "NAXIS1  = 8", "NAXIS2  = 9", "PCOUNT  = -999"), "damaged FITS header"),
    "shared cells": (gzip.compress(ragged(50_000)), "an array of 150,000,000 values"),
    "ragged cells": (ragged(1, rows=60_000), "120,000 table cells of variable length"),
    "negative cells": (ragged(-50), "cells of negative length"),
    "fields": (layouts.to_bytes(fits.PrimaryHDU(), fits.BinTableHDU.from_columns(
        [fits.Column(f"c{i}", "D", array=np.ones(20)) for i in range(300)])), "300 columns"),
    "tile": (tile_bomb(), "unpacks to more than it claims"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_answered_with_a_sentence(kind: str) -> None:
    content, words = HOSTILE[kind]
    with pytest.raises(UnusableInput) as caught:
        read_spectrum(content, name="star")
    sentence = str(caught.value)
    assert words in sentence, sentence
    assert sentence.startswith("star ") and sentence.endswith(".") and "; " in sentence and "\n" not in sentence


def test_cells_of_variable_length_inside_their_table_are_read() -> None:
    assert len(read_spectrum(elsewhere(), name="star.fits").flux)


def test_few_references_are_no_harm() -> None:
    """What a program writes that notes one list twice."""
    spectrum = read_spectrum(ecsv("# - a: &id001 [1, 2]\n# - b: *id001\n# - object: GJ 1\n"), name="star.ecsv")
    assert spectrum.star == "GJ 1"


def test_metadata_of_a_few_levels_and_a_long_card_are_no_harm() -> None:
    assert read_spectrum(ecsv("# - {a: [[1, 2], [3, {b: [4]}]]}\n# - object: GJ 1\n"), name="star.ecsv").star == "GJ 1"
    assert read_spectrum(layouts.wcs(OBJECT="GJ 1", NOTE=1_500 * "letters ")).star == "GJ 1"


@pytest.mark.parametrize("form", ["binary", "binary2"])
def test_cells_of_a_binary_votable_are_counted_by_the_size_of_its_rows(
    form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = {"wavelength": np.linspace(8780, 8880, 2000), "flux": 1 + 0.1 * np.sin(np.arange(2000.0))}
    written = io.BytesIO()
    Table(columns | {"quality": np.zeros(2000, np.uint8)}).write(written, format="votable", tabledata_format=form)
    for most, fits_in in ((6_600, True), (5_700, False)):
        monkeypatch.setitem(LIMITS, "cells", Limit(most, LIMITS["cells"].sentence))
        if fits_in:
            assert len(read_spectrum(written.getvalue(), name="star.vot").flux) == 1900
        else:
            with pytest.raises(UnusableInput, match="cells in tables of XML"):
                read_spectrum(written.getvalue(), name="star.vot")


def test_rows_and_cells_of_a_votable_are_not_counted_as_what_describes_it() -> None:
    rows = "".join(f"<v:TR><v:TD>{w:.4f}</v:TD><v:TD\n>{1 + i % 7}</v:TD></v:TR>" for i, w in enumerate(
        np.linspace(8780, 8880, 10_000)))  # fmt: skip
    plain = votable(f"<DATA><TABLEDATA>{rows}</TABLEDATA></DATA>").decode()
    prefixed = re.sub(r"<(/?)(?=[A-Z])", r"<\1v:", plain)
    named = prefixed.replace("<v:VOTABLE", '<v:VOTABLE xmlns:v="http://www.ivoa.net/xml/VOTable/v1.3"')
    assert named.count("<") > 2 * LIMITS["elements"].most
    assert len(read_spectrum(named.encode(), name="star.vot").flux) > 1000


def test_attributes_of_a_tag_are_counted() -> None:
    many = " ".join(f'a{i}="{i}"' for i in range(LIMITS["attributes"].most))
    with pytest.raises(UnusableInput, match="attributes in tags of XML"):
        read_spectrum(votable(f"<INFO {many}/>"), name="star.vot")


def test_a_header_of_twenty_thousand_cards_is_read() -> None:
    card = fits.Card("KEY", 1)
    table = fits.open(io.BytesIO(layouts.fits_table()))
    table[1].header.extend([card] * 20_000)
    assert len(read_spectrum(layouts.to_bytes(*table), name="star.fits").flux)


def test_limits_can_be_set() -> None:
    assert limits_of({"DTL_MAX_HDUS": "7"})["hdus"].most == 7
    assert limits_of({}) == LIMITS
    for wrong in ("0", "-1", "many", "1.5"):
        with pytest.raises(UnusableInput, match="DTL_MAX_LINES"):
            limits_of({"DTL_MAX_LINES": wrong})


def test_what_is_done_at_once_goes_by_the_processors_that_may_be_used() -> None:
    code = (
        "import os; os.cpu_count = lambda: 64; os.sched_getaffinity = lambda _: set(range(6)); "
        "from dtl.readers.limits import most; print(most('readers_at_once'), most('adaptations_at_once'))"
    )
    for settings, found in (({}, "6 3"), ({"DTL_MAX_READERS_AT_ONCE": "2", "DTL_MAX_ADAPTATIONS_AT_ONCE": "1"}, "2 1")):
        done = subprocess.run(
            [sys.executable, "-c", code], env=os.environ | settings, capture_output=True, text=True, check=False
        )
        assert done.stdout.strip() == found, done.stderr


def stretch(first: float, flux: np.ndarray, number: int) -> Order:
    return Order(first + 0.1 * np.arange(len(flux)), flux, number=number)


def test_repeats_are_found_whatever_the_bits_of_a_nan() -> None:
    flux = np.array([1.0, np.nan, 0.0, 2.0])
    other = np.array([1.0, -np.nan, -0.0, 2.0])
    orders = [stretch(8800, flux, 0), stretch(8800, other, 1), stretch(8800, 2 * flux, 2), stretch(8801, flux, 3)]
    kept, repeats = drop_repeats(orders)
    assert [order.number for order in kept] == [0, 2, 3] and repeats == 1


def test_two_thousand_orders_are_sorted_into_spectra() -> None:
    """Twenty stars of a hundred orders, of which neighbours overlap by a tenth."""
    rng = np.random.default_rng(1)
    orders = [stretch(5000 + 90.0 * k, rng.random(1000), 100 * star + k) for star in range(20) for k in range(100)]
    spectra = separate(orders)
    assert len(spectra) == 20 and all(len(spectrum) == 100 for spectrum in spectra)
    assert [order.number for order in spectra[3]] == list(range(300, 400))
