"""Text of strangers on pages: it stays text."""

from __future__ import annotations

import pytest

from pages.shared.core import wording


def test_what_means_something_in_markdown_is_escaped() -> None:
    text = "[l](x) **b** _i_ `c` $x$ :red[c] <b>z</b> ~s~ # h | - 1. !\n> q \\"
    plain = wording.plain(text)
    assert plain.replace("\\\\", "\0").replace("\\", "").replace("\0", "\\") == text.replace("\n", " ")
    assert "\n" not in plain
    for place, letter in enumerate(plain):
        assert letter not in "[]()*_`$:<>~#|!" or plain[place - 1] == "\\", plain


@pytest.mark.parametrize("text", ["https://evil.example/x", "HTTP://evil.org", "www.evil.example", "a@evil.example"])
def test_no_address_becomes_a_link_by_itself(text: str) -> None:
    # The browser looks for addresses after the escapes are gone; an invisible letter stands in each.
    shown = wording.plain(text).replace("\\", "")
    assert shown != text and shown.replace("\N{WORD JOINER}", "") == text
    for start in ("http://", "https://", "www.", "@evil"):
        assert start not in shown.lower()


def test_what_is_no_address_has_nothing_invisible_in_it() -> None:
    assert wording.plain("GJ 699: Teff 3200 K").replace("\\", "") == "GJ 699: Teff 3200 K"


def test_what_is_too_long_says_that_it_was_cut() -> None:
    name = "night-" + 100 * "x" + "-0017.fits"
    shown = wording.printable(name)
    assert len(shown) == 100 and shown.startswith("night-x") and "…" in shown and shown.endswith("x-0017.fits")
    assert wording.printable(name[:100]) == name[:100]
    assert wording.plain(500 * "y") == 399 * "y" + "…" and wording.plain(400 * "y") == 400 * "y"


def test_log_g_has_no_unit() -> None:
    assert wording.value_with_unit("logg", "4.50 to 5.30") == "4.50 to 5.30"
    assert wording.value_with_unit("vsini", "2.5") == "2.5 km/s"


def test_ranges_have_a_dash_and_names_keep_their_hyphen() -> None:
    shown = wording.with_minus(
        "Teff 3000-4300 K, [M/H] -0.5 to +0.5, v sin i 1.5-30 km/s, true to 0.3-1.5 % below 3200 K"
    )
    assert shown == ("Teff 3000–4300 K, [M/H] −0.5 to +0.5, v sin i 1.5–30 km/s, true to 0.3–1.5 % below 3200 K")
    for kept in (
        "G 9-40 (M2.5)",
        "2026-11-29",
        "common-r50000",
        "a 15-component model",
        "night-1-2 Kepler",
        "GJ 1-2 Kg",
    ):
        assert wording.with_minus(kept) == kept


def test_names_of_several_spectra_are_said_once():
    assert wording.labels(["A", "B", "A", "*C*"], 3) == "A (2 spectra); B; \\*C\\*"
    assert wording.labels(["A", "B", "A", "C"], 2) == "A (2 spectra); B; and 1 more"
