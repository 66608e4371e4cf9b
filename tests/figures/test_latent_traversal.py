"""Figures of the decoder walk and of all latents."""

from __future__ import annotations

import numpy as np

from dtl.exploration.latent_profile import profile
from dtl.figures.latent_profile import profile_figure
from dtl.figures.latent_traversal import walk_figure, walk_map
from dtl.figures.map_picture import map_picture
from tests.builders import LINES
from tests.fakes import WAVELENGTH, bundle, model_flux


def test_the_change_is_here_minus_start():
    start, here = model_flux(WAVELENGTH), model_flux(WAVELENGTH, teff=3800.0)
    figure = walk_figure(WAVELENGTH, start, here, LINES)
    curves = {trace.name: trace for trace in figure.data}
    np.testing.assert_allclose(curves["Here minus start"].y, (here - start)[::2], atol=1e-6)
    x = curves["Here"].x0 + curves["Here"].dx * np.arange(len(curves["Here"].y))
    np.testing.assert_allclose(x, WAVELENGTH[::2], atol=1e-6)
    low, high = figure.layout.yaxis2.range
    assert low < (here - start).min() and high > (here - start).max()
    assert len(figure.to_json()) < 60_000


def test_without_a_step_the_scale_of_the_change_stays_readable():
    start = model_flux(WAVELENGTH)
    assert walk_figure(WAVELENGTH, start, start, LINES).layout.yaxis2.range == (-0.02, 0.02)


def test_start_and_here_are_on_the_map():
    places = bundle().map_latent
    figure = walk_map(places, map_picture(places), places[3], places[9])
    assert {trace.name: (trace.x[0], trace.y[0]) for trace in figure.data} == {
        "Start": tuple(places[3]),
        "Here": tuple(places[9]),
    }
    assert len({trace.marker.symbol for trace in figure.data}) == 2


def test_latents_are_drawn_in_the_order_asked_for():
    models = bundle().latents
    found = profile(models[:2] * 5, models)
    order = np.argsort(-models[0], kind="stable")
    figure = profile_figure(found, order, ["after", "before"], meanings=[f"word {i}" for i in range(32)])
    after = next(trace for trace in figure.data if trace.name == "after")
    np.testing.assert_allclose(after.y, found.values[0, order], atol=1e-5)
    assert f"Latent {order[0] + 1}: word {order[0]}" in after.text[0]
    assert not any("-" in text for text in after.text) and any("<br>−" in text for text in after.text)  # a true minus
    assert figure.layout.xaxis.ticktext[0] == str(order[0] + 1)
    low, high = figure.layout.yaxis.range
    assert low < found.values.min() and high > found.values.max()
