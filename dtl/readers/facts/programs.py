"""Programs that reduce spectra of many instruments alike, known by a card: their wavelengths are theirs, whatever the
pipeline of the spectrograph itself writes."""

from __future__ import annotations

from dataclasses import dataclass

from dtl.readers.facts.cards import Cards

__all__ = ["Program", "is_of_ceres", "program_of"]


@dataclass(frozen=True)
class Program:
    """A program.

    Attributes:
        card: whose value, or that it is there, tells the program.
        value: that it begins with, in capitals; empty where any will do.
        medium: of all wavelengths that it writes.
        frame: of all of them, empty where that is said elsewhere.
        said: the card, for people.
    """

    card: str
    value: str
    medium: str
    frame: str
    said: str


#: CERES: Brahm et al. 2017, PASP 129, 034002. PypeIt: Prochaska et al. 2020, JOSS 5, 2308, whose arc lines are in
#: vacuum; whether Earth's motion is removed is said by its card VEL_TYPE.
_PROGRAMS = (
    Program("PIPELINE", "CERES", "vacuum", "barycentric", "card PIPELINE = 'CERES', which is known for it:"),
    Program("(LAMBDA_BARY / LAMBDA_TOPO)", "", "vacuum", "barycentric", "card (LAMBDA_BARY / LAMBDA_TOPO) of CERES:"),
    Program("PYP_SPEC", "", "vacuum", "", "card PYP_SPEC of PypeIt, which is known for it:"),
)


def program_of(cards: Cards) -> Program | None:
    """The program that wrote a file, None where none of these did."""
    return next((p for p in _PROGRAMS if p.card in cards and _begins(cards, p)), None)


def is_of_ceres(cards: Cards) -> bool:
    """Whether CERES reduced it, for each of its spectrographs alike."""
    found = program_of(cards)
    return found is not None and "CERES" in found.said


def _begins(cards: Cards, program: Program) -> bool:
    return str(cards.get(program.card, "")).strip().upper().startswith(program.value)
