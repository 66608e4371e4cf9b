"""What to cite for a result, as BibTeX. The facts are those of ``CITATION.cff``."""

from __future__ import annotations

from dtl.flags import joined
from dtl.result import PARAMETERS, InferenceResult
from dtl.rounding import estimate_words, format_estimate

__all__ = ["bibtex", "sentence"]

_SOFTWARE = """@software{{dtl,
  author  = {{{{The dtl developers}}}},
  title   = {{dtl: stellar parameters of M dwarfs by autoencoders and deep transfer learning}},
  version = {{{version}}},
  note    = {{{note}}}
}}"""
_METHOD = """@article{Mas-Buitrago2024,
  author  = {Mas-Buitrago, P. and others},
  title   = {Using autoencoders and deep transfer learning to determine the stellar parameters
             of 286 {CARMENES} {M} dwarfs},
  journal = {Astronomy \\& Astrophysics},
  volume  = {687},
  pages   = {A205},
  year    = {2024},
  doi     = {10.1051/0004-6361/202449865}
}"""
_LIBRARY = """@article{Husser2013,
  author  = {Husser, T.-O. and others},
  title   = {A new extensive library of {PHOENIX} stellar atmospheres and synthetic spectra},
  journal = {Astronomy \\& Astrophysics},
  volume  = {553},
  pages   = {A6},
  year    = {2013},
  doi     = {10.1051/0004-6361/201219058}
}"""


def bibtex(version: str, bundle: str = "", *, origin: str = "", weights: str = "") -> str:
    """Entries of the software, the method and the library of synthetic spectra.

    Args:
        version: of the software.
        bundle: name and version of the networks, written into the note.
        origin: of networks that were adapted: from which ones and to what, in words.
        weights: sha256 of the file of their weights.
    """
    note = ", ".join(filter(None, [f"networks {bundle}" if bundle else "networks not stated", origin, _hash(weights)]))
    return "\n\n".join([_SOFTWARE.format(version=version, note=note), _METHOD, _LIBRARY]) + "\n"


def sentence(result: InferenceResult, version: str, *, origin: str = "", weights: str = "") -> str:
    """One result for a paper: its values, what gave them, and the doubts.

    Args:
        result: to be cited.
        version: of the software.
        origin: of networks that were adapted.
        weights: sha256 of the file of their weights.
    """
    values = []
    for name, (label, unit, _) in PARAMETERS.items():
        estimate = result.estimates[name]
        value, lower, upper = format_estimate(name, estimate)
        if estimate.withheld or estimate.limit is not None:
            values.append(f"{label} {estimate_words(name, estimate)}")
        else:
            values.append(f"{label} = {value} {upper}/{lower} {unit}")
    spectrum = result.prepared.spectrum
    star = f"{spectrum.star}, " if spectrum.star else ""
    kind = "a simulated observation, " if spectrum.simulated else ""
    networks = ", ".join(filter(None, [f"networks {result.bundle}", origin, _hash(weights)]))
    flags = f" Flags: {joined(result.flags)}." if result.flags else " No flags."
    return (
        f"{star}{kind}file {spectrum.file}, S/N {result.prepared.snr:.0f}: {', '.join(values)} (mode, 68 % interval; "
        f"limits 95 %). Found with dtl {version} ({networks}) after Mas-Buitrago et al. (2024) on the synthetic "
        f"spectra of Husser et al. (2013).{flags}"
    )


def _hash(weights: str) -> str:
    return f"sha256 of the weights {weights[:16]}" if weights else ""
