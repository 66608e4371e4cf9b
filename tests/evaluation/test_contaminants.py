"""The made-up contaminants are what they claim to be, and the control is an ordinary star."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from dtl.evaluation.contaminants import KINDS, contaminants, draw, flagged_fractions, is_flagged, left_out, ordinary
from dtl.grid.library import Library
from dtl.preparation.prepare import prepare
from dtl.simulation.exposures import SimulationInputs, Star, draw_star, load_inputs, with_gap
from dtl.simulation.faults import fringe, stretch, strike
from dtl.simulation.strange_stars import add_companion, from_library, hot_star, veil
from dtl.simulation.survey import telluric_transmission
from dtl.spectrum import Spectrum, UnusableInput
from dtl.wavelengths import SPEED_OF_LIGHT
from tests.builders import WINDOW, library_flux, shipped, write_hires

WIDE = np.arange(8676.0, 8984.0, 0.03)
NODES = [(2300.0, 5.0, 0.0), (2600.0, 5.0, 0.0), (3000.0, 5.0, 0.0)]


def generator(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@lru_cache(maxsize=1)
def inputs() -> SimulationInputs:
    """The shipped bundle with a made-up library."""
    flux = np.stack([library_flux(WIDE, *node) for node in NODES])
    library = Library(WIDE, np.array(NODES), flux, 500_000.0, "made up")
    cool = Library(WIDE, np.array(NODES[:2]), flux[:2], 500_000.0, "made up")
    return SimulationInputs(shipped(), library=library, cool=cool)


@lru_cache(maxsize=1)
def suite() -> dict[str, Spectrum]:
    return dict(draw(inputs(), 1, 7))


def figure(spectrum: Spectrum, name: str) -> float:
    return next(float(f.value) for f in spectrum.findings if f.name == name)


def a_star() -> Star:
    return draw_star(generator(3), SimulationInputs(shipped(), gap=False))


def moved_by(spectrum: Spectrum) -> float:
    return prepare(spectrum, shipped().target).rv


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_a_spectrum(kind: str) -> None:
    spectrum = suite()[kind]
    assert spectrum.simulated and spectrum.file == f"{kind}-0"
    assert (np.diff(spectrum.wavelength) > 0).all() and np.isfinite(spectrum.flux).all()
    assert spectrum.wavelength.shape == spectrum.flux.shape == spectrum.uncertainty.shape
    # the window and 5 Angstrom beside it at the velocity of the star: none is given away by its ends
    velocity = figure(spectrum, "velocity")
    assert spectrum.wavelength[0] * (1 - velocity / SPEED_OF_LIGHT) < WINDOW.lower - 5.0
    assert spectrum.wavelength[-1] * (1 - velocity / SPEED_OF_LIGHT) > WINDOW.upper + 5.0
    assert (spectrum.uncertainty > 0).all()


@pytest.mark.parametrize("kind", KINDS)
def test_same_seed_same_spectrum(kind: str) -> None:
    again = dict(draw(inputs(), 1, 7, {kind: KINDS[kind]}))[kind]
    np.testing.assert_array_equal(again.flux, suite()[kind].flux)
    other = dict(draw(inputs(), 1, 8, {kind: KINDS[kind]}))[kind]
    assert not np.array_equal(other.flux[:500], again.flux[:500])


def test_binary_has_two_peaks() -> None:
    """The correlation of two equal narrow-lined stars with one of them peaks at rest and at the difference."""
    star = Star(np.arange(8785.0, 8850.0, 0.01), np.ones(6500), {})
    lines = generator(1).uniform(8790.0, 8845.0, 12)
    star.flux[:] -= 0.5 * np.exp(-0.5 * ((star.wavelength[:, None] - lines) / 0.08) ** 2).sum(axis=1)
    both = add_companion(star, star, 50.0, 0.8)
    velocities = np.arange(-90.0, 91.0, 1.0)
    moved = [np.interp(star.wavelength / (1 + v / SPEED_OF_LIGHT), star.wavelength, star.flux) for v in velocities]
    correlation = np.array([((1 - both.flux) * (1 - m)).sum() for m in moved])
    assert velocities[np.argmax(correlation)] == pytest.approx(0.0, abs=1.0)
    beside = np.abs(velocities) > 20
    assert velocities[beside][np.argmax(correlation[beside])] == pytest.approx(50.0, abs=1.0)
    assert both.flux.min() > star.flux.min()  # each star's light fills the other's lines


def test_drawn_binaries_are_apart() -> None:
    for seed in range(5):
        spectrum = KINDS["binary"](generator(seed), inputs())
        assert 20.0 <= abs(figure(spectrum, "apart")) <= 80.0 and 0.4 <= figure(spectrum, "ratio") <= 1.0


def test_fringe_has_its_period() -> None:
    wavelength = np.arange(8790.0, 8845.0, 0.05)
    for period in (1.3, 4.0):
        pattern = fringe(wavelength, WINDOW, 0.05, period, phase=0.7)
        power = np.abs(np.fft.rfft(pattern - 1.0, 16 * wavelength.size))
        found = np.fft.rfftfreq(16 * wavelength.size, 0.05)[np.argmax(power)]
        assert 1.0 / found == pytest.approx(period, rel=0.01)
        assert pattern.max() == pytest.approx(1.05, abs=1e-3) and pattern.mean() == pytest.approx(1.0, abs=2e-3)


@pytest.mark.parametrize("veiling", [0.5, 2.0])
def test_veiling_fills_lines(veiling: float) -> None:
    flux = a_star().flux
    np.testing.assert_allclose(1.0 - veil(flux, veiling), (1.0 - flux) / (1.0 + veiling))


def test_gap_is_that_of_real_stars() -> None:
    """As large as measured, another one for each star, blurred by rotation, and none where none is wanted."""
    flux = np.ones(3501)
    slow, other = (with_gap(flux, 3300.0, 2.0, SimulationInputs(shipped()), generator(seed)) - flux for seed in (0, 1))
    assert 0.015 < slow.std() < 0.06 and np.corrcoef(slow, other)[0, 1] > 0.7 and not np.array_equal(slow, other)
    fast = with_gap(flux, 3300.0, 30.0, SimulationInputs(shipped()), generator()) - flux
    assert fast.std() < 0.8 * slow.std()
    np.testing.assert_array_equal(
        with_gap(flux, 3300.0, 2.0, SimulationInputs(shipped(), gap=False), generator()), flux
    )


def test_stars_at_hand_are_taken() -> None:
    """Spectra of real stars can take the decoder's place; beyond the window they are mirrored."""
    bundle = shipped()
    own = bundle.decode(bundle.latents[:2])
    star = draw_star(generator(), SimulationInputs(bundle, stars=own))
    inside = (star.wavelength > WINDOW.lower - 0.005) & (star.wavelength < WINDOW.upper + 0.005)
    assert any(np.array_equal(star.flux[inside], row.astype(float)) for row in own)
    np.testing.assert_array_equal(star.flux[: inside.argmax()][::-1], star.flux[inside][1 : inside.argmax() + 1])


def test_wrong_medium_is_82_km_s() -> None:
    spectrum = suite()["wrong_medium"]
    assert spectrum.frame == "rest"
    assert moved_by(spectrum) == pytest.approx(-82.2, abs=1.0)


def test_wrong_frame_moves() -> None:
    spectrum = suite()["wrong_frame"]
    assert spectrum.frame == "rest" and 20.0 <= abs(figure(spectrum, "velocity")) <= 150.0
    assert moved_by(spectrum) == pytest.approx(figure(spectrum, "velocity"), abs=1.0)


def test_strike() -> None:
    flux = np.full(2000, 1e4)
    struck = strike(flux, 60, 1e4, generator())
    hit = struck > flux
    assert 60 <= hit.sum() <= 4 * 60 and (struck >= flux).all() and struck.max() <= 1e4 * (1 + 4 * 5.0)


def test_storm_hits_the_window() -> None:
    spectrum = suite()["cosmic_storm"]
    assert 50 <= figure(spectrum, "hits") <= 200


def test_stretch() -> None:
    points = np.array([8800.0, 8817.5, 8835.0])
    np.testing.assert_allclose(stretch(points, WINDOW, 0.002) - points, [-0.035, 0.0, 0.035], atol=1e-9)


def test_clipped_is_flat() -> None:
    spectrum = suite()["clipped"]
    assert np.mean(spectrum.flux == spectrum.flux.max()) > 0.1


def test_resolution_is_lower_than_claimed() -> None:
    bundle, spectrum = shipped(), suite()["wrong_resolution"]
    assert spectrum.resolution > bundle.resolution > 2 * 0.9 * figure(spectrum, "resolution")


def test_sky_lines_rise_above_the_continuum() -> None:
    spectrum = suite()["sky_emission"]
    assert spectrum.flux.max() > 1.1 * np.percentile(spectrum.flux, 90) and 3 <= figure(spectrum, "lines") <= 10


def test_hot_star_has_the_window_s_lines() -> None:
    star = hot_star(1.0, 2.0, 50_000.0, WINDOW, shipped().lines, rng=generator())
    for line in shipped().lines:
        near = np.abs(star.wavelength - line.wavelength) < 0.3
        assert star.wavelength[near][np.argmin(star.flux[near])] == pytest.approx(line.wavelength, abs=0.1)
        assert star.flux[near].min() < 0.8
    shallow = hot_star(0.1, 2.0, 50_000.0, WINDOW, shipped().lines, rng=generator())
    assert shallow.flux.min() > 0.9
    paschen = hot_star(0.1, 2.0, 50_000.0, WINDOW, shipped().lines, paschen=0.3, rng=generator())
    assert paschen.flux[-1] < shallow.flux[-1] - 0.01  # the wing of P11 at 8865 Angstrom


def test_no_light() -> None:
    spectra = draw(inputs(), 6, 7, {"noise": KINDS["noise"]})
    for _, spectrum in spectra:
        assert abs(spectrum.flux.mean()) < 0.2 * spectrum.flux.std()
    assert flagged_fractions(spectra, shipped()) == {"noise": 1.0}


def test_other_range_shows_what_stands_elsewhere() -> None:
    """A line of the library appears where the false wavelengths put it, in the velocity scale it had."""
    flux = 1.0 - 0.5 * np.exp(-0.5 * ((WIDE[:, None] - np.arange(8680.0, 8980.0, 20.0)) / 0.1) ** 2).sum(axis=1)
    library = Library(WIDE, np.array(NODES[:1]), flux[None], 500_000.0, "made up")
    spectrum = KINDS["other_range"](generator(), SimulationInputs(shipped(), library=library))
    start, velocity = figure(spectrum, "from"), figure(spectrum, "velocity")
    assert abs(start - WINDOW.lower) > 45.0
    true = spectrum.wavelength / (1 + velocity / SPEED_OF_LIGHT) * start / WINDOW.lower
    deepest = true[np.argmin(spectrum.flux)]
    assert deepest == pytest.approx(20.0 * round(deepest / 20.0), abs=0.15)


def test_library_star_is_normalised() -> None:
    star = from_library(WIDE, library_flux(WIDE, *NODES[0]), 500_000.0, 50_000.0, WINDOW, vsini=3.0)
    assert np.percentile(star.flux, 90) == pytest.approx(1.0, abs=0.06) and star.flux.min() > 0.0


def test_without_a_library() -> None:
    reasons = left_out(SimulationInputs(shipped()))
    assert set(reasons) == {"cool", "other_range"} and all("library" in reason for reason in reasons.values())
    drawn = contaminants(shipped(), 1, 1)
    assert {kind for kind, _ in drawn} == set(KINDS) - set(reasons) and len(drawn) == len(KINDS) - 2


def test_library_folders(tmp_path: Path) -> None:
    """Official files, and cool nodes in files of their own beside a collection."""
    official, box = tmp_path / "official", tmp_path / "box"
    write_hires(official, NODES)
    found = load_inputs(shipped(), official)
    assert len(found.library.nodes) == 3 and sorted(found.cool.nodes[:, 0]) == [2300.0, 2600.0]
    box.mkdir()
    flux = np.stack([library_flux(WIDE, *node) for node in NODES])
    np.savez(box / "nodes_vacuum_R105000.npz", wave=WIDE, flux=flux[2:], params=np.array(NODES[2:]))
    assert load_inputs(shipped(), box).cool is None
    for (teff, logg, mh), row in zip(NODES, flux, strict=True):
        keys = {"teff": teff, "logg": logg, "mh": mh, "medium": "vacuum", "resolution": 112_000.0}
        np.savez(box / f"single_{teff:.0f}.npz", wave=WIDE, flux=row, **keys)
    found = load_inputs(shipped(), box)
    np.testing.assert_array_equal(found.cool.nodes[:, 0], [2300.0, 2600.0])
    assert found.cool.resolution == 112_000.0 and len(found.library.nodes) == 1
    with pytest.raises(UnusableInput):
        load_inputs(shipped(), tmp_path / "nowhere")


def test_shared_library(shared_data: Path) -> None:
    found = load_inputs(shipped(), shared_data / "phoenix_aces")
    assert found.cool is not None and found.cool.nodes[:, 0].max() <= 2700.0 and not left_out(found)


def test_fractions() -> None:
    """A lamp, an empty exposure and a cosmic storm are told apart; of ordinary stars a few may be doubted."""
    strange = {name: KINDS[name] for name in ("featureless", "noise", "cosmic_storm")}
    assert flagged_fractions(draw(inputs(), 3, 2, strange), shipped()) == dict.fromkeys(strange, 1.0)
    assert flagged_fractions(draw(inputs(), 12, 2, {"ordinary": ordinary}), shipped())["ordinary"] <= 0.25
    assert is_flagged(UnusableInput("refused"))


def test_giants_have_their_gravity() -> None:
    for seed in range(3):
        spectrum = KINDS["giant"](generator(seed), inputs())
        assert 3.5 <= figure(spectrum, "logg") <= 4.1 and 3200.0 <= figure(spectrum, "teff") <= 3900.0


def test_close_binaries_blend() -> None:
    for seed in range(3):
        assert 4.0 <= abs(figure(KINDS["close_binary"](generator(seed), inputs()), "apart")) <= 20.0


def test_telluric_lines_are_as_deep_as_drawn() -> None:
    wavelength = np.arange(8800.0, 8835.0, 0.01)
    passed = telluric_transmission(wavelength, 0.1, 20.0)
    assert passed.min() == pytest.approx(0.9, abs=1e-3)
    assert wavelength[np.argmin(passed)] == pytest.approx(8822.65 * (1 + 20.0 / SPEED_OF_LIGHT), abs=0.02)


def test_stars_are_drawn_from_the_prior() -> None:
    """A box of models has as many giants as dwarfs; the stars drawn from it do not."""
    stars = [draw_star(generator(seed), inputs()) for seed in range(40)]
    assert min(float(star.figures["logg"]) for star in stars) > 4.4
