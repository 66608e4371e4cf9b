"""Figures of one spectrum."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dtl.figures.scale import Scale
from dtl.figures.spectrum import preparation_figure, reconstruction_figure
from dtl.spectrum import PreparationStep
from tests.builders import LINES, WINDOW
from tests.fakes import make_result


def traces(figure) -> dict:
    return {trace.name: trace for trace in figure.data}


def test_data_are_steps_with_gaps_and_what_is_not_used_is_grey():
    result = make_result()
    named = traces(reconstruction_figure(result))
    bad = ~result.prepared.good
    assert named["Observation"].line.shape == "hvh"
    assert np.isnan(named["Observation"].y[bad]).all() and not named["Observation"].connectgaps
    measured = np.isfinite(result.prepared.masked)
    grey = np.isfinite(named["Not used"].y)
    assert measured.sum() == 30 and grey[measured].all()
    assert grey.sum() == measured.sum() + 1  # joined to the curve before it, open towards the gap after it
    assert np.isnan(named["Not used"].y[bad & ~measured]).all()
    assert named["Observation"].line.color != named["Not used"].line.color


def test_the_difference_has_its_own_panel_on_the_same_wavelengths():
    result = make_result()
    figure = reconstruction_figure(result)
    difference = traces(figure)["Residual"]
    good = result.prepared.good
    expected = (result.prepared.flux - result.reconstruction)[good]
    np.testing.assert_allclose(difference.y[good], expected, atol=1e-6)
    assert difference.yaxis == "y2"
    assert figure.layout.xaxis.matches == "x2"
    assert "vacuum" in figure.layout.xaxis2.title.text and "[Å]" in figure.layout.xaxis2.title.text


def test_a_spike_does_not_squash_the_difference():
    result = make_result()
    flux = result.prepared.flux.copy()
    flux[500] = 60.0
    spiked = replace(result, prepared=replace(result.prepared, flux=flux))
    assert reconstruction_figure(spiked).layout.yaxis2.range[1] < 0.1
    assert reconstruction_figure(spiked).layout.yaxis.range[1] < 2


def test_the_worst_of_the_difference_is_in_sight():
    result = make_result()
    shown = reconstruction_figure(result).layout.yaxis2.range[1]
    flux = result.prepared.flux.copy()
    flux[1000:1003] = result.reconstruction[1000:1003] + 1.6 * shown  # a feature, no spike: too few to count otherwise
    worse = replace(result, prepared=replace(result.prepared, flux=flux))
    assert reconstruction_figure(worse).layout.yaxis2.range[1] > 1.6 * shown


def test_lines_and_simulation_are_written_in_the_figure():
    figure = reconstruction_figure(make_result(simulated=True))
    texts = {annotation.text for annotation in figure.layout.annotations}
    assert texts == {line.label for line in LINES} | {"Simulated observation"}
    assert "Simulated observation" in traces(figure)
    assert not reconstruction_figure(make_result(), lines=False).layout.annotations


def test_light_and_dark_differ():
    light, dark = (traces(reconstruction_figure(make_result(), dark=dark)) for dark in (False, True))
    assert light["Observation"].line.color != dark["Observation"].line.color


def test_a_step_is_drawn_with_its_overlays_and_only_around_the_window():
    wavelength = np.linspace(5000, 10000, 100_001)
    step = PreparationStep(
        "Continuum", "Divided.", wavelength, np.ones_like(wavelength), {"<i>Fit</i>": (wavelength, wavelength)}
    )
    figure = preparation_figure(step, WINDOW, simulated=True)
    named = traces(figure)
    assert set(named) == {"Spectrum", "&lt;i&gt;Fit&lt;/i&gt;"}
    assert len(named["Spectrum"].y) < 2000
    assert named["Spectrum"].x0 > 8780
    assert figure.layout.annotations[0].text == "Simulated observation"


def test_a_step_on_velocities_keeps_all_of_them():
    velocity = np.linspace(-200, 200, 401)
    step = PreparationStep("Velocity", "Measured.", velocity, velocity, x_title="Velocity [km/s]")
    (curve,) = preparation_figure(step, WINDOW).data
    assert len(curve.y) == 401 and curve.name == "Velocity"


def test_regular_wavelengths_are_not_sent_and_others_are():
    result = make_result()
    assert len(reconstruction_figure(result).to_json()) < 150_000
    bent = replace(result.prepared, wavelength=np.geomspace(8800, 8835, 3501))
    figure = reconstruction_figure(replace(result, prepared=bent))
    np.testing.assert_array_equal(traces(figure)["Observation"].x, bent.wavelength)


def test_another_model_can_take_the_place_of_the_reconstruction():
    result = make_result()
    named = traces(reconstruction_figure(result, model=np.ones(3501), name="<b>One"))
    assert (named["&lt;b&gt;One"].y == 1).all()
    assert "Reconstruction" not in named


def test_overlays_are_told_apart_by_dashes_too():
    result = make_result()
    curves = {f"<b>Model {number}": np.full(3501, 0.1 * number) for number in range(6)}
    named = traces(reconstruction_figure(result, overlays=curves))
    drawn = [named[f"&lt;b&gt;Model {number}"] for number in range(6)]
    assert len({curve.line.dash for curve in drawn}) == 6
    assert all((curve.y == np.float32(0.1 * number)).all() for number, curve in enumerate(drawn))
    assert "Reconstruction" in named


def test_lines_of_some_species_and_of_the_air():
    result = make_result()
    observed = replace(result.prepared.spectrum, frame="observatory", barycentric_velocity=None)
    result = replace(result, prepared=replace(result.prepared, spectrum=observed, rv=-30.0))
    figure = reconstruction_figure(result, lines=["Mg I", "Telluric H₂O"])
    texts = [annotation.text for annotation in figure.layout.annotations]
    assert texts == ["Mg I 8809.2"] + ["⊕"] * 6
    assert len(figure.layout.shapes) == 2 * 7  # in both panels
    place = figure.layout.annotations[3].x
    assert abs(place - 8814.14 * (1 + 30.0 / 299792.458)) < 0.01  # third telluric line, the star approaching


def test_a_scale_moves_everything_on_the_axis():
    result, scale = make_result(), Scale("km/s", line=LINES[1])
    figure = reconstruction_figure(result, scale=scale)
    named = traces(figure)
    expected = scale.at(result.prepared.wavelength)
    for name in ("Observation", "Not used", "Reconstruction", "Residual"):
        curve = named[name]
        np.testing.assert_allclose(curve.x0 + curve.dx * np.arange(3501), expected, atol=1e-6)
    assert figure.layout.annotations[1].x == 0
    assert figure.layout.uirevision != reconstruction_figure(result).layout.uirevision  # the zoom is given up
    np.testing.assert_array_equal(named["Observation"].y, traces(reconstruction_figure(result))["Observation"].y)


def test_pixels_left_out_of_a_step_are_grey():
    flux, masked = np.ones(500), np.full(500, np.nan)
    flux[100:110], masked[100:110] = np.nan, 3.0
    step = PreparationStep("As read", "Read.", np.linspace(8800, 8835, 500), flux, masked=masked)
    named = traces(preparation_figure(step, WINDOW))
    assert (named["Not used"].y[100:110] == 3).all() and np.isfinite(named["Not used"].y).sum() == 12
    assert np.isnan(named["Spectrum"].y[100:110]).all() and not named["Spectrum"].connectgaps
