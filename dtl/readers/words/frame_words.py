"""What free words say of the frame of wavelengths: of the observatory, of the barycentre, or of the star at rest."""

from __future__ import annotations

import re

from dtl.readers.words.clauses import clauses_of, manner_of
from dtl.readers.words.others import is_of_others

__all__ = ["KEPT", "MENTIONED", "PAST", "RESOLUTION", "frame_of"]

#: What any sentence has that speaks of a medium or a frame.
MENTIONED = re.compile(
    r"air|vac|awav|luft|lucht|aria|no ar\b|возд|powiet|空|vak|vide|vuoto|vác|вакуум|próżni|真|bary|helio"
    r"|berv|ssb|earth|cent(re|er|ric)|frame|rest|observed|refract|stellar|systemic|\brv\b|radial vel|zero vel"
    r"|star.? vel|\bof the star|bari|zentr|c[ée]ntr|ruhe|repos",
    re.I,
)

#: Before what held once.
PAST = (
    r"\b(?:were|was|formerly|originally|previously|once|input|initial|original)"
    r"(?: ?[:=]| (?:still|in|the|were|was|frame|wavelengths?|scale|system)\b)*"
)
_NO_FRAME = re.compile(
    r"\b(julian|jd|bjd|hjd|time|times|mid|heliostat|coord\w*|longitude|latitude|altitude|position|distance)\b"
)
#: What still holds, whatever else is said of it.
KEPT = re.compile(r"\b(?:kept|keeps?|unchanged|unaltered|retain\w*|preserv\w*|remain\w*|(?:is|are) still)\b")
_PAST_FRAME = re.compile(
    rf"{PAST} (?:(?:topo|geo)cent\w*|(?:observ(?:er|atory)s?|earth|telescope|rest) (?:frame|system|wavelengths?))"
)
#: Rest frames that are not the star's.
_REST_OF_OTHERS = (
    (
        r"\b(earth|observatory|observers?|topocentric|telescope|instrument|detector|telluric)( system)? rest"
        r" (frame|wavelengths?)",
        "earth frame",
    ),
    (r"\brest frame(?: of| is| in|[ :=])*(?:the )?(earth|observ|telescope|tellur|topocent)\w*", "earth frame"),
    (r"\b(telluric|atmospheric)s?( lines?)?( are| is)? at rest", "earth frame"),
    (r"\b(bary\w*|helio\w*|ssb|solar system)( bary\w*)? rest frame", "barycentric frame"),
    (
        r"\brest frame(?: of| is| in|[ :=])*(?:the )?(solar system|bary|helio|ssb|sun\b)\w*( bary\w*)?",
        "barycentric frame",
    ),
)
_REST = re.compile(
    r"\b(rest frame|rest wavelengths?(?! of| for)|at rest|frame of the star"
    r"|(stellar|star|laboratory) frame(?! ?#?\d+(?![\d.]| ?(?:km|m/s|k\b)))"
    r"|(?:shifted|corrected|moved|brought) to rest|(?<!line )(?<!lines )(?:shifted|corrected|moved|brought) to zero"
    r" (?:radial )?velocity)\b"
)
#: What stands behind a velocity that is none of its drift, jitter or zero point; and before one of the star alone.
_NO_MORE = r"(?: shift)?(?=[^\w+-]*$|[ =~:]*[-+]?\d| of [-+~]?\d| (?:with|using|by|via|to|before|after|at|in the)\b)"
_ITS_OWN = (
    r"^(?:[^:=]*[:=])?\W*(?:(?:the|its?|all|this|these|with|after|done|now|is|are|ha[sd]|have|star|frame|steps?"
    r"|spectr(?:um|a)|data|fluxe?s?|waves?|wavelengths?|[a-z]*\d[\w+-]*)\W+)*"
)
_OF_ITS_VELOCITY = re.compile(
    rf"\bcorrected for (the |its )?((stellar|systemic|star) (rv|(radial )?velocity)|rv|radial velocity)\b{_NO_MORE}"
    r"|\bcorrected for (the )?(rv|(radial )?velocity) of (the )?star\b"
    rf"|{_ITS_OWN}(rv|(stellar|systemic|radial|star) (rv|velocity))( shift)?( of [\d.+-]+ km/s)? (was |is |has been )?"
    r"(removed|subtracted)\b(?! from)"
)
#: Parts of a telescope and a spectrograph, which rest too.
_RESTING = re.compile(
    r"\b(?:telescope|mirror|dome|instrument|spectrograph|detector|ccd|camera|grating|prism|slit|shutter|fib(?:re|er)"
    r"|stage|wheel|motor|rotator|derotator|lamp|cell)s?\b[^:=]*\bat rest\b"
)
_OF_SPECTRUM = re.compile(r"\b(?:spectr(?:um|a)|wave\w*|flux(?:es)?|data)\b")
_OF_REST = re.compile(r"(rest|stellar|systemic|star|laboratory|frame|rv|velocity)$")
_OBSERVATORY = re.compile(
    r"\b(topocent|geocent)[a-z]*|\b(observatory|observers?|observed|telescope|earth) (frame|system|wavelengths?|rest)\b"
    r"|\bframe[ :=]+(of )?(the )?(observatory|observer|telescope|earth)|\bas observed$"
)
_OF_OBSERVATORY = re.compile(r"(topoc|geoc|observ|telescope|earth|frame)")
_BARYCENTRIC = re.compile(
    r"\b(bary|helio)[a-z]*|\bberv[a-z]*|\bssb\b|\bearths?( orbital| rotation\w*)* (motion|velocity)"
    r"|\b(motion|velocity) of (the )?earth\b"
)
_OF_BARYCENTRIC = re.compile(r"(bary|helio|berv|ssb|earth|motion|solar|frame|system|velocit|topoc|geoc)")
_STATE = re.compile(r"\b(frame|corr|rest|waves?|wavelengths?|lambda|system|vacuum|vac|air|scale)\b")
_NO_STATE = re.compile(r"\b(correction|velocit(y|ies)|factor|shift|berv|rv)\b|([:=]|\bcorr\b\.?)\s*[-+~]?\d")
_RADIAL = re.compile(
    r"(?<!stellar )(?<!systemic )(?<!for )\b(rvs?|radial velocit(y|ies)|(?<=applied to )velocit(y|ies))\b"
    r"(?! corr(ection)?\b)"
)
_NUMBER = re.compile(r"[:=]\s*[-+]?\d")
#: A resolution that is stated beside, whose number is that of no velocity.
RESOLUTION = re.compile(r"\b(r|resolution|resolving power)\s*[=~:≈]\s*[\d.,]+k?\b", re.IGNORECASE)
#: Whole clauses that say that wavelengths are barycentric by the word alone.
_ALONE = re.compile(
    r"((the |final |output |stellar )*(spectr(um|a)|star|data|wavelengths?)( is | are | ?[:=] ?| ))?"
    r"(now |in |the |solar |system )*"
    r"(bary|helio)(cent(ric|re|er))?( frame| system)?[\W_]*"
)


def frame_of(text: str) -> str | None:
    """``barycentric``, ``observatory`` or ``rest`` where a sentence says in what frame the wavelengths are."""
    if not MENTIONED.search(text):
        return None
    clauses = clauses_of(RESOLUTION.sub(" ", text))
    alone = not any(_NO_FRAME.search(c) or _RADIAL.search(c) or re.search(r"velocit|km/s", c) for c in clauses)
    found = {_frame_of_clause(clause, alone=alone) for clause in clauses} - {None}
    if found == {"rest", "barycentric"}:  # one step after the other
        return "rest"
    return found.pop() if len(found) == 1 else None


def _frame_of_clause(clause: str, *, alone: bool) -> str | None:
    """The frame that a clause states; ``alone``: whether "barycentric" on its own is said of wavelengths."""
    if _NO_FRAME.search(clause):
        return None
    for pattern, plain in _REST_OF_OTHERS:
        clause = re.sub(pattern, plain, clause)
    clause = clause if _OF_SPECTRUM.search(clause) else _RESTING.sub(" ", clause)
    if is_of_others(clause) or (_PAST_FRAME.search(clause) and not KEPT.search(clause)):
        return None
    earth, sun = _OBSERVATORY.search(clause), _BARYCENTRIC.search(clause)
    at_rest = _REST.search(clause) or (_OF_ITS_VELOCITY.search(clause) and not sun)
    at_rest = at_rest and manner_of(clause, _OF_REST) in ("done", "open")
    if earth and sun:  # from one to the other, else an equation
        if not re.search(r"\b(to|into)\b|->|2", clause[min(earth.end(), sun.end()) : max(earth.start(), sun.start())]):
            return None
        earth, sun = (earth, None) if earth.start() > sun.start() else (None, sun)
    if at_rest:
        return None if earth else "rest"
    if earth:
        stated = manner_of(clause, _OF_OBSERVATORY) in ("done", "open") and not _NUMBER.search(clause)
        return "observatory" if stated and not _RADIAL.search(clause) else None
    return _frame_by_correction(clause, alone=alone) if sun else None


def _frame_by_correction(clause: str, *, alone: bool) -> str | None:
    """The frame by what a clause says of the barycentre or of Earth's motion."""
    manner = manner_of(clause, _OF_BARYCENTRIC)
    if manner == "perhaps" or _RADIAL.search(clause):
        return None
    if manner == "not":
        return "observatory"
    if manner == "done":
        return "barycentric"
    if _STATE.search(clause) and not _NO_STATE.search(clause):
        return "barycentric"
    return "barycentric" if alone and _ALONE.fullmatch(clause) else None
