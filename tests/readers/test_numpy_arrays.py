"""NumPy archives and arrays give what a table of the same numbers gives, and nothing in them is unpickled."""

from __future__ import annotations

import io
import os
import tracemalloc
import zipfile

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from dtl.readers.options import ReadOptions
from dtl.spectrum import UnusableInput
from tests.readers import layouts
from tests.readers.layouts import numpy_archive as archive
from tests.readers.layouts import numpy_array as alone
from tests.readers.reading import read_columns, read_spectrum

WAVE = layouts.grid()
FLUX = 1000 * layouts.truth(WAVE) + np.random.default_rng(1).normal(0, 10, WAVE.size)
SIGMA = np.full(WAVE.size, 10.0)
RECORDS = np.rec.fromarrays([WAVE, FLUX, SIGMA], names="wave,flux,err")
MIXED = np.zeros(WAVE.size, [*RECORDS.dtype.descr[:2], ("flüx", "M8[s]"), ("err", "f2"), ("note", "U3")])
MIXED["wave"], MIXED["flux"], MIXED["err"], MIXED["note"] = WAVE, FLUX, SIGMA, "né"
VECTORS = np.array((WAVE, FLUX, SIGMA), [(name, "f8", WAVE.shape) for name in ("wave", "flux", "err")])


def packed(*members: tuple[str, bytes], packing: int = zipfile.ZIP_STORED) -> bytes:
    """A ZIP archive of files."""
    handle = io.BytesIO()
    with zipfile.ZipFile(handle, "w", packing) as made:
        for name, content in members:
            made.writestr(name, content)
    return handle.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        archive(wave=WAVE, flux=FLUX, err=SIGMA),
        archive(err=SIGMA[::-1], flux=FLUX[::-1], wavelength=WAVE[::-1]),
        archive(loglam=np.log10(WAVE), flux=FLUX, ivar=SIGMA**-2),
        archive(spectrum=RECORDS),
        archive(wave=WAVE, flux=FLUX, err=SIGMA, header=np.array({"star": os.system}, dtype=object)),
        archive(wave=np.tile(WAVE, (1, 1)), flux=np.tile(FLUX, (1, 1)), err=np.tile(SIGMA, (1, 1))),
        alone(RECORDS),
        alone(np.asfortranarray(np.column_stack([WAVE, FLUX, SIGMA]))),
        alone(np.array([WAVE, FLUX, SIGMA]).astype(">f8")),
        alone(MIXED),
        alone(np.rec.fromarrays([WAVE, FLUX, SIGMA], names=["wave" + "x" * 99, "flux", "err"])),
        alone(VECTORS),
        archive(spectrum=RECORDS[None]),
        archive(arr_0=WAVE, arr_1=FLUX, arr_2=SIGMA),
        archive(**{"длина волны (Å)": WAVE, "поток": FLUX, "err": SIGMA, "a\nb": np.arange(4.0)}),
        packed(*((f"a/{name}.npy", alone(RECORDS[name])) for name in RECORDS.dtype.names), ("a/._x.npy", b"\0" * 99)),
    ],
)
def test_arrays_are_those_of_a_table(content: bytes) -> None:
    table = io.BytesIO()
    np.savetxt(table, RECORDS, header="wave flux err")
    expected = read_spectrum(table.getvalue(), name="a.txt")
    spectrum = read_spectrum(content, name="a.npz")
    np.testing.assert_allclose(spectrum.wavelength, expected.wavelength, atol=1e-6)
    np.testing.assert_allclose(spectrum.flux, expected.flux, rtol=1e-5)
    np.testing.assert_allclose(spectrum.uncertainty, expected.uncertainty, rtol=1e-5)


def test_single_values_and_texts_are_metadata() -> None:
    said = {"star": "GJ_699", "instrument": "MAROON-X", "medium": "air", "frame": "observatory", "resolution": 85_000}
    spectrum = read_spectrum(archive(wave=WAVE, flux=FLUX, **said, berv_kms=np.float32(-12.5)), name="a.npz")
    assert (spectrum.star, spectrum.instrument, spectrum.frame) == ("GJ 699", "MAROON-X", "observatory")
    assert spectrum.resolution == 85_000 and spectrum.barycentric_velocity == -12.5
    assert {finding.name: finding.value for finding in spectrum.findings}["medium"] == "air"


def test_a_record_of_single_values_and_long_numbers_of_stars_are_metadata() -> None:
    meta = np.array([("GJ 1", -10.0)], dtype=[("object", "U10"), ("berv", "f8")])
    spectrum = read_spectrum(archive(wave=WAVE, flux=FLUX, meta=meta, frame="observatory"), name="a.npz")
    assert (spectrum.star, spectrum.barycentric_velocity) == ("GJ 1", -10.0)
    stars = np.array([4472832130942575872, 5])
    data = archive(wave=WAVE, flux=np.array([FLUX, 1.1 * FLUX[::-1]]), target=stars)
    assert read_spectrum(data, name="a.npz").star == "4472832130942575872"


def test_records_can_be_chosen_by_name() -> None:
    assert [column.name for column in read_columns(alone(RECORDS))] == ["wave", "flux", "err"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (archive(wave=np.arange(5)), "wavelengths but no fluxes"),
        (archive(wave=WAVE[:-3], flux=FLUX), "1,897 wavelengths"),
        (archive(header=np.array({}, dtype=object)), "without arrays of numbers"),
        (alone(np.array([{}])), "without arrays of numbers"),
        (alone(RECORDS.flux), "fluxes but no wavelengths"),
        (archive(wave=WAVE, flux=FLUX)[:9000], "damaged NumPy archive"),
        (alone(RECORDS)[:9000], "damaged NumPy array"),
        (b"\x93NUMPY", "damaged NumPy array"),
        (alone(FLUX).replace(b"(1900,)", b"(1900,["), "damaged NumPy array"),
        (alone(FLUX).replace(b"(1900,)", b"(-900,)"), "damaged NumPy array"),
        (alone(FLUX).replace(b"(1900,), }  ", b"(999999900,), }"), "damaged NumPy array"),
        (packed(*((f"{number}.npy", b"") for number in range(300))), "300 columns and the limit is 250"),
        (archive(wave=np.zeros(26_000_000)), "unpacks to more than the limit of 200 MB"),
        (packed(("wave.npy", alone(WAVE)), packing=zipfile.ZIP_BZIP2), "packed in another way"),
    ],
    ids=range(14),
)
def test_what_cannot_be_used_is_said(content: bytes, words: str) -> None:
    with pytest.raises(UnusableInput, match=rf"a\.npz .*{words}.*; .*\.$"):
        read_spectrum(content, name="a.npz")


@pytest.mark.parametrize(
    "form", ["wave_{}", "wave{}", "wave_order{}", "order{}_wave", "order_{}/wave", "o{}_wave", "w{}"]
)
@pytest.mark.parametrize("first", [0, 7])
def test_numbered_arrays_are_orders(form: str, first: int) -> None:
    parts = (WAVE - 150, WAVE[:1000], WAVE[900:], WAVE + 150)
    short = {"wave": "w", "flux": "f", "err": "e"} if form == "w{}" else {}
    arrays = {}
    for number, wave in enumerate(parts, first):
        for name, values in (("wave", wave), ("flux", np.interp(wave, WAVE, FLUX)), ("err", np.full(wave.size, 10.0))):
            arrays[form.replace("wave" if not short else "w", short.get(name, name)).format(number)] = values
    found = read_spectrum(archive(**arrays, star=np.array("GJ 1")), name="o.npz")
    inside = (found.wavelength > 8800) & (found.wavelength < 8835)
    np.testing.assert_allclose(found.flux[inside], np.interp(found.wavelength[inside], WAVE, FLUX), rtol=1e-6)
    assert found.star == "GJ 1" and found.spectra == 1 and "several_spectra" not in found.flags
    assert found.wavelength[0] < 8775 and found.wavelength[-1] > 8860


def test_numbers_that_are_those_of_no_orders() -> None:
    other = 1000 * (2 - layouts.truth(WAVE)) + np.random.default_rng(2).normal(0, 10, WAVE.size)
    stars = {"wave_1": WAVE, "flux_1": FLUX, "err_1": SIGMA, "wave_2": WAVE, "flux_2": other, "err_2": SIGMA}
    for row, flux in ((1, FLUX), (2, other)):
        found = read_spectrum(archive(**stars), name="o.npz", options=ReadOptions(row=row))
        np.testing.assert_allclose(found.flux, np.interp(found.wavelength, WAVE, flux), rtol=1e-6)
    assert "several_spectra" in read_spectrum(archive(**stars), name="o.npz").flags
    for more in ({"wave_1d": WAVE, "flux_1d": FLUX}, {"coef_1": np.ones(5), "wave": WAVE, "flux": FLUX}):
        np.testing.assert_array_equal(read_spectrum(archive(**more), name="o.npz").flux, FLUX)


@pytest.mark.parametrize("left", [0.0, 1e-12])
def test_complex_numbers_with_nothing_imaginary(left: float) -> None:
    """As a filter by Fourier transforms leaves them."""
    flux = FLUX + 1j * left * FLUX
    table = Table({"wave": WAVE, "flux": flux, "err": SIGMA, "power": np.fft.fft(FLUX)})
    texts = io.StringIO()
    table.write(texts, format="ascii.ecsv")
    xml = io.BytesIO()
    table.write(xml, format="votable")
    records = np.rec.fromarrays([WAVE, flux, SIGMA], names="wave,flux,err")
    contents = [archive(wave=WAVE, flux=flux, err=SIGMA), alone(records), texts.getvalue().encode(), xml.getvalue()]
    for content in (*contents, layouts.to_bytes(fits.PrimaryHDU(), fits.BinTableHDU(table))):
        found = read_spectrum(content, name="c.x")
        np.testing.assert_allclose(found.flux, FLUX, rtol=1e-9)
        assert found.uncertainty is not None
    with pytest.raises(UnusableInput):
        read_spectrum(archive(wave=WAVE, flux=np.fft.fft(FLUX), err=SIGMA), name="c.npz")


def test_orders_beside_the_spectrum_that_was_merged_from_them() -> None:
    """The merged one has uncertainties, which the orders have not."""
    orders = {f"{kind}_{i}": values[i::3] for i in range(3) for kind, values in (("wave", WAVE), ("flux", 2.0 * FLUX))}
    found = read_spectrum(archive(wavelength=WAVE, flux=FLUX, err=SIGMA, **orders), name="m.npz")
    np.testing.assert_array_equal(found.flux, FLUX)
    assert found.uncertainty is not None


@pytest.mark.parametrize("bad", [complex(1.0, np.nan), complex(1.0, np.inf), complex(np.inf, 0.0)])
def test_a_complex_number_of_which_a_part_is_none_is_a_bad_pixel(bad: complex) -> None:
    flux = FLUX.astype(complex)
    flux[FLUX.size // 2] = bad
    found = read_spectrum(archive(wave=WAVE, flux=flux, err=SIGMA), name="c.npz")
    assert np.flatnonzero(np.isnan(found.flux)).tolist() == [FLUX.size // 2]


def test_a_long_order_among_many_short_ones_takes_no_memory() -> None:
    """Brought to one length they took a hundred thousand times what the file does."""
    short, long = np.arange(2.0), np.zeros(1_500_000)
    arrays = {f"{kind}_{i}": short for i in range(110) for kind in ("wave", "flux")}
    tracemalloc.start()
    with pytest.raises(UnusableInput):
        read_spectrum(archive(**arrays, wave_200=long, flux_200=long), name="l.npz")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5e8


@pytest.mark.parametrize(
    "more", [{}, {"wave0": np.array(8770.0), "dwave": np.array(0.05)}, {"x": np.arange(FLUX.size)}]
)
def test_fluxes_alone_are_told_without_words_of_fits(more: dict[str, np.ndarray]) -> None:
    with pytest.raises(UnusableInput, match=rf"^a\.npz has fluxes but no wavelengths .*FLUX \({FLUX.size}\)") as told:
        read_spectrum(archive(flux=FLUX, **more), name="a.npz")
    assert "PRIMARY" not in str(told.value) and "CRVAL" not in str(told.value)
