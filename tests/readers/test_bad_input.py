"""Whatever is given, the answer is a spectrum or one clear sentence."""

from __future__ import annotations

import gzip
import io
import os
import pickle
import re
import tarfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.io import fits
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.io import savemat

from dtl.readers import SIZE_LIMIT, ReadOptions
from dtl.spectrum import UnusableInput
from tests.readers import layouts
from tests.readers.reading import read_spectrum


def refusal(content: object, options: ReadOptions | None = None) -> str:
    """The sentence that refuses a content, checked for form."""
    with pytest.raises(UnusableInput) as caught:
        read_spectrum(content, name="star.fits", options=options)
    sentence = str(caught.value)
    assert sentence.startswith("star.fits ") and sentence.endswith(".") and "\n" not in sentence
    assert len(sentence) < 420 and "; " in sentence  # what is wrong; what to do
    return sentence


def tar() -> bytes:
    handle = io.BytesIO()
    with tarfile.open(fileobj=handle, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("star.txt"), io.BytesIO())
    return handle.getvalue()


def parquet() -> bytes:
    handle = io.BytesIO()
    pq.write_table(pa.table({"wave": [8800.0], "flux": [1.0]}), handle)
    return handle.getvalue()


def matlab() -> bytes:
    handle = io.BytesIO()
    savemat(handle, {"wave": np.arange(5.0)})
    return handle.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (gzip.compress(b""), "empty once unpacked"),
        (b"\x1f\x8b\x08\x00broken", "damaged gzip"),
        (b"These are my notes on the observing run.\nNothing else.\n", "text without a table"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "PNG picture"),
        (b"<!DOCTYPE html><html>please log in</html>", "web page"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89HDF\r\n\x1a\n", "HDF5"),
        (tar(), "is a tar archive"),
        (gzip.compress(tar(), mtime=0), "is a tar archive"),
        (parquet(), "is a Parquet table"),
        *((start + bytes(500), "is a Feather table") for start in (b"ARROW1\0\0", b"FEA1")),
        (pickle.dumps(np.arange(5)), "is a Python pickle, which is never opened"),
        (matlab(), "MATLAB's variables"),
        (bytes(range(256)) * 20, "neither FITS nor text"),
        (b"SIMPLE  =", "truncated"),
        (layouts.hpf()[:1500], "truncated"),
        (layouts.hpf()[:9000], "truncated"),
        (layouts.hpf()[:200_000], "truncated"),
        (layouts.hpf(wavelengths="missing"), "no wavelengths (the extension 'Sci Wavl' is missing)"),
        (layouts.to_bytes(fits.PrimaryHDU()), "without any data"),
        (layouts.to_bytes(fits.PrimaryHDU(np.ones((50, 60)))), "no spectrum that is recognised"),
        (layouts.to_bytes(fits.PrimaryHDU(np.ones(20_000))), "fluxes but no wavelengths"),
        (layouts.text(wave=layouts.grid(5000, 6000, 0.5)), "5000.0–5999.5 Å"),
        (layouts.text(wave=np.linspace(8700, 8805, 500)), "misses"),
        (layouts.text(wave=layouts.grid(3000, 9000, 20.0)), "pixels in"),
        (b"".join(b"%.2f nan\n" % w for w in layouts.grid()), "no usable flux"),
        (b"".join(b"%.2f 0.0\n" % w for w in layouts.grid()), "nothing but zeros"),
        (b"".join(b"%.2f\n" % w for w in layouts.grid()), "only one column of numbers"),
        (b"8800.0 1.0\n8801.0 1.0\n", "only 2 rows"),
        (b"# %ECSV 1.0\n# ---\n# datatype: [", "ECSV table that cannot be parsed"),
        (layouts.fits_table(("flux", "error")), "no column of wavelengths"),
    ],
)
def test_refusals(content: bytes, words: str) -> None:
    assert words in refusal(content)


def test_all_nan() -> None:
    wave = layouts.grid()
    table = fits.BinTableHDU.from_columns(
        [
            fits.Column("wave", "D", array=wave),
            fits.Column("flux", "D", array=wave * np.nan),
            fits.Column("err", "D", array=wave),
        ]
    )
    assert "no usable flux" in refusal(layouts.to_bytes(fits.PrimaryHDU(), table))


def test_nan_in_the_window_alone() -> None:
    wave = layouts.grid()
    flux = np.where((wave > 8799) & (wave < 8836), np.nan, 1.0)
    table = fits.BinTableHDU.from_columns([fits.Column("wave", "D", array=wave), fits.Column("flux", "D", array=flux)])
    assert "no usable flux" in refusal(layouts.to_bytes(fits.PrimaryHDU(), table))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (ReadOptions(columns=("9", "2", None)), "no column '9'"),
        (ReadOptions(unit="nm"), "covers"),
    ],
)
def test_wrong_options(options: ReadOptions, words: str) -> None:
    assert words in refusal(layouts.text(), options)


def test_paths(tmp_path) -> None:
    with pytest.raises(UnusableInput, match="not found"):
        read_spectrum(tmp_path / "nothing.fits")
    with pytest.raises(UnusableInput, match="folder"):
        read_spectrum(tmp_path)
    with pytest.raises(UnusableInput):
        read_spectrum("a\x00b")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(UnusableInput, match="pipe"):
        read_spectrum(pipe)


def test_large_files_are_refused_unread(tmp_path) -> None:
    path = tmp_path / "large.fits"
    with path.open("wb") as handle:
        handle.truncate(300_000_000)  # sparse: it takes no space and would be slow to read
    with pytest.raises(UnusableInput, match=r"large\.fits has 300 MB and the limit is 200 MB"):
        read_spectrum(path)
    assert SIZE_LIMIT == 200_000_000
    with pytest.raises(UnusableInput, match="limit"):
        read_spectrum(bytes(SIZE_LIMIT + 1))


def test_gzip_bomb() -> None:
    handle = io.BytesIO()
    with gzip.GzipFile(fileobj=handle, mode="wb", compresslevel=1) as packed:
        for _ in range(21):
            packed.write(bytes(10_000_000))
    assert "unpacks to more than" in refusal(handle.getvalue())


def test_declared_size_is_no_allocation() -> None:
    """A header may promise terabytes; nothing is allocated for a promise."""
    cards = ["SIMPLE  =                    T", "BITPIX  =                  -64", "NAXIS   =                    2"]
    cards += ["NAXIS1  =              1000000", "NAXIS2  =              1000000", "END"]
    content = "".join(card.ljust(80) for card in cards).ljust(2880).encode() + bytes(2880)
    assert "truncated" in refusal(content)


@pytest.mark.parametrize("card", ["NAXIS   =             99999999", "TFIELDS =             99999999"])
def test_absurd_counts_take_no_time(card: str) -> None:
    content = layouts.chiron() if card.startswith("NAXIS") else layouts.fits_table()
    start = re.search(card[:9].encode() + b" +[1-9]", content).start()
    assert "damaged FITS header" in refusal(content[:start] + card.ljust(80).encode() + content[start + 80 :])


def test_one_unreadable_card_costs_nothing() -> None:
    content = layouts.wcs(SNR=12.0)
    start = content.index(b"SNR     =")
    spectrum = read_spectrum(content[:start] + b"SNR     =                  NaN".ljust(80) + content[start + 80 :])
    assert np.isfinite(spectrum.flux).all()


def test_names_are_cleaned() -> None:
    with pytest.raises(UnusableInput) as caught:
        read_spectrum(b"", name="a\nb\x1b[31m.fits")
    assert "\n" not in str(caught.value) and "\x1b" not in str(caught.value)


def test_no_pickle() -> None:
    """An object column or a pickled file is never executed."""
    import pickle

    class Bomb:
        def __reduce__(self) -> tuple:
            return (os.mkdir, ("bomb-went-off",))

    refusal(pickle.dumps(Bomb()))
    assert not os.path.exists("bomb-went-off")


def survives(content: bytes) -> None:
    """Either a proper spectrum or `UnusableInput`."""
    try:
        spectrum = read_spectrum(content, name="fuzz")
    except UnusableInput as error:
        assert str(error).startswith("fuzz ")
        return
    assert (np.diff(spectrum.wavelength) > 0).all()
    assert spectrum.flux.shape == spectrum.wavelength.shape


FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@FUZZ
@given(st.binary(max_size=3000))
def test_random_bytes(content: bytes) -> None:
    survives(content)


@FUZZ
@given(st.text(alphabet="0123456789.,;:-+eE# \t\n\"'abnmw=%", max_size=2000))
def test_random_text(content: str) -> None:
    survives(content.encode())


SMALL = {
    "table": layouts.fits_table(),
    "wcs": layouts.wcs(),
    "eso": layouts.eso(),
    "multispec": layouts.multispec(),
    "chiron": layouts.chiron(),
    "serval": layouts.serval(),
}


@FUZZ
@given(
    st.sampled_from(sorted(SMALL)),
    st.lists(st.tuples(st.integers(0, 11_000), st.binary(min_size=1, max_size=8)), min_size=1, max_size=6),
    st.one_of(st.none(), st.integers(100, 20_000)),
)
def test_mutated_fits(name: str, changes: list[tuple[int, bytes]], cut: int | None) -> None:
    content = bytearray(SMALL[name])
    for place, new in changes:
        content[place : place + len(new)] = new
    survives(bytes(content[:cut]))
