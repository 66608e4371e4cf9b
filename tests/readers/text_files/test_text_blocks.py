"""Texts of several spectra below each other, each with words, columns and units of its own."""

from __future__ import annotations

import numpy as np
import pytest

from dtl.readers.options import ReadOptions
from dtl.spectrum import Spectrum, UnusableInput
from dtl.wavelengths import vacuum_to_air
from tests.readers.reading import read_contents, read_spectrum

WAVE = np.arange(8790.0, 8845.0, 0.05)
NOISE = np.random.default_rng(5).normal(0, 5, (2, WAVE.size))
FLUX = [1000.0 * (1.0 - 0.5 * np.exp(-(((WAVE - line) / 0.3) ** 2))) for line in (8812.0, 8824.0)] + NOISE
SIGMA = np.full(WAVE.size, 5.0)
HEAD = "# barycentric frame, R = 60000\n"


def _block(star: str, names: str, *columns: np.ndarray, said: str = "") -> str:
    rows = "\n".join(" ".join(f"{value:.9g}" for value in row) for row in zip(*columns, strict=True))
    return f"# star: {star}\n{said}{names}\n{rows}\n"


def _is(found: Spectrum, number: int) -> bool:
    """Whether a spectrum is that of the star of a number, with its noise and its name."""
    wanted = np.interp(found.wavelength, WAVE, FLUX[number])
    sigma = found.uncertainty if found.uncertainty is not None else np.zeros(1)
    return (
        found.star == f"GJ {number + 1}"
        and np.allclose(found.flux[3:-3], wanted[3:-3], rtol=1e-3)
        and np.allclose(sigma, 5.0, rtol=1e-3)
    )


SECOND = {
    "swapped": ("wave err flux", [WAVE, SIGMA, FLUX[1]], ""),
    "variance": ("wave flux var", [WAVE, FLUX[1], SIGMA**2], ""),
    "nm": ("wave(nm) flux err", [WAVE / 10, FLUX[1], SIGMA], ""),
    "nm in words": ("wave flux err", [WAVE / 10, FLUX[1], SIGMA], "# unit: nm\n"),
    "nm unsaid": ("wave flux err", [WAVE / 10, FLUX[1], SIGMA], ""),
    "air": ("wave_air flux err", [vacuum_to_air(WAVE), FLUX[1], SIGMA], ""),
    "a column more": ("wave flux err order", [WAVE, FLUX[1], SIGMA, np.full(WAVE.size, 7.0)], ""),
    "no names": ("", [WAVE, FLUX[1], SIGMA], ""),
}


@pytest.mark.parametrize("second", SECOND.values(), ids=SECOND)
def test_each_spectrum_of_a_text_is_read_by_its_own_columns(second: tuple[str, list[np.ndarray], str]) -> None:
    names, columns, said = second
    first = _block("GJ 1", "wave flux err", WAVE, FLUX[0], SIGMA, said="# vacuum\n")
    text = (HEAD + first + _block("GJ 2", names, *columns, said=said)).encode()
    for number in (0, 1):
        found = read_spectrum(text, options=ReadOptions(row=number + 1))
        medium = next(finding.value for finding in found.findings if finding.name == "medium")
        assert _is(found, number) and found.spectra == 2
        assert medium == ("air" if number and "air" in names else "vacuum")


def test_one_of_several_spectra_may_have_no_uncertainties() -> None:
    text = HEAD + _block("GJ 1", "wave flux err", WAVE, FLUX[0], SIGMA) + _block("GJ 2", "wave flux", WAVE, FLUX[1])
    reading = read_contents((text + _block("GJ 3", "wave flux err", WAVE, FLUX[0][::-1], SIGMA)).encode())
    found = [reading.spectrum(ReadOptions(row=row)) for row in (1, 2, 3, 2, 1)]
    assert _is(found[0], 0) and _is(found[4], 0) and found[2].uncertainty is not None
    for spectrum in (found[1], found[3]):
        assert spectrum.uncertainty is None and np.isfinite(spectrum.flux).all() and spectrum.star == "GJ 2"


def test_columns_that_a_person_names_are_those_of_all() -> None:
    text = HEAD + _block("GJ 1", "a b c", WAVE, SIGMA, FLUX[0]) + _block("GJ 2", "k l m", WAVE, SIGMA, FLUX[1])
    for number in (0, 1):
        options = ReadOptions(row=number + 1, columns=("a", "c", "b"))
        assert _is(read_spectrum(text.encode(), options=options), number)


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("other", ["elsewhere", "a log"])
def test_a_table_of_something_else_is_no_spectrum(other: str, first: bool) -> None:
    counted = np.arange(200)
    foreign = {
        "elsewhere": ("wave f var", WAVE - 400.0, FLUX[1], SIGMA**2),
        "a log": ("exposure airmass seeing azimuth", counted, 1 + counted % 100 / 100, counted % 9 / 10, 3.0 * counted),
    }[other]
    parts = [_block("GJ 1", "wave flux err", WAVE, FLUX[0], SIGMA), _block("GJ 2", *foreign)]
    found = read_spectrum((HEAD + "".join(parts[::-1] if first else parts)).encode())
    assert _is(found, 0) and found.spectra == 1 and found.frame == "barycentric" and found.resolution == 60_000
    assert ("tables", "1 of 2 read") in [(finding.name, finding.value) for finding in found.findings]


@pytest.mark.parametrize("columns", [4, 3])
def test_a_list_of_lines_below_a_spectrum_is_no_spectrum(columns: int) -> None:
    lines = [np.arange(8801.0, 8831.0, 2.0), *np.full((columns - 1, 15), 0.1)]
    text = HEAD + _block("GJ 1", "wave flux err", WAVE, FLUX[0], SIGMA) + _block("GJ 1", "# lines", *lines)
    found = read_spectrum(text.encode())
    assert _is(found, 0) and found.spectra == 1 and "several_spectra" not in found.flags


@pytest.mark.parametrize("other", ["narrower", "wider", "a cross correlation", "a long list of lines"])
def test_tables_of_another_width_without_names(other: str) -> None:
    columns = {
        "narrower": [WAVE, FLUX[1]],
        "wider": [WAVE, FLUX[1], SIGMA, np.full(WAVE.size, 7.0)],
        "a cross correlation": [np.linspace(-100.0, 100.0, 400), np.linspace(1.0, 0.5, 400)],
        "a long list of lines": [8800.0 + np.arange(200), np.linspace(0.1, 0.5, 200)],
    }[other]
    text = HEAD + _block("GJ 1", "", WAVE, FLUX[0], SIGMA) + _block("GJ 2", "", *columns)
    found = read_spectrum(text.encode())
    assert _is(found, 0) and found.orders == () and found.spectra == (2 if len(columns[0]) > 400 else 1)


@pytest.mark.parametrize("spectra", [1, 2])
def test_words_above_a_short_table_are_those_of_the_file(spectra: int) -> None:
    """A list of lines above the spectrum took the medium with it, and 82 km/s."""
    text = (
        "# medium: air\n"
        + _block("GJ 9", "", *np.full((2, 20), 0.5))
        + "".join(_block(f"GJ {number + 1}", "wave flux err", WAVE, FLUX[number], SIGMA) for number in range(spectra))
    )
    found = read_spectrum(text.encode())
    medium = next(finding for finding in found.findings if finding.name == "medium")
    assert (medium.value, medium.source, found.star, found.spectra) == ("air", "file", "GJ 1", spectra)


ORDERS = {
    "swapped": ("wave err flux", lambda part: [WAVE[part], SIGMA[part], FLUX[0][part]]),
    "variance": ("wave flux var", lambda part: [WAVE[part], FLUX[0][part], SIGMA[part] ** 2]),
    "nm": ("wave(nm) flux err", lambda part: [WAVE[part] / 10, FLUX[0][part], SIGMA[part]]),
    "other words": ("lambda intensity sigma", lambda part: [WAVE[part], FLUX[0][part], SIGMA[part]]),
}


@pytest.mark.parametrize("mark", ["# ", ""])
@pytest.mark.parametrize("other", ORDERS.values(), ids=ORDERS)
def test_orders_under_other_names_are_read_by_these(other: tuple, mark: str) -> None:
    """Names in the middle of a text were passed over, and errors read for fluxes."""
    names, columns = other
    parts, text = [slice(0, 500), slice(400, 800), slice(700, None)], "# star: GJ 1\n"
    for number, part in enumerate(parts):
        own = (names, columns(part)) if number == 1 else ("wave flux err", [WAVE[part], FLUX[0][part], SIGMA[part]])
        text += _block("GJ 1", mark + own[0], *own[1]).partition("\n")[2]
    found = read_spectrum(text.encode())
    np.testing.assert_allclose(found.wavelength, WAVE, rtol=1e-8)
    np.testing.assert_allclose(found.flux, FLUX[0], rtol=1e-4)
    np.testing.assert_allclose([found.uncertainty.min(), found.uncertainty.max()], [5.0 / 2**0.5, 5.0], rtol=1e-4)
    assert found.star == "GJ 1" and found.spectra == 1 and "several_spectra" not in found.flags


@pytest.mark.parametrize(
    "heads",
    [
        ("# wave flux err", "# flux was scaled", "# wavelength solution good"),
        ("# wave flux err", "# wave[A] flux[e-] err[e-]", "# wave(Angstrom) flux err"),
        ("# wave[A] flux err", "# wave[Å] flux err", "# Wave Flux Err"),
        ("# wave_vac flux err", "# wave flux err", "# wavelength intensity sigma"),
    ],
)
def test_notes_and_the_same_names_in_other_words_begin_nothing(heads: tuple[str, ...]) -> None:
    """Notes of as many words as columns took their fluxes from the rows below them, and what was said was forgotten."""
    text = "# star: GJ 1\n"
    for head, part in zip(heads, (slice(0, 400), slice(400, 800), slice(800, None)), strict=True):
        text += _block("", head, WAVE[part], FLUX[0][part], SIGMA[part]).partition("\n")[2]
    found = read_spectrum(text.encode())
    np.testing.assert_allclose(found.flux, FLUX[0], rtol=1e-6)
    np.testing.assert_allclose(found.wavelength, WAVE, rtol=1e-8)
    assert ("medium_guessed" in found.flags) != heads[0].startswith("# wave_vac")


def test_the_medium_of_the_first_names_is_that_of_names_that_say_none() -> None:
    """Wavelengths in air were taken for those in vacuum below names without a medium."""
    text = "# star: GJ 1\n"
    heads = ["# wave_air flux err", "# wave flux err", "# wave_air flux err"]
    for head, part in zip(heads, (slice(0, 400), slice(400, 800), slice(800, None)), strict=True):
        text += _block("", head, vacuum_to_air(WAVE[part]), FLUX[0][part], SIGMA[part]).partition("\n")[2]
    found = read_spectrum(text.encode())
    np.testing.assert_allclose(found.wavelength, WAVE, atol=1e-3)
    assert "medium_guessed" not in found.flags


def test_a_model_below_a_spectrum_is_left_out_by_its_name() -> None:
    text = _block("GJ 1", "wave flux err", WAVE, FLUX[0], SIGMA)
    text += _block("", "wave model err", WAVE, FLUX[1], SIGMA).partition("\n")[2]
    found = read_spectrum(text.encode())
    assert _is(found, 0) and found.spectra == 1 and "several_spectra" not in found.flags


@pytest.mark.parametrize("above", ["# star: S{}", "# wave {}"])
def test_more_spectra_than_a_file_may_hold_are_counted_before_they_are_read(above: str) -> None:
    rows = "".join(f"{wave:.3f} 1.0 0.1\n" for wave in WAVE[:12])
    text = "".join(above.format("flux err" if number % 2 else "err flux") + f"\n{rows}" for number in range(2_001))
    with pytest.raises(UnusableInput, match="holds 2,001 orders or spectra and the limit is 2,000"):
        read_spectrum(text.encode())
