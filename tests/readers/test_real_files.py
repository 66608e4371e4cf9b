"""Real files, where the optional data folder is present."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from dtl.spectrum import UnusableInput
from tests.readers.reading import read_spectrum

WINDOWS = {
    "Slope-20181003T014556": "GJ_699_HPF_2",
    "Slope-20190319T114849": "GJ_699_HPF_1",
    "Slope-20190301T024821": "G_9-40_HPF_1",
    "Slope-20180428T082906": "GJ_699_HPF_4",
}


def _raw(shared_data: Path, folder: str, start: str) -> Path:
    found = sorted((shared_data / "observed" / "raw" / folder).glob(f"{start}*"))
    if not found:
        pytest.skip(f"no real file {folder}/{start}*")
    return found[0]


def _window(shared_data: Path, name: str) -> np.lib.npyio.NpzFile:
    return np.load(shared_data / "observed" / "windows" / f"{name}.npz", allow_pickle=False)


def _check_sky_noise(path: Path, uncertainty: np.ndarray, sigma: np.ndarray, order: np.ndarray) -> None:
    """The variance of the sky fibre is in the uncertainty, beside that of the star."""
    number = int(np.bincount(order.astype(int)).argmax())
    with fits.open(path) as hdus:
        sky = np.nanmedian(hdus["Sky Variance"].data[number].astype(float))
    added = (uncertainty**2 - sigma**2)[order == number]
    assert np.nanmedian(added) == pytest.approx(sky, rel=0.3) and np.nanmin(added) > -1e-4 * np.nanmedian(sigma**2)


@pytest.mark.parametrize("start", sorted(WINDOWS))
def test_hpf(shared_data: Path, start: str) -> None:
    spectrum = read_spectrum(_raw(shared_data, "HPF", start))
    with _window(shared_data, WINDOWS[start]) as window:
        n = len(window["wave"])
        np.testing.assert_allclose(spectrum.wavelength[:n], window["wave"], atol=1e-6)
        np.testing.assert_allclose(spectrum.flux[:n], window["flux"], rtol=1e-6)
        _check_sky_noise(_raw(shared_data, "HPF", start), spectrum.uncertainty[:n], window["sigma"], window["order"])
        if start == "Slope-20180428T082906":  # its header has the telescope's coordinates only, and they are wrong
            assert spectrum.barycentric_velocity is None
        else:
            assert spectrum.barycentric_velocity == pytest.approx(float(window["berv_kms"]), abs=0.05)
    assert spectrum.star == str(window_star(shared_data, WINDOWS[start]))
    assert spectrum.sky is not None and spectrum.frame == "observatory" and spectrum.resolution == 55000


def window_star(shared_data: Path, name: str) -> str:
    with _window(shared_data, name) as window:
        return str(window["star"]).replace("_", " ")


def test_hpf_series(shared_data: Path) -> None:
    files = sorted((shared_data / "observed" / "raw" / "HPF").glob("Slope-202*"))
    if not files:
        pytest.skip("no real files of LHS 3154")
    with _window(shared_data, "LHS_3154_HPF_137_exposures") as window:
        for path in files:
            spectrum = read_spectrum(path)
            number = next(i for i, source in enumerate(window["source"]) if path.name[:21] in str(source))
            assert spectrum.barycentric_velocity == pytest.approx(float(window["berv_kms"][number]), abs=0.05)
            np.testing.assert_allclose(spectrum.wavelength[:1430], window["wave"][number], atol=1e-6)


def test_hpf_without_wavelengths(shared_data: Path) -> None:
    with pytest.raises(UnusableInput, match=r"no wavelengths .*Sci Wavl.* early reduction"):
        read_spectrum(_raw(shared_data, "HPF", "Slope-20180302T021512"))


@pytest.mark.parametrize(
    ("start", "window_name", "star"),
    [("ADP.2016-09-20", "HD114386_FEROS_1", "HD114386"), ("ADP.2017-07-21", "EX_Lup_FEROS_3", "EX-Lup")],
)
def test_feros(shared_data: Path, start: str, window_name: str, star: str) -> None:
    spectrum = read_spectrum(_raw(shared_data, "FEROS", start))
    assert (spectrum.star, spectrum.instrument, spectrum.resolution) == (star, "FEROS", 48000)
    assert spectrum.frame == "barycentric" and spectrum.uncertainty is None and spectrum.barycentric_velocity is None
    with _window(shared_data, window_name) as window:
        from PyAstronomy import pyasl

        expected = pyasl.airtovac2(window["wave"], mode="ciddor")
        first = int(np.argmin(np.abs(spectrum.wavelength - expected[0])))
        found = slice(first, first + len(expected))
        np.testing.assert_allclose(spectrum.wavelength[found], expected[: len(spectrum.wavelength) - first], atol=1e-3)
        np.testing.assert_allclose(spectrum.flux[found], window["flux"], rtol=1e-6)


def test_chiron(shared_data: Path) -> None:
    spectrum = read_spectrum(_raw(shared_data, "CHIRON", "tchi140917"))
    assert spectrum.instrument == "CHIRON" and 27000 < spectrum.resolution < 28000
    assert spectrum.wavelength[0] == pytest.approx(8797.81 + 2.416, abs=0.01)
    with _window(shared_data, "GJ_699_CHIRON_1") as window:
        assert spectrum.barycentric_velocity == pytest.approx(float(window["berv_kms"]), abs=0.05)
