"""What a user says of instrument, order and uncertainties, and a file that is read once and settled many times."""

from __future__ import annotations

import numpy as np
import pytest

from dtl.readers import ReadOptions
from dtl.spectrum import Spectrum, UnusableInput
from tests.readers import layouts
from tests.readers.reading import read_contents, read_spectrum


def finding(spectrum: Spectrum, name: str):
    return next(f for f in spectrum.findings if f.name == name)


def table(*columns: np.ndarray, names: str) -> bytes:
    rows = [" ".join(f"{value:.8g}" for value in row) for row in np.column_stack(columns)]
    return "\n".join([names, *rows]).encode()


def test_orders_that_reach_into_the_window_can_be_chosen_from() -> None:
    both = read_spectrum(layouts.carmenes(), name="c.fits")
    assert [number for number, _, _ in both.orders] == [2, 1]
    assert both.orders[1][2] == pytest.approx(8810.0, abs=0.1)
    alone = read_spectrum(layouts.carmenes(), name="c.fits", options=ReadOptions(order=2))
    assert "1 of 4 used: 2 (" in finding(alone, "orders").value and finding(alone, "orders").source == "user"
    assert alone.wavelength[0] > both.wavelength[0]  # what order 1 adds in the blue is missing
    assert alone.orders == both.orders  # so that another can be chosen


def test_an_order_elsewhere_is_refused_with_those_that_fit() -> None:
    with pytest.raises(UnusableInput, match=r"its order 3, which does not reach .*; choose among 2, 1"):
        read_spectrum(layouts.carmenes(), name="c.fits", options=ReadOptions(order=3))


def test_one_order_leaves_no_choice() -> None:
    assert read_spectrum(layouts.hpf(), name="h.fits").orders == ()


def test_a_stated_instrument_gives_resolution_and_medium() -> None:
    wave = layouts.grid()
    data = table(wave, layouts.truth(wave), names="wave flux")
    guess = read_spectrum(data, name="t.txt")
    stated = read_spectrum(data, name="t.txt", options=ReadOptions(instrument="ESPaDOnS"))
    assert (guess.instrument, guess.resolution) == ("", None)
    assert (stated.instrument, stated.resolution) == ("ESPaDOnS", 68000.0)
    assert finding(stated, "instrument").source == "user" and finding(stated, "medium").value == "air"
    assert stated.wavelength[0] - guess.wavelength[0] == pytest.approx(2.42, abs=0.03)  # air taken for what it is
    own = read_spectrum(layouts.hpf(), name="h.fits", options=ReadOptions(instrument="FEROS"))
    assert finding(own, "medium").value == "vacuum"  # the layout says so


@pytest.mark.parametrize(("kind", "power"), [("sigma", 1.0), ("variance", 2.0), ("inverse", -2.0)])
@pytest.mark.parametrize("named", [True, False])
def test_uncertainties_of_every_kind(kind: str, power: float, named: bool) -> None:
    wave = layouts.grid()
    sigma = 0.01 + 0.005 * np.sin(wave)
    title = {"sigma": "err", "variance": "var", "inverse": "ivar"}[kind] if named else "spread"
    data = table(wave, layouts.truth(wave), sigma**power, names=f"lam f {title}")
    options = ReadOptions(columns=("lam", "f", title), uncertainty=None if named else kind)
    spectrum = read_spectrum(data, name="t.txt", options=options)
    np.testing.assert_allclose(spectrum.uncertainty, np.interp(spectrum.wavelength, wave, sigma), rtol=1e-5)


@pytest.mark.parametrize("make", [layouts.hpf, layouts.carmenes, layouts.serval, layouts.neid, layouts.espadons])
def test_uncertainties_can_be_left_aside_in_every_layout(make) -> None:
    """Also where no column holds them; and nothing says that the file has none."""
    plain, without = (read_spectrum(make(), name="s", options=ReadOptions(uncertainty=told)) for told in (None, "none"))
    assert plain.uncertainty is not None and without.uncertainty is None
    np.testing.assert_array_equal(without.wavelength, plain.wavelength)
    assert finding(without, "uncertainty").source == "user" and "by the user" in finding(without, "uncertainty").reason


def test_columns_named_without_uncertainties_are_not_a_file_without() -> None:
    wave = layouts.grid()
    data = table(wave, layouts.truth(wave), 0.01 * np.ones_like(wave), names="lam f err")
    spectrum = read_spectrum(data, name="t.txt", options=ReadOptions(columns=("lam", "f", None)))
    assert spectrum.uncertainty is None
    assert finding(spectrum, "uncertainty").reason == "the user named no column of uncertainties"


@pytest.mark.parametrize("make", [layouts.hpf, layouts.carmenes, layouts.eso, layouts.espadons, layouts.wcs])
def test_a_reading_can_be_settled_again_and_again(make) -> None:
    """The same as reading anew each time, in any order of the options."""
    data = make()
    reading = read_contents(data, name="s")
    for options in (ReadOptions(), ReadOptions(medium="air"), ReadOptions(frame="rest", resolution=7e4), ReadOptions()):
        again, anew = reading.spectrum(options), read_spectrum(data, name="s", options=options)
        assert again.findings == anew.findings
        for name in ("wavelength", "flux", "uncertainty"):
            np.testing.assert_array_equal(getattr(again, name), getattr(anew, name))


def test_a_reading_refuses_in_one_sentence() -> None:
    reading = read_contents(layouts.hpf(), name="h.fits")
    with pytest.raises(UnusableInput, match=r"^h\.fits .*order"):
        reading.spectrum(ReadOptions(order=99))
