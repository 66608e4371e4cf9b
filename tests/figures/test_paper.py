"""Figures for print: width, letters, fonts, light colours, nothing clipped."""

from __future__ import annotations

import re
import zlib
from xml.etree import ElementTree

import pytest
from matplotlib.text import Text

from dtl.catalogue import published_stars
from dtl.figures.corner import corner_figure
from dtl.figures.hr_diagram import hr_diagram
from dtl.figures.kiel import kiel_diagram
from dtl.figures.latent_maps import ColourBar, MapStar, latent_map
from dtl.figures.map_picture import map_picture
from dtl.figures.marks import Look
from dtl.figures.palette import palette
from dtl.figures.paper import WIDTHS, print_figure
from dtl.figures.paper.lettering import lettering
from dtl.figures.paper.printing import matplotlib_figure
from dtl.figures.plotted_star import PlottedStar
from dtl.figures.spectrum import reconstruction_figure
from tests.fakes import load_bundle, make_result

STARS = published_stars.stars()


def user(**changes) -> PlottedStar:
    return PlottedStar.from_result(make_result(**changes))


def reconstruction(dark: bool):
    return reconstruction_figure(make_result(), dark=dark)


def corner(dark: bool):
    return corner_figure(make_result(), dark=dark)


def hr(dark: bool):
    return hr_diagram(STARS, [user()], Look(dark=dark))


def kiel(dark: bool):
    return kiel_diagram(STARS, [user()], Look(dark=dark), isochrones=published_stars.isochrones())


def umap(dark: bool):
    bundle = load_bundle("common-r50000")
    stars = [MapStar("GJ 699", bundle.map_latent[0])]
    picture = map_picture(bundle.map_latent, bundle.nodes[:, 0])  # which is drawn anew for print
    return latent_map(
        bundle.map_latent, bundle.nodes, picture, stars, bar=ColourBar("Teff [K]", 3000.0, 4300.0), dark=dark
    )


FIGURES = [reconstruction, corner, hr, kiel, umap]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("make", FIGURES)
def test_no_letter_is_clipped_or_small(make, width):
    page = matplotlib_figure(make(dark=False), width)
    page.canvas.draw()
    sides = page.get_size_inches() * page.dpi
    assert sides[0] / page.dpi * 25.4 == pytest.approx(width)
    texts = [text for text in page.findobj(Text) if text.get_text().strip()]
    texts = [text for text in texts if text.get_visible()]
    assert len(texts) > 5
    for text in texts:
        assert text.get_fontsize() >= 7.0, text.get_text()
    for axes in page.axes:
        box = axes.get_tightbbox()
        assert box.x0 >= -0.5 and box.y0 >= -0.5 and box.x1 <= sides[0] + 0.5 and box.y1 <= sides[1] + 0.5
    for legend in page.legends:
        box = legend.get_window_extent()
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= sides[0] and box.y1 <= sides[1]


@pytest.mark.parametrize("make", FIGURES)
def test_a_dark_figure_is_printed_light(make):
    light, dark = (print_figure(make(dark=dark), kind="svg") for dark in (False, True))
    assert light == dark
    assert palette(True).model.encode() not in dark


@pytest.mark.parametrize("width", WIDTHS)
def test_pdf_has_its_width_and_its_fonts(width):
    data = print_figure(hr(dark=False), width=width, title="HR diagram")
    box = [float(number) for number in re.search(rb"/MediaBox \[([^\]]*)\]", data)[1].split()]
    assert box[2] / 72 * 25.4 == pytest.approx(width, abs=0.01)
    assert b"/Subtype /Type3" not in data
    # TrueType, embedded; descriptors may lie in compressed streams
    packed = re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL)
    streams = [data, *(zlib.decompressobj().decompress(part) for part in packed if part[:1] == b"\x78")]
    assert any(b"/FontFile2" in stream for stream in streams)
    assert any(b"HR diagram" in stream for stream in streams)


def test_svg_keeps_its_text():
    root = ElementTree.fromstring(print_figure(reconstruction(dark=False), kind="svg"))
    assert root.attrib["width"].endswith("pt") and float(root.attrib["width"][:-2]) == pytest.approx(
        88 / 25.4 * 72, abs=0.1
    )
    words = " ".join("".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text"))
    for word in ("Normalised flux", "Residual", "Wavelength in vacuum", "Mg I 8809.2", "Reconstruction"):
        assert word in words
    plain = [text for text in root.iter("{http://www.w3.org/2000/svg}text") if not len(text)]  # no formulas
    sizes = [float(re.search(r"font(?:-size)?:(?:[^;]*\s)?([\d.]+)px", text.attrib["style"])[1]) for text in plain]
    assert sizes and min(sizes) >= 7.0


def test_the_ring_of_a_chosen_star_is_left_out():
    plain, chosen = (kiel_diagram(STARS, [], Look(chosen=name)) for name in ("", "J17578+046"))
    assert len(chosen.data) == len(plain.data) + 1
    assert print_figure(chosen, kind="svg") == print_figure(plain, kind="svg")


@pytest.mark.parametrize(
    ("tagged", "expected"),
    [
        (
            "Effective temperature <i>T</i><sub>eff</sub> [K]",
            r"Effective temperature $\mathit{T}_{\mathregular{eff}}$ [K]",
        ),
        ("[log cm s<sup>−2</sup>]", r"[log cm s$^{\mathregular{-2}}$]"),
        ("a<br>b", "a\nb"),
        ("5 &lt; 6 $", r"5 < 6 \$"),
        ("<b>GJ 699</b>", "GJ 699"),
        ("Title<br><span style='font-size:4px'> </span>", "Title"),
        (None, ""),
    ],
)
def test_letters(tagged, expected):
    assert lettering(tagged) == expected


@pytest.mark.parametrize(("width", "kind"), [(90, "pdf"), (88, "eps")])
def test_other_widths_and_kinds(width, kind):
    with pytest.raises(ValueError, match="88 or 180 mm"):
        print_figure(reconstruction(dark=False), width=width, kind=kind)
