"""A table before its columns are chosen."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from dtl.readers import ReadOptions
from tests.readers import layouts
from tests.readers.reading import preview_table, read_spectrum

WAVE = layouts.grid()


def shuffled(names: str = "p q r") -> bytes:
    """A table that no rule can tell: flux, wavelengths in nm and variances, in no order."""
    order = np.random.default_rng(2).permutation(len(WAVE))
    rows = np.column_stack([layouts.truth(WAVE), WAVE / 10, np.full(len(WAVE), 1e-4)])[order]
    return "\n".join([names, *(" ".join(f"{value:.9g}" for value in row) for row in rows)]).encode()


@pytest.mark.parametrize(
    ("data", "keys", "guess", "kind"),
    [
        (layouts.eso(), ("WAVE", "FLUX", "ERR"), ("WAVE", "FLUX", "ERR"), "sigma"),
        (layouts.espadons(), ("1", "2", "3"), ("1", "2", "3"), "sigma"),
        (gzip.compress(shuffled("flux wave var")), ("flux", "wave", "var"), ("wave", "flux", "var"), "variance"),
        (shuffled(), ("p", "q", "r"), None, "sigma"),
        (shuffled("wave wave err"), ("1", "2", "err"), None, "sigma"),
    ],
    ids=["eso", "espadons", "named", "strange", "twice"],
)
def test_columns_and_what_they_seem_to_be(data, keys, guess, kind):
    preview = preview_table(data, name="t")
    assert (preview.keys[: len(keys)], preview.kind) == (keys, kind)
    assert preview.guess == guess


@pytest.mark.parametrize("data", [layouts.hpf(), layouts.wcs(), b"", b"Dear reader", b"\x89PNG", b"SIMPLE  ="])
def test_what_is_no_table_has_no_preview(data):
    assert preview_table(data, name="t") is None


def test_chosen_columns_read_what_was_refused():
    preview = preview_table(shuffled(), name="t")
    assert [len(column) for column in preview.rows(8).values()] == [8, 8, 8]
    assert preview.title("q").startswith("q, 877") and preview.start == ("q", "p", None)
    x, y = preview.stretch("q", "p")  # in no order in the file
    assert (np.diff(x) > 0).all()
    np.testing.assert_allclose(y, layouts.truth(10 * x), atol=1e-5)
    spectrum = read_spectrum(shuffled(), name="t", options=ReadOptions(columns=("q", "p", "r"), uncertainty="variance"))
    np.testing.assert_allclose(spectrum.flux, layouts.truth(spectrum.wavelength), atol=1e-5)
    np.testing.assert_allclose(spectrum.uncertainty, 0.01, rtol=1e-6)


def test_what_is_drawn_is_the_window_in_the_units_of_the_file():
    long = np.arange(5000.0, 10000.0, 0.05)
    text = "\n".join(["wave flux", *(f"{x / 10:.7f} {y:.6f}" for x, y in zip(long, layouts.truth(long), strict=True))])
    preview = preview_table(text.encode(), name="t")
    x, y = preview.stretch("wave", "flux")
    assert 878.4 < x.min() < 879 and 884.5 < x.max() < 885.1
    np.testing.assert_allclose(y, layouts.truth(10 * x), atol=1e-5)
    x, _ = preview.stretch("wave", "flux", "Angstrom")  # does not hold the window: all of it, thinned
    assert x.min() == 500 and x.max() > 999 and len(x) <= 4000
