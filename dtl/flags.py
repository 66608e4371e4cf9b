"""Flags: the words that mark a value which may not be believed, what they mean, and how grave each is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["FLAGS", "LIMITS", "NOTES", "Doubt", "doubts", "explain", "joined", "sentence_of"]

#: word -> one sentence for a person.
FLAGS: dict[str, str] = {
    "outside_grid": (
        "The estimate lies outside the models the network was trained on, or its interval reaches their end; "
        "treat the numbers as a direction, not a value."
    ),
    "out_of_distribution": (
        "The spectrum is unlike any model spectrum: the network answers, "
        "but nothing says that the answer means anything."
    ),
    "low_snr": "The signal-to-noise ratio is below 30, where the networks were not trained.",
    "resolution_too_low": "The resolution of the spectrum is below that of the models; v sin i was corrected for it.",
    "window_incomplete": "More than 2 % of the window has no usable pixel.",
    "rv_uncertain": "The velocity of the star could not be measured reliably, so the lines may not be at rest.",
    "rv_implausible": (
        "The velocity is not what the file says or what a nearby star can have: wavelengths in air taken for vacuum, "
        "or in another frame than stated."
    ),
    "wavelengths_doubtful": (
        "The file contradicts itself on the step of its wavelengths; if the wrong one was taken, the radial velocity "
        "and v sin i are wrong, and the other parameters may be. Correct its header."
    ),
    "snr_implausible": (
        "The signal-to-noise ratio is beyond what spectrographs reach: the uncertainties of the file are not what they "
        "are taken for."
    ),
    "value_withheld": "A value that no star can have is not shown; the spectrum does not belong to an M dwarf.",
    "upper_limit_vsini": "The rotation is not resolved: read v sin i as an upper limit.",
    "resolution_unknown": "The file does not state its resolution; that of the models was taken.",
    "uncertainty_estimated": (
        "The file has no uncertainties; noise was measured from the spectrum itself. Lines that the models lack count "
        "as noise: the signal-to-noise ratio of a bright star may be several times higher."
    ),
    "uncertainty_implausible": (
        "The uncertainties of the file do not fit the scatter of its pixels. They were set aside, and noise was "
        "measured from the spectrum itself, unless it is said how they were read."
    ),
    "medium_guessed": (
        "The file does not say, or not clearly, whether its wavelengths are in air or vacuum; the radial velocity "
        "is 82 km/s off if the guess is wrong, the parameters hardly change. State it: Air or vacuum under Reading "
        "options in the app, --medium on the command line."
    ),
    "frame_guessed": (
        "The file does not say, or not clearly, whether Earth's motion is removed; the radial velocity is up to "
        "30 km/s off if the guess is wrong. State it: Velocity frame under Reading options in the app, --frame on the "
        "command line."
    ),
    "exposures_differ": (
        "The exposures of this star differ by more than their intervals say: the star varies, or one of the exposures "
        "is at fault. The values are means of them."
    ),
    "logg_from_main_sequence": (
        "The spectrum says little about log g: the value is that of the main sequence, and holds for dwarfs alone."
    ),
    "several_spectra": (
        "The file holds several spectra on the same wavelengths; the first with light was taken. Choose another or "
        "analyse all: below the name of the star in the app, by --row or, of columns, --columns on the command line."
    ),
}
#: Flags that tell how a spectrum was handled; no value is in doubt for them.
NOTES = frozenset(
    {
        "resolution_unknown",
        "uncertainty_estimated",
        "uncertainty_implausible",
        "medium_guessed",
        "frame_guessed",
        "several_spectra",
        "logg_from_main_sequence",
    }
)
#: Flags that make a value a limit, which holds as such. Any flag that is neither a note nor a limit is a doubt.
LIMITS = frozenset({"upper_limit_vsini"})
#: Doubts about v sin i alone, as the other parameters hang little on what raised them.
_VSINI_ALONE = frozenset({"resolution_too_low"})


@dataclass(frozen=True)
class Doubt:
    """A flag with what raised it.

    Attributes:
        flag: word of `FLAGS`.
        sentence: which parameter, its value, the limit it broke, and what can still be used.
        parameters: names of the parameters that it concerns, empty where it concerns the spectrum.
        value: that broke the limit, None where there is none to show; its unit stands in the sentence.
        limit: that was broken, in the unit of ``value``.
    """

    flag: str
    sentence: str
    parameters: tuple[str, ...] = ()
    value: float | None = None
    limit: float | None = None


def doubts(flags: Iterable[str], parameter: str | None = None) -> list[str]:
    """Those of some flags that put the values of a star in doubt, in their order.

    Args:
        flags: of a spectrum.
        parameter: the one whose value is asked for; None for any.
    """
    others = frozenset() if parameter in (None, "vsini") else _VSINI_ALONE
    return [flag for flag in flags if flag not in NOTES | LIMITS | others]


def joined(flags: Iterable[str]) -> str:
    """Flags as one text, as tables have them; empty where there are none."""
    return ", ".join(flags)


def explain(flag: str) -> str:
    """The sentence for a flag, or the flag itself where it is not known."""
    return FLAGS.get(flag, flag)


def sentence_of(flag: str, known: Iterable[Doubt]) -> str:
    """What is known of a flag of one spectrum, with its figures; the general sentence where nothing is."""
    return " ".join(doubt.sentence for doubt in known if doubt.flag == flag) or explain(flag)
