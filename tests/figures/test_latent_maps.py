"""The maps of flux and of the latent space."""

from __future__ import annotations

import base64
import io
import json

import numpy as np
from PIL import Image

from dtl.figures.latent_maps import MAX_LABELS, ColourBar, MapStar, latent_map, outside_map
from dtl.figures.map_picture import SIZE, map_box, map_picture
from dtl.figures.palette import palette
from tests.fakes import bundle

PLACES, NODES = bundle().map_latent, bundle().nodes
PICTURE = map_picture(PLACES, NODES[:, 0])


def pixels(picture: str) -> np.ndarray:
    """Red, green, blue and opacity; shape ``(height, width, 4)``."""
    data = base64.b64decode(picture.removeprefix("data:image/webp;base64,"))
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))


def star(label: str, place: np.ndarray, **more: object) -> MapStar:
    return MapStar(label, np.asarray(place, dtype=float), **more)


def stars_of(figure):
    return next(trace for trace in figure.data if trace.name == "Your spectra")


def test_dots_lie_where_the_models_are():
    corners = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 2.0], [1.0, 1.0]])
    seen = pixels(map_picture(corners))
    low, high = map_box(corners)
    opaque = np.zeros(seen.shape[:2], dtype=bool)
    for place in corners:
        x, y = (place - low) / (high - low) * SIZE
        row, column = int(SIZE[1] - y), int(x)
        assert seen[row, column, 3] > 200
        opaque[row - 7 : row + 8, column - 7 : column + 8] = True
    assert not seen[~opaque][:, 3].any()


def test_the_colour_is_that_of_the_scale_and_may_have_given_limits():
    pair = np.array([[0.0, 0.0], [4.0, 4.0]])

    def shown(**more: object) -> list[tuple[int, ...]]:
        seen = pixels(map_picture(pair, np.array([10.0, 20.0]), **more))
        at = [
            (np.array(SIZE) * (place - map_box(pair)[0]) / np.ptp(map_box(pair), axis=0)).astype(int) for place in pair
        ]
        return [tuple(int(v) for v in seen[SIZE[1] - y, x, :3]) for x, y in at]

    low, high = (tuple(int(palette().scale[end][i : i + 2], 16) for i in (1, 3, 5)) for end in (0, -1))
    assert shown() == [low, high]
    assert shown(limits=(10.0, 1e6)) == [low, low]
    assert shown(dark=True) != [low, high]


def test_what_is_not_chosen_fades_and_does_not_move():
    every, some = pixels(PICTURE), pixels(map_picture(PLACES, NODES[:, 0], chosen=np.arange(40)))
    np.testing.assert_array_equal(every[..., 3] > 0, some[..., 3] > 0)
    bright = (some[..., 3] > 200).sum()
    assert 0 < bright < 0.1 * (every[..., 3] > 200).sum()
    assert 0 < some[..., 3][some[..., 3] > 0].min() < 60


def test_a_map_of_the_published_size_is_below_a_megabyte():
    rng = np.random.default_rng(0)
    places, nodes = rng.normal(size=(22933, 2)), rng.normal(size=(22933, 4))
    figure = latent_map(places, nodes, map_picture(places, nodes[:, 0]))
    assert len(figure.to_json()) < 1_300_000
    shipped = latent_map(PLACES, NODES, PICTURE)  # three thousand nodes
    assert len(shipped.to_json()) < 300_000


def test_the_pointer_reads_every_model_from_single_precision():
    rich, poor = latent_map(PLACES, NODES, PICTURE).data[:2]
    read, places = [], []
    for models, sign in ((rich, ""), (poor, "−")):
        assert models.mode == "none" and models.type == "scatter"
        assert models.x.dtype == models.customdata.dtype == np.float32
        rotation = np.frombuffer(base64.b64decode(models.text["bdata"]), models.text["dtype"])
        read.append(np.column_stack([models.customdata, rotation]) * [1, 1, -1 if sign else 1, 1])
        places.append(np.stack([models.x, models.y], axis=1))
        template = models.hovertemplate.removesuffix("<extra>Model spectrum</extra>")
        shown = [text.strip() for text in template.split("<br>")]
        assert shown[1] == "log g %{customdata[1]:.2f}"
        assert shown[2:] == [f"[M/H] {sign}%{{customdata[2]:.2f}} dex", "v sin i %{text:.1f} km/s"]
    order = np.argsort(NODES[:, 2] < 0, kind="stable")
    np.testing.assert_allclose(np.concatenate(read), NODES[order], rtol=1e-6)
    box = map_box(PLACES)
    assert np.allclose(np.concatenate(places), PLACES[order], atol=np.max(box[1] - box[0]) / SIZE[0])


def test_stars_do_not_change_the_models_or_the_axes():
    bare, full = (latent_map(PLACES, NODES, PICTURE, stars) for stars in ((), [star("A", PLACES[0] + 1e3)]))
    assert bare.data[:2] == full.data[:2] and bare.layout.images == full.layout.images
    assert bare.layout.xaxis.range == full.layout.xaxis.range


def test_a_star_outside_is_a_triangle_at_the_edge():
    far = PLACES.max(axis=0) + 100
    assert list(outside_map(PLACES, np.array([far, PLACES[0]]))) == [True, False]
    drawn = stars_of(latent_map(PLACES, NODES, PICTURE, [star("In", PLACES[0]), star("Out", far, unusual=True)]))
    assert drawn.marker.symbol == ("star", "triangle-up")
    assert drawn.x[1] < map_box(PLACES)[1][0]


def test_stars_have_the_colour_of_their_value():
    stars = [star("A", PLACES[0], value=3300.0), star("B", PLACES[1], value=4000.0)]
    figure = latent_map(PLACES, NODES, PICTURE, stars, bar=ColourBar("Teff [K]", 3000, 4300))
    assert list(stars_of(figure).marker.color) == [3300.0, 4000.0]
    assert figure.layout.coloraxis.cmin == 3000 and figure.layout.coloraxis.colorbar.title.text == "Teff [K]"
    assert tuple(pair[1] for pair in figure.layout.coloraxis.colorscale) == palette().scale


def test_groups_differ_in_shape_as_well_as_in_colour():
    groups = ("No doubt", "Unlike the models", "Spectrum too poor")
    figure = latent_map(PLACES, NODES, PICTURE, [star(g, PLACES[i], group=g) for i, g in enumerate(groups)])
    traces = [trace for trace in figure.data if trace.name in groups]
    assert [trace.name for trace in traces] == ["Unlike the models", "Spectrum too poor", "No doubt"]
    assert len({trace.marker.symbol for trace in traces}) == len({trace.marker.color for trace in traces}) == 3
    assert all(trace.showlegend for trace in traces)


def test_the_way_of_the_chosen_star_alone_is_drawn():
    stars = [star("A", PLACES[0], other=PLACES[5]), star("B", PLACES[1], other=PLACES[6])]
    figure = latent_map(PLACES, NODES, PICTURE, stars, chosen=1, other_state="Before the transfer")
    (way,) = [trace for trace in figure.data if trace.name == "Before the transfer"]
    np.testing.assert_allclose([way.x, way.y], [[PLACES[6, 0], PLACES[1, 0]], [PLACES[6, 1], PLACES[1, 1]]])


def test_names_are_escaped_and_only_the_chosen_one_is_written_among_many():
    figure = latent_map(PLACES, NODES, PICTURE, [star("<b>A</b>", PLACES[0])])
    assert figure.layout.annotations[0].text == "<b>&lt;b&gt;A&lt;/b&gt;</b>"
    many = [star(f"Star {i}", PLACES[i]) for i in range(MAX_LABELS + 1)]
    labels = latent_map(PLACES, NODES, PICTURE, many, chosen=3).layout.annotations
    assert [a.text for a in labels] == ["<b>Star 3</b>"]
    json.loads(figure.to_json())


def test_a_name_does_not_cover_another():
    low, high = map_box(PLACES)
    at = [low + np.array(part) * (high - low) for part in ((0.3, 0.5), (0.6, 0.53), (0.4, 0.8))]
    stars = [star(name, place) for name, place in zip("ABC", at, strict=True)]
    labels = latent_map(PLACES, NODES, PICTURE, stars, chosen=1).layout.annotations
    assert [a.text for a in labels] == ["<b>B</b>", "C"]
    two_lines = [star("A star whose name is long", low + np.array((0.5, 0.59)) * (high - low)), stars[1]]
    assert len(latent_map(PLACES, NODES, PICTURE, two_lines, chosen=1).layout.annotations) == 1
    two_lines[0] = star("A", two_lines[0].place)
    assert len(latent_map(PLACES, NODES, PICTURE, two_lines, chosen=1).layout.annotations) == 2


def test_a_long_name_is_cut_in_the_map_and_whole_under_the_pointer():
    name = "A" * 100 + " (simulated)"
    figure = latent_map(PLACES, NODES, PICTURE, [star(name, PLACES[0])])
    lines = figure.layout.annotations[0].text.removeprefix("<b>").removesuffix("</b>").split("<br>")
    assert "".join(lines) == f"{'A' * 19}…{'A' * 20}(simulated)"  # files differ at their ends
    assert max(map(len, lines)) <= 22  # half a narrow map has room for them
    assert name in figure.data[-1].text[0]


def test_a_name_is_written_to_the_side_that_has_more_room():
    low, high = PLACES.min(axis=0), PLACES.max(axis=0)
    stars = [star("Left", low + 0.3 * (high - low)), star("Right", low + 0.7 * (high - low))]
    labels = latent_map(PLACES, NODES, PICTURE, stars).layout.annotations
    assert [a.xanchor for a in labels] == ["left", "right"]
