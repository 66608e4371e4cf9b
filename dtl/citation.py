"""What to cite for a result, as BibTeX. The facts are those of ``CITATION.cff``."""

from __future__ import annotations

__all__ = ["bibtex"]

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


def bibtex(version: str, bundle: str = "") -> str:
    """Entries of the software, the method and the library of synthetic spectra.

    Args:
        version: of the software.
        bundle: name and version of the networks, written into the note.
    """
    note = f"networks {bundle}" if bundle else "networks not stated"
    return "\n\n".join([_SOFTWARE.format(version=version, note=note), _METHOD, _LIBRARY]) + "\n"
