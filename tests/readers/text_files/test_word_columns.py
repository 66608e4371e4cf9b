"""Masks in words mark their pixels, a column that names stars or epochs keeps them apart."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.io import fits

from dtl.readers.options import ReadOptions
from dtl.readers.text_files.word_columns import tidy_words
from dtl.spectrum import Spectrum, UnusableInput
from tests.builders import observe
from tests.readers.layouts import to_bytes
from tests.readers.reading import read_spectrum

BAD = np.r_[500:507, 700, 900:903]


def seen(snr: float = 150.0, seed: int = 1) -> tuple[Spectrum, np.ndarray]:
    spectrum = observe(snr=snr, seed=seed)
    marked = np.zeros(spectrum.flux.size, dtype=bool)
    marked[BAD] = True
    spectrum.flux[marked] *= 0.93
    return spectrum, marked


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("mark", [",", " ", ";", "\t"])
@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("quality", "OK", "BAD"), ("bad", "F", "T"), ("good", "yes", "no"), ("flag", "good", "bad"),
        ("mask", "False", "True"), ("valid", "True", "False"), ("status", "pass", "fail"), ("dq", "0", "1"),
        ("good", "Y", "N"), ("mask", '"ok"', '"bad"'),
    ],
)  # fmt: skip
def test_masks_in_words(name: str, good: str, bad: str, mark: str, seed: int) -> None:
    spectrum, marked = seen(seed=seed)
    columns = (spectrum.wavelength, spectrum.flux, spectrum.uncertainty, marked)
    rows = [
        mark.join([f"{w:.4f}", f"{f:.3f}", f"{e:.3f}", bad if m else good]) for w, f, e, m in zip(*columns, strict=True)
    ]
    found = read_spectrum("\n".join([mark.join(["wave", "flux", "err", name]), *rows]).encode())
    np.testing.assert_allclose(found.wavelength[np.isnan(found.flux)], spectrum.wavelength[marked], atol=1e-3)


def test_a_mask_that_is_not_understood_is_said() -> None:
    spectrum, marked = seen()
    columns = (spectrum.wavelength, spectrum.flux, marked)
    rows = [f"{w:.4f},{f:.3f},{'krumm' if m else 'grade'}" for w, f, m in zip(*columns, strict=True)]
    found = read_spectrum("\n".join(["wave,flux,quality", *rows]).encode())
    assert any(f.name == "mask" and f.value == "not used" and "quality" in f.reason for f in found.findings)
    assert np.isfinite(found.flux).all()


@pytest.mark.parametrize(("head", "source"), [("", "guessed"), ("wave flux err mask\n", "file")])
def test_a_mask_without_a_name_is_a_guess(head: str, source: str) -> None:
    spectrum, marked = seen()
    columns = (spectrum.wavelength, spectrum.flux, spectrum.uncertainty, marked)
    rows = [f"{w:.4f} {f:.3f} {e:.3f} {int(m)}" for w, f, e, m in zip(*columns, strict=True)]
    found = read_spectrum((head + "\n".join(rows)).encode())
    (mask,) = [f for f in found.findings if f.name == "mask"]
    assert (mask.source, mask.value) == (source, f"{marked.sum()} pixels")
    assert mask.reason.startswith("column 4") and ("whose numbers are those of a mask" in mask.reason) == (not head)


def test_a_mask_in_words_of_a_fits_table() -> None:
    spectrum, marked = seen()
    parts = [
        ("wave", "D", spectrum.wavelength),
        ("flux", "D", spectrum.flux),
        ("quality", "4A", np.where(marked, "BAD", "OK")),
    ]
    table = fits.BinTableHDU.from_columns([fits.Column(n, f, array=a) for n, f, a in parts])
    assert np.isnan(read_spectrum(to_bytes(fits.PrimaryHDU(), table)).flux).sum() == marked.sum()


@pytest.mark.parametrize("name", ["star", "object", "epoch", "date"])
@pytest.mark.parametrize("place", [0, 1, 3])
@pytest.mark.parametrize("sort", [False, True])
def test_a_column_that_names_the_spectrum(sort: bool, place: int, name: str) -> None:
    words = {"star": ("GJ 1", "GJ 2"), "object": ("A", "B"), "epoch": ("2458562.1", "2458570.2")}
    first, second = observe(seed=1), observe(seed=2, velocity=24.0)
    rows, labels = [], words.get(name, ("2020-01-01", "2020-02-01"))
    for spectrum, label in ((first, labels[0]), (second, labels[1])):
        for w, f, e in zip(spectrum.wavelength, spectrum.flux, spectrum.uncertainty, strict=True):
            cells = [f"{w:.4f}", f"{f:.3f}", f"{e:.3f}"]
            rows.append((w, ",".join([*cells[:place], label, *cells[place:]])))
    names = ["wave", "flux", "err"]
    head = ",".join([*names[:place], name, *names[place:]])
    lines = [line for _, line in (sorted(rows, key=lambda row: row[0]) if sort else rows)]
    found = read_spectrum("\n".join([head, *lines]).encode())
    assert "several_spectra" in found.flags and found.spectra == 2
    inside = (first.wavelength > 8800) & (first.wavelength < 8835)
    np.testing.assert_allclose(
        np.interp(first.wavelength, found.wavelength, found.flux)[inside], first.flux[inside], atol=0.01
    )


def test_one_star_in_every_row_is_one_spectrum() -> None:
    spectrum = observe()
    rows = [f"{w:.4f},{f:.3f},GJ 388" for w, f in zip(spectrum.wavelength, spectrum.flux, strict=True)]
    assert "several_spectra" not in read_spectrum("\n".join(["wave,flux,name", *rows]).encode()).flags


def labelled(words: list[str], names: str, *spectra: Spectrum, sort: bool = False) -> bytes:
    """Rows between blanks, the word of their spectrum in front, as they come or by their wavelengths."""
    rows = [
        (w, f"{word} {w:.4f} {f:.3f} {e:.3f}")
        for word, spectrum in zip(words, spectra, strict=True)
        for w, f, e in zip(spectrum.wavelength, spectrum.flux, spectrum.uncertainty, strict=True)
    ]
    lines = [line for _, line in (sorted(rows, key=lambda row: row[0]) if sort else rows)]
    return "\n".join([names, *lines]).encode()


@pytest.mark.parametrize("names", ["# {} wave flux err", "{} wave flux err", "# wave flux err", "# observed in 2020"])
@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("star", "GJ699"), ("target", "2MASSJ1835"), ("order", "m63"), ("date", "2019-07-19"), ("ut", "04:31:07"),
        ("flag", "ok"), ("arm", "red-cam_2"),
    ],
)  # fmt: skip
def test_a_word_before_blanks(name: str, word: str, names: str) -> None:
    spectrum = observe()
    found = read_spectrum(labelled([word], names.format(name), spectrum))
    np.testing.assert_allclose(found.flux, spectrum.flux, atol=1e-3)
    np.testing.assert_allclose(found.uncertainty, spectrum.uncertainty, atol=1e-3)
    assert "several_spectra" not in found.flags
    assert found.star == (word if name in ("star", "target") and "{}" in names else "")


def with_words(words: list[str], place: int, spectrum: Spectrum, mark: str = " ") -> list[str]:
    """Rows with a word among their numbers."""
    rows = []
    for i, numbers in enumerate(zip(spectrum.wavelength, spectrum.flux, spectrum.uncertainty, strict=True)):
        row = [f"{number:.4f}" for number in numbers]
        rows.append(mark.join([*row[:place], words[i % len(words)], *row[place:]]))
    return rows


@pytest.mark.parametrize("mark", [" ", ",", "\t"])
@pytest.mark.parametrize("place", [1, 2, 3])
@pytest.mark.parametrize("word", ["GJ_699", "m63", "2019-07-19", "star"])
def test_a_word_after_numbers(word: str, place: int, mark: str) -> None:
    """It was taken for a text without numbers; columns are numbered as in the file."""
    spectrum = observe()
    content = "\n".join(with_words([word], place, spectrum, mark)).encode()
    flux, error = (str(number + (number > place)) for number in (2, 3))
    for options in (ReadOptions(), ReadOptions(columns=("1", flux, error))):
        found = read_spectrum(content, options=options)
        np.testing.assert_allclose(found.flux, spectrum.flux, atol=1e-3)
        np.testing.assert_allclose(found.uncertainty, spectrum.uncertainty, atol=1e-3)
    with pytest.raises(UnusableInput, match="has no column"):
        read_spectrum(content, options=ReadOptions(columns=("1", str(place + 1))))


@pytest.mark.parametrize("words", [["u", "v", "v"], ["0.5", "w"], ["1.0e-2-3.0e-2"]])
def test_words_after_numbers_that_come_and_go_stay(words: list[str]) -> None:
    """They may be those of a mask, of two stars row by row, or no words."""
    text = "\n".join(with_words(words, 1, observe()))
    assert tidy_words(text) == text


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("word", ["2019-07-19", "2019-07-19T04:31:07", "19/07/2019"])
def test_a_date_before_other_marks(word: str, mark: str) -> None:
    content = labelled([word], "date wave flux err", observe()).replace(b" ", mark.encode())
    np.testing.assert_allclose(read_spectrum(content).flux, observe().flux, atol=1e-3)


@pytest.mark.parametrize("names", ["# nod wave flux err", "# wave flux err"])
@pytest.mark.parametrize("sort", [False, True])
def test_words_before_blanks_keep_spectra_apart(sort: bool, names: str) -> None:
    first, second = observe(seed=1), observe(seed=2, velocity=24.0)
    found = read_spectrum(labelled(["A", "B"], names, first, second, sort=sort))
    assert "several_spectra" in found.flags and found.spectra == 2
    np.testing.assert_allclose(found.flux, first.flux, atol=1e-3)


@pytest.mark.parametrize("row", ["step {} done in {} s", "[{}] loss={} ok", "{}: {} warnings", "epoch {}/50 took {} s"])
def test_a_log_is_no_table(row: str) -> None:
    with pytest.raises(UnusableInput):
        read_spectrum("\n".join(row.format(i, 8800 + i) for i in range(60)).encode())


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("name", ["star_rv", "star_teff", "target_snr", "object_type", "star_mask"])
def test_what_is_said_of_a_star_is_not_its_name(name: str, first: bool) -> None:
    """A star was called -110.0, and a mask of its pixels took the spectrum apart."""
    spectrum = observe()
    marked = (np.arange(spectrum.flux.size) % 25 == 0).astype(int)
    words = {"star_rv": "-110.0", "star_teff": "3200", "target_snr": "100", "object_type": "M4"}
    values = [words.get(name, str(flag)) for flag in marked]
    rows = [
        ",".join([value, *numbers] if first else [*numbers, value])
        for value, *numbers in zip(
            values,
            *(map(str, part) for part in (spectrum.wavelength, spectrum.flux, spectrum.uncertainty)),
            strict=True,
        )
    ]
    names = [name, "wave", "flux", "err"] if first else ["wave", "flux", "err", name]
    found = read_spectrum("\n".join([",".join(names), *rows]).encode())
    assert found.star == "" and "several_spectra" not in found.flags
    assert found.flux.size == spectrum.flux.size


@pytest.mark.parametrize("name", ["star", "star_no", "date_obs", "target_id", "file_id", "star_hip"])
def test_numbers_tell_stars_and_epochs_apart(name: str) -> None:
    first, second = observe(seed=1), observe(seed=2, velocity=24.0)
    rows = [
        f"{label},{w:.4f},{f:.3f}"
        for pair in zip(first.wavelength, first.flux, second.flux, strict=True)
        for label, w, f in ((20190319, *pair[:2]), (20190401, pair[0], pair[2]))
    ]
    found = read_spectrum("\n".join([f"{name},wave,flux", *rows]).encode())
    assert "several_spectra" in found.flags
    np.testing.assert_allclose(found.flux, first.flux, atol=1e-3)
