"""Terms that a student of astronomy may not know, each in a sentence or two with a reference where there is one."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from pages.shared.core import wording

__all__ = ["TERMS", "Term", "show"]

_ADS = "https://ui.adsabs.harvard.edu/abs/"
_METHOD = ("Mas-Buitrago et al. 2024", "https://doi.org/10.1051/0004-6361/202449865")


class Term(NamedTuple):
    """A term.

    Attributes:
        meaning: in words.
        citation: of a work that explains it, empty where a textbook does.
        url: where that is read.
        pages: addresses of the pages that use it; see ``app.py``.
    """

    meaning: str
    citation: str
    url: str
    pages: tuple[str, ...]


#: Term -> what it means, in the order of the alphabet.
TERMS: dict[str, Term] = {
    "Autoencoder": Term(
        "A pair of networks: the encoder reduces a spectrum to a few numbers, the decoder rebuilds the spectrum from "
        "them. Both are trained until the copy is as like the original as possible.",
        "Hinton & Salakhutdinov 2006", "https://doi.org/10.1126/science.1127647",
        ("start", "latent-space", "model-card"),
    ),
    "Barycentric, topocentric": Term(
        "Velocities relative to the centre of mass of the solar system, or to the observatory, which moves by up to "
        "30 km/s around the Sun and 0.5 km/s around Earth's axis.", "", "", ("start",),
    ),
    "Bias, rmse": Term(
        "Of errors whose truth is known: their mean, and the root of their mean square.", "", "",
        ("adapt-networks", "model-card"),
    ),
    "Calibrated interval": Term(
        "An interval whose width was adjusted until it holds the true value of as many test stars as it claims: 68 of "
        "100.", "", "", ("start", "model-card"),
    ),
    "Corner plot": Term(
        "Every pair of parameters against each other: slanted ellipses show errors that go together.",
        "Foreman-Mackey 2016", "https://doi.org/10.21105/joss.00024", ("start",),
    ),
    "Data and prior": Term(
        "What is plausible before a spectrum is seen is the prior: dwarfs lie on the main sequence, field stars have "
        "[M/H] near −0.1. “From the data 80 %” says that the spectrum took away 80 % of the prior's variance "
        "(contraction).",
        "Betancourt 2018", "https://arxiv.org/abs/1803.08393", ("start", "model-card"),
    ),
    "Ensemble": Term(
        "Several networks trained alike from other random numbers. Where they disagree the data do not say.",
        "Lakshminarayanan et al. 2017", "https://arxiv.org/abs/1612.01474", ("start", "model-card"),
    ),
    "Equivalent width": Term(
        "Width in Å of a box from the continuum down to zero with the area of a line: how much light the line takes.",
        "", "", ("start",),
    ),
    "Fine-tuning, transfer learning": Term(
        "Networks trained on models (source domain) are trained on with real spectra (target domain), so that they "
        "keep what they know and learn how both differ.",
        *_METHOD, ("latent-space", "adapt-networks", "model-card"),
    ),
    "Grid point": Term(
        "One synthetic spectrum of the library, with its Teff, log g, [M/H] and v sin i (PHOENIX-ACES).",
        "Husser et al. 2013", f"{_ADS}2013A%26A...553A...6H/abstract", ("latent-space", "model-card"),
    ),
    "HR, Kiel and spectroscopic HR diagram": Term(
        "Luminosity, log g, or Teff⁴/g against Teff. The last two need no distance; Teff⁴/g is luminosity over mass.",
        "Langer & Kudritzki 2014", f"{_ADS}2014A%26A...564A..52L/abstract", ("hr-diagram",),
    ),
    "Integrated gradients": Term(
        "How much each pixel adds to an answer, summed along the way from an average spectrum to this one.",
        "Sundararajan et al. 2017", "https://arxiv.org/abs/1703.01365", ("start",),
    ),
    "Isochrone": Term(
        "Stars of one age and composition and all masses, by models of stellar evolution.",
        "Baraffe et al. 1998", f"{_ADS}1998A%26A...337..403B/abstract", ("hr-diagram",),
    ),
    "Kolmogorov–Smirnov test": Term(
        "Whether two samples may come from one distribution: D is the largest gap between their cumulative fractions, "
        "p the chance of one so large.", "", "", ("hr-diagram",),
    ),
    "Latent vector": Term(
        "The few numbers (latents, here 32) to which the encoder reduces a spectrum; the narrowest layer is called "
        "the bottleneck.", *_METHOD, ("start", "latent-space", "model-card"),
    ),
    "log g": Term(
        "Decimal logarithm of the gravity at the surface in cm/s²; 4.44 for the Sun, about 5 for an M dwarf.", "", "",
        ("start", "hr-diagram", "literature-values"),
    ),
    "[M/H]": Term(
        "Metallicity: decimal logarithm of the abundance of all elements beyond helium, relative to the Sun's.", "", "",
        ("start", "hr-diagram", "literature-values"),
    ),
    "Outlier percentile": Term(
        "How unusual a spectrum is: of 100 good simulated stars so many are closer to the models.", "", "", ("start",),
    ),
    "Synthetic gap": Term(
        "How observed spectra differ from all synthetic ones: missing or wrong lines, the instrument, the Earth's air.",
        *_METHOD, ("start", "latent-space", "adapt-networks", "model-card"),
    ),
    "Teff": Term(
        "Effective temperature: that of a black body with the size and the luminosity of the star.", "", "",
        ("start", "hr-diagram", "literature-values"),
    ),
    "Thin and thick disc": Term(
        "Populations of the Milky Way, told apart by the motion of their stars; the thick disc is older and poorer in "
        "metals.", "Marfil et al. 2021", f"{_ADS}2021A%26A...656A.162M/abstract", ("hr-diagram",),
    ),
    "UMAP": Term(
        "A flat map of many dimensions that keeps neighbours together; distances across it mean little.",
        "McInnes et al. 2018", "https://arxiv.org/abs/1802.03426", ("latent-space",),
    ),
    "Upper limit (95 %)": Term(
        "Where rotation does not broaden the lines by more than the noise hides: a star that turned faster would have "
        "been noticed in 95 of 100 cases.",
        "Kashyap et al. 2010", "https://doi.org/10.1088/0004-637X/719/1/900", ("start", "literature-values"),
    ),
    "v sin i": Term(
        "Rotation speed at the equator times the sine of the angle between axis and line of sight: what broadens the "
        "lines.", "", "", ("start", "hr-diagram", "literature-values"),
    ),
    "Vacuum and air": Term(
        "Wavelengths in air are shorter, here by 2.42 Å (82 km/s); files often do not say which they have.",
        "Ciddor 1996", "https://doi.org/10.1364/AO.35.001566", ("start",),
    ),
}  # fmt: skip


def show(address: str) -> None:
    """The terms of a page, sent once they are asked for; nothing where it has none."""
    found = {name: term for name, term in TERMS.items() if address in term.pages}
    if not found:
        return
    box = st.expander("Terms on this page", icon=":material/dictionary:", on_change="rerun", key=f"terms-{address}")
    if box.open:
        lines = []
        for name, term in found.items():
            source = f" [{term.citation}]({term.url})" if term.citation else ""
            lines.append(f"- **{wording.plain(name)}**: {wording.plain(term.meaning)}{source}")
        box.markdown("\n".join(lines))
