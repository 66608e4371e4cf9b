"""What a sentence speaks of beside the spectrum: templates, tellurics, lamps, masks, lines, what is measured."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["REMARK_BEHIND", "is_of_others"]

#: What has wavelengths of its own beside the spectrum, and what was done with it to the spectrum.
_OTHERS = (
    r"(?:tellur\w*|sky|templates?|tpl|masks?|ccfs?|cross corr\w*|line ?lists?|models|atlas(?:es)?|lamps?|laser combs?"
    r"|comparison \w+|(?:former|earlier|previous|older) (?:versions?|releases?|reductions?|files?))"
)
_ATTRIBUTE = re.compile(rf"\b{_OTHERS}(?: lines?)? (?:(?!used\b)\w+ed|free)\b(?! (?:in|at|on|within|by|with|to|for)\b)")
#: The word that says which of them is meant, as "ThAr lamp", "HARPS mask": nothing that speaks of the spectrum, and no
#: word of what was done.
_WHICH = (
    r"(?:(?!(?:no|not|without|with|by|using|to|from|via|per|on|at|after|before|against|wave\w*|spectr\w*|data|flux\w*"
    r"|stars?|bary\w*|helio\w*|berv|air|vac\w*|rest|\w+ed|\w+ing)\b)[^\W\d]\w* )?"
)
_OF_OTHERS = re.compile(
    rf"^\W*(?:(?:step )?\d+\W+)?(?:(?:the|an?|all|our|in|of|for|synthetic|stellar|atmospheric|(?:rvs?|velocity) of) )*"
    rf"{_WHICH}{_OTHERS}\b"
    rf"|\b(?:computed|measured|correlated|compared) (?:with|against|using|by) (?:\w+ )?{_OTHERS}\b"
    rf"|\b(?:air|vac(?:uum)?|rest|frame) {_OTHERS}\W*$|\bused (?:in|for|by|as) (?:the |our |an? )?{_WHICH}{_OTHERS}\b"
)
#: What is measured, drawn or pointed in a frame, whatever that of the spectrum is; no more than a remark behind it.
_MEASURED = (
    r"\b(?:eq?ws?|equivalent widths?|elevation|azimuth|zenith|parallax|rotator|marked|plot(?:s|ted)?|velocity axis"
    r"|line positions?|wavelengths? (?:of|for) (?:\w+ ){0,2}lines?|lines in (?:air|vac(?:uum)?)"
    r"|(?:ism|interstellar|nebular|planet\w*) lines?)\b"
)
_NO_WAVES = re.compile(rf"{_MEASURED}|\bplanet\w* rest\b|\bframe of (?:the |its )?planet")
REMARK_BEHIND = re.compile(rf" (?:for|with|at(?! rest)|used) (?:[^\W\d]\w* ){{0,3}}?{_MEASURED}[^;,.()]*")
_THEIR_OWN = re.compile(rf"\b(?:wavelengths?|frame) of (?:the |our |an? )?{_WHICH}{_OTHERS}\b")
_ITSELF = re.compile(
    rf"(?<!\w)(?<!\bof )(?!{_OTHERS}|(?:rest|observed|air|vac(?:uum)?|frame|standard|synthetic)\b)\w+ "
    r"(?:spectr(?:um|a)|wave(?:s|lengths?)?|data|flux(?:es)?|star|stellar|output)\b(?! (?:calibration|solution)\b)"
    rf"(?! {_OTHERS}\b)"
)


@lru_cache(maxsize=512)
def is_of_others(clause: str) -> bool:
    """Whether a clause speaks of something beside the spectrum, as "telluric lines modelled in the observatory frame"
    or "rest frame EW".

    "Telluric corrected spectrum in the barycentric frame" speaks of the spectrum.
    """
    clause = _ATTRIBUTE.sub(" ", clause)
    if _NO_WAVES.search(clause):
        return True
    return bool(_OF_OTHERS.search(clause) and not _ITSELF.search(clause)) or bool(_THEIR_OWN.search(clause))
