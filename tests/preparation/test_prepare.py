"""The whole preparation on simulated observations whose truth is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dtl.flags import FLAGS, explain
from dtl.preparation.prepare import prepare
from dtl.preparation.velocity import add_velocities
from dtl.spectrum import PreparedSpectrum, Spectrum, UnusableInput
from dtl.wavelengths import SPEED_OF_LIGHT, doppler_shift
from tests.builders import observe, target

TARGET = target()
TRUTH = prepare(observe(snr=np.inf, pixel=0.01, velocity=0.0), TARGET).flux


def without(spectrum: Spectrum, start: float, stop: float, velocity: float) -> Spectrum:
    """The spectrum without flux between two rest wavelengths."""
    rest = doppler_shift(spectrum.wavelength, -velocity)
    return replace(spectrum, flux=np.where((rest > start) & (rest < stop), np.nan, spectrum.flux))


def refusal(spectrum: Spectrum) -> str:
    """The sentence of the refusal; its form is checked."""
    with pytest.raises(UnusableInput) as caught:
        prepare(spectrum, TARGET)
    sentence = str(caught.value)
    assert sentence.startswith("made-up.fits: ") and sentence.endswith(".") and "\n" not in sentence
    return sentence


def check(prepared: PreparedSpectrum) -> None:
    """What holds for every prepared spectrum."""
    for values in (prepared.flux, prepared.uncertainty):
        assert values.shape == TARGET.wavelength.shape and np.isfinite(values).all()
    assert (prepared.uncertainty > 0).all() and prepared.good.dtype == bool
    np.testing.assert_array_equal(prepared.wavelength, TARGET.wavelength)
    names = [step.name for step in prepared.steps]
    assert [n for n in names if n != "Sky"] == ["As read", "Velocity", "Rest frame", "Continuum", "Prepared"]
    for step in prepared.steps:
        assert step.text.endswith(".") and step.x_title and len(step.wavelength) == len(step.flux) > 100
        assert np.isfinite(step.wavelength).all() and np.isfinite(step.flux).sum() > 100
        for x, y in step.overlays.values():
            assert len(x) == len(y) and np.isfinite(y).all()
    assert set(prepared.flags) <= set(FLAGS) and len(set(prepared.flags)) == len(prepared.flags)


@pytest.mark.parametrize("velocity", [-110.0, 0.0, 55.5])
@pytest.mark.parametrize("pixel", [0.02, 0.06])
def test_motion_and_sampling_do_not_matter(velocity: float, pixel: float) -> None:
    prepared = prepare(observe(snr=np.inf, pixel=pixel, velocity=velocity), TARGET)
    check(prepared)
    assert prepared.rv == pytest.approx(velocity, abs=0.05) and prepared.pixel == pytest.approx(pixel, rel=1e-2)
    # at rest the pixels are shrunk or stretched by the motion; what is left is the error of 0.02 km/s
    np.testing.assert_allclose(prepared.flux, TRUTH, atol=2e-3)
    assert prepared.flags == ("uncertainty_estimated", "snr_implausible")


def test_the_error_of_the_velocity_is_its_scatter() -> None:
    """Where noise is all that keeps a spectrum from being its template."""
    runs = [prepare(observe(seed=seed, snr=50.0), TARGET) for seed in range(40)]
    assert np.mean([run.rv_error for run in runs]) == pytest.approx(np.std([run.rv for run in runs], ddof=1), rel=0.35)


@pytest.mark.parametrize("resolution", [50_000.0, 60_000.0, 94_600.0])
def test_what_brings_the_resolution_to_that_of_the_models(resolution: float) -> None:
    """A Gaussian of the width by which theirs is the wider one, in quadrature; none where they are alike."""
    wanted = np.sqrt((SPEED_OF_LIGHT / 50_000.0) ** 2 - (SPEED_OF_LIGHT / resolution) ** 2)
    assert prepare(observe(resolution=resolution), TARGET).fwhm == pytest.approx(wanted, abs=1e-9)


def test_flags_of_the_file_are_carried_on() -> None:
    prepared = prepare(replace(observe(), flags=("medium_guessed",)), TARGET)
    assert [(doubt.flag, doubt.sentence) for doubt in prepared.doubts] == [
        ("medium_guessed", explain("medium_guessed"))
    ]


def test_flux_is_normalised() -> None:
    prepared = prepare(observe(snr=200.0), TARGET)
    check(prepared)
    np.testing.assert_allclose(prepared.flux, TARGET.templates[0], atol=0.05)
    assert np.sqrt(np.mean((prepared.flux - TARGET.templates[0]) ** 2)) < 0.012
    assert prepared.snr == pytest.approx(200.0, rel=0.05) and prepared.flags == () and prepared.good.all()


@pytest.mark.parametrize(("resolution", "pixel"), [(50_000.0, 0.05), (55_000.0, 0.05), (94_600.0, 0.03)])
def test_uncertainty_is_the_scatter(resolution: float, pixel: float) -> None:
    runs = [prepare(observe(seed=s, pixel=pixel, resolution=resolution), TARGET) for s in range(25)]
    scatter = np.stack([run.flux for run in runs]).std(axis=0, ddof=1)
    stated = np.stack([run.uncertainty for run in runs]).mean(axis=0)
    assert np.sqrt(np.mean(scatter**2) / np.mean(stated**2)) == pytest.approx(1.0, abs=0.2)
    assert np.median(scatter[:800] / stated[:800]) == pytest.approx(1.0, abs=0.2)


def test_uncertainty_measured_on_the_flux() -> None:
    stated, measured = (prepare(observe(stated=s, snr=60.0), TARGET) for s in (True, False))
    assert measured.flags == ("uncertainty_estimated",) and stated.flags == ()
    assert np.median(measured.uncertainty / stated.uncertainty) == pytest.approx(1.0, abs=0.2)


@pytest.mark.parametrize(
    ("resolution", "flags"),
    [(94_600.0, ()), (50_000.0, ()), (49_999.0, ("resolution_too_low",)), (40_000.0, ("resolution_too_low",)),
     (None, ("resolution_unknown",))],
)  # fmt: skip
def test_resolution(resolution: float | None, flags: tuple[str, ...]) -> None:
    assert prepare(observe(resolution=resolution), TARGET).flags == flags


def test_resolution_refused() -> None:
    sentence = refusal(observe(resolution=39_900.0, instrument="CHIRON"))
    assert "39,900 (CHIRON)" in sentence and "50,000" in sentence and "40,000" in sentence


def test_degraded_to_the_target() -> None:
    """Lines of a sharper spectrum become those of the target: broadened here, and seen broadened there."""
    deep = TRUTH.min()
    prepared = prepare(observe(snr=np.inf, pixel=0.02, velocity=0.0, resolution=94_600.0), TARGET)
    assert prepared.flux.min() > deep + 0.03  # the made-up star is at 50,000 and is broadened once more
    assert (1 - prepared.flux).sum() == pytest.approx((1 - TRUTH).sum(), rel=0.05)


@pytest.mark.parametrize("velocity", [0.0, -110.0])
@pytest.mark.parametrize(("width", "flags"), [(0.5, ()), (0.9, ("window_incomplete",)), (9.5, ("window_incomplete",))])
def test_gaps(velocity: float, width: float, flags: tuple[str, ...]) -> None:
    whole = observe(velocity=velocity, snr=300.0)
    prepared = prepare(without(whole, 8812.0, 8812.0 + width, velocity), TARGET)
    check(prepared)
    assert prepared.flags == flags and prepared.rv == pytest.approx(velocity, abs=0.1)
    assert 1 - prepared.good.mean() == pytest.approx(width / 35, abs=0.004)
    inside = (prepared.wavelength > 8812.1) & (prepared.wavelength < 8811.9 + width)
    assert not prepared.good[inside].any()
    assert np.sqrt(np.mean((prepared.flux - TRUTH)[prepared.good] ** 2)) < 0.01


@pytest.mark.parametrize("velocity", [0.0, -110.0])
@pytest.mark.parametrize(("start", "stop"), [(8808.0, 8820.0), (8810.0, 8826.0), (8700.0, 8813.0), (8822.0, 8900.0)])
def test_too_much_missing(velocity: float, start: float, stop: float) -> None:
    """Refused for what is missing, and not measured at a wrong velocity that covers more."""
    missing = 100 * (min(stop, 8835.0) - max(start, 8800.0)) / 35.0
    sentence = refusal(without(observe(velocity=velocity), start, stop, velocity))
    assert "8800–8835" in sentence and "no usable pixel" in sentence
    assert int(sentence.split(" %")[0].split()[-1]) == pytest.approx(missing, abs=4)


def test_window_missed() -> None:
    assert "8700.0 to 8790.0" in refusal(observe(reach=(8700.0, 8790.04)))
    assert "no usable flux" in refusal(replace(observe(), flux=np.full(observe().flux.shape, np.nan)))


def test_bad_pixels_everywhere() -> None:
    """Every third pixel is bad: refused for that, and not for a window it would miss."""
    spectrum = observe()
    sentence = refusal(replace(spectrum, flux=np.where(np.arange(len(spectrum.flux)) % 3 == 0, np.nan, spectrum.flux)))
    assert "33 % of the pixels in 8800–8835 Å have no usable flux" in sentence and "misses" not in sentence


def test_too_few_pixels() -> None:
    spectrum = observe()
    coarse = {"wavelength": spectrum.wavelength[::20], "flux": spectrum.flux[::20], "uncertainty": None}
    assert "usable pixels in 8800–8835 Å, far too few" in refusal(replace(spectrum, **coarse))


@pytest.mark.parametrize(
    "make", [np.zeros_like, np.ones_like, lambda flux: -flux], ids=["zero", "constant", "negative"]
)
def test_flux_without_a_continuum(make) -> None:
    assert "no continuum" in refusal(replace(observe(), flux=make(observe().flux)))


def test_cut_at_the_window() -> None:
    prepared = prepare(observe(reach=(8800.0, 8835.0), velocity=0.0), TARGET)
    check(prepared)
    assert prepared.flags == () and prepared.good.mean() > 0.99


@pytest.mark.parametrize(("pixels", "height"), [(1, 4), (3, 4), (3, 50)])
def test_cosmic_ray_is_removed(pixels: int, height: int) -> None:
    clean = observe(velocity=0.0)
    at = int(np.argmin(np.abs(clean.wavelength - 8817.0)))
    hit = clean.flux.copy()
    hit[at : at + pixels] *= height
    prepared = prepare(replace(clean, flux=hit), TARGET)
    check(prepared)
    lost = prepared.wavelength[~prepared.good]
    assert lost.min() > 8816.8 and lost.max() < 8817.5
    expected = prepare(clean, TARGET).flux
    far = np.abs(prepared.wavelength - 8817.1) > 0.5
    np.testing.assert_allclose(prepared.flux[far], expected[far], atol=5e-3)
    assert prepared.flux.max() < 1.2 and prepared.flags == () and prepared.rv == pytest.approx(0.0, abs=0.1)


def test_emission_line_is_kept() -> None:
    clean = observe(velocity=0.0)
    line = 6e3 * np.exp(-0.5 * ((clean.wavelength - 8815.0) / 0.3) ** 2)
    prepared = prepare(replace(clean, flux=clean.flux + line), TARGET)
    assert prepared.good.all() and prepared.flux.max() > 1.8
    assert prepared.wavelength[prepared.flux.argmax()] == pytest.approx(8815.0, abs=0.15)


def test_sky_is_subtracted() -> None:
    clean = observe()
    sky = 2e3 * np.exp(-0.5 * ((clean.wavelength - 8820.0) / 0.1) ** 2)
    sky[:5] = np.nan  # where the sky fibre has nothing, nothing is subtracted
    prepared = prepare(replace(clean, flux=clean.flux + np.nan_to_num(sky), sky=sky), TARGET)
    np.testing.assert_allclose(prepared.flux, prepare(clean, TARGET).flux, atol=1e-10)
    assert [step.name for step in prepared.steps][:2] == ["As read", "Sky"]


@pytest.mark.parametrize(
    ("frame", "barycentric", "expected_frame"),
    [("observatory", 26.5, "barycentric"), ("observatory", None, "observatory"), ("barycentric", 26.5, "barycentric"),
     ("rest", None, "rest"), ("unknown", 26.5, "unknown")],
)  # fmt: skip
def test_frames(frame: str, barycentric: float | None, expected_frame: str) -> None:
    prepared = prepare(observe(velocity=-137.0, frame=frame, barycentric_velocity=barycentric), TARGET)
    moved = frame == "observatory" and barycentric is not None
    expected = add_velocities(-137.0, 26.5) if moved else -137.0
    assert prepared.rv == pytest.approx(expected, abs=0.1) and prepared.rv_frame == expected_frame


def test_doubtful_spectra_are_flagged() -> None:
    assert "low_snr" in prepare(observe(snr=20.0), TARGET).flags
    assert "low_snr" not in prepare(observe(snr=33.0), TARGET).flags
    noise = np.random.default_rng(4).normal(1.0, 0.02, observe().flux.size)
    prepared = prepare(replace(observe(), flux=noise), TARGET)
    check(prepared)
    assert "rv_uncertain" in prepared.flags and prepared.rv_quality < 0.45


@pytest.mark.parametrize(
    ("resolution", "words"),
    [
        (None, "the resolution, which is unknown, was taken as that of the models, 50,000"),
        (45_000.0, "the resolution, 45,000, is below that of the models and was kept"),
        (50_000.0, "the resolution, 50,000, is that of the models and was kept"),
        (80_000.0, "resolution brought from 80,000 to 50,000"),
    ],
)
def test_what_was_done_with_the_resolution_is_told(resolution: float | None, words: str) -> None:
    steps = prepare(observe(resolution=resolution), target()).steps
    assert [step.text for step in steps if step.name == "Rest frame"] == [f"Shifted to rest; {words}."]
