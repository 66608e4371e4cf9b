"""What free words say of a spectrum: air or vacuum, and the frame, see `dtl.readers.words.frame_words`.

Comment lines, HISTORY cards, IRAF's WAT cards: ``air wavelengths``, ``vacuum: False``, ``barycentric corrected``. What
is denied or still to be done is told from what is done (`dtl.readers.words.clauses`); a sentence that speaks both ways,
or with "if" and "should", states nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import accumulate

from dtl.readers.contents import Claim, Contents
from dtl.readers.words.clauses import FALSE, LONGEST, TRUE, clauses_of, goes_on, manner_of, words_of
from dtl.readers.words.error_words import apply_multiple
from dtl.readers.words.frame_words import KEPT, MENTIONED, PAST, RESOLUTION, frame_of
from dtl.readers.words.others import is_of_others
from dtl.readers.words.units import parse_frame, parse_medium

__all__ = [
    "apply_statements",
    "frame_of",
    "medium_of",
    "names_only_media_and_frames",
    "stated_frame",
    "stated_medium",
]

#: Sentences about a medium or a frame that are looked at in one file, and letters of all of them.
_MOST, _MOST_LETTERS = 400, 60_000
_NO_MEDIUM = re.compile(
    r"air ?mass\w*|air ?(temp|press|humid)\w*|vacuum (chamber|vessel|tank|press|pump|stabili|spectrograph)\w*|airy"
    r"|air ?flow|air ?glow|air condition\w*|in the air\b"
    r"|(spectrograph|instrument)( is| was)? (in|under) (a )?(vacuum|air)"
    r"|\b(air|vac(uum)?) ?(or|/) ?(air|vac(uum)?)\b"
    r"|(dewar|cryostat|detector|pump) vac(uum)?"
    r"|vac(uum)? (level|gauge|system|seal|window|valve|grease|status|good|ok)\b"
    r"|vac(uum)? \d|bel ?air|air ?force|mid ?air|air ?(space|port|craft|line)s?\b|\bd['’]air\b"
    r"|unlike (the )?(air|vac(uum)?)"
    r"|vac(uum)? ?[=:] ?['\"]?(good|ok|on|off)\b"
)
_PAST_MEDIUM = re.compile(rf"{PAST} (air|vac(uum)?)\b")
_OF_MEDIUM = re.compile(r"vac|air")
_OF_WAVES = re.compile(
    r"wav|wv?l\b|lambda|angstrom|λ|convert|dispersion|ciddor|edl[eé]n|wellenl|\bond[ae]\b|длин|волн|波"
)
#: What stands beside a medium where wavelengths are not named: the medium itself, frames and units. What else is there
#: has the medium, as a spectrograph in vacuum or a gap of air.
_BESIDE_MEDIUM = re.compile(
    r"(air|vac|vacuum|or|to|is|in|lam|med|medium|corr|ref)+|standard|std|stp|dry|frames?|systems?|bary\w*|helio\w*|rest|stellar|obs\w*"
    r"|topo\w*|geo\w*|berv|ssb|nm|um|aa|microns?|refracti\w*|index|morton|iau|only|now|used|files?|tables?|columns?|orders?|output|final|angstroms?"
    rf"|{FALSE}|{TRUE}"
)
_NUMBER_OF_MEDIUM = re.compile(r"(air|vac(uum)?)\W*\d(?!(\.0*)?['\"\s]*$)|\d\.?\d*e-?\d")
_VERB = r"(?:convert|conver[st]i|transform|correct|shift|chang)\w*"
#: Conversions: what is found, and the medium before and after it; the first that is found counts.
_CHANGES = tuple(
    (re.compile(pattern.format(verb=_VERB, old=old, new=new)), before, after)
    for pattern in (
        r"\b{old}\w* ?(?:to|->|-->|2|into) ?{new}",
        r"{verb} (?:[^\s]+ ){{0,5}}?(?:to|into) (?:\w+ ){{0,2}}?{new}",
        r"{verb} (?:\w+ ){{0,3}}?from {old}",
        r"{verb} for {new}",
        r"\b{new}(?:uum)? {verb}",
    )
    for old, new, before, after in (("air", "vac", "air", "vacuum"), ("vac", "air", "vacuum", "air"))
)
_REFRACTION = re.compile(r"corrected for (the )?(refracti\w+ )?(index )?(of refraction )?(of |in )?(the )?air\b")


def medium_of(text: str) -> str | None:
    """``air`` or ``vacuum`` where one sentence or card says so of wavelengths, else None."""
    return _weighed_medium(text)[1]


def _weighed_medium(text: str) -> tuple[int, str | None]:
    """The medium that a sentence states, and what it weighs, 2 or more where it is that of a conversion."""
    if not MENTIONED.search(text):
        return 0, None
    found: list[tuple[int, str]] = []
    for clause in clauses_of(text):
        if is_of_others(clause):
            continue
        present = clause if KEPT.search(clause) else _PAST_MEDIUM.sub(" ", clause)
        weight, medium = _medium_of_clause(_NO_MEDIUM.sub(" ", present))
        if medium and (weight or _OF_WAVES.search(clause) or _speaks_of_medium_alone(clause)):
            found.append((weight + bool(_OF_WAVES.search(clause)), medium))
    best = {(min(weight, 2), medium) for weight, medium in found if weight == max(found)[0]}
    return best.pop() if len(best) == 1 else (0, None)


def names_only_media_and_frames(value: str) -> bool:
    """Whether all words of a value are of media, frames and units, as in no name of a file."""
    return bool(value.strip()) and _speaks_of_medium_alone(value.lower())


def _speaks_of_medium_alone(clause: str) -> bool:
    """Whether no thing but the spectrum can be what a clause says to be in air or in vacuum."""
    words = words_of(RESOLUTION.sub(" ", clause))
    known = all(goes_on(word) or _BESIDE_MEDIUM.fullmatch(word) for word in words)
    return known and not _NUMBER_OF_MEDIUM.search(clause)


def _medium_of_clause(clause: str) -> tuple[int, str | None]:
    """The medium that a clause states, and what it weighs: a conversion that was done is the last word."""
    manner = manner_of(clause, _OF_MEDIUM)
    if _REFRACTION.search(clause):
        return 2, {"done": "vacuum", "not": "air"}.get(manner)
    change = next(((old, new) for words, old, new in _CHANGES if words.search(clause)), None)
    if change:
        told = manner == "done" or re.search(
            r"airtovac|air2vac|vactoair|vac2air|convert|conversion|transform|using", clause
        )
        return 2, {"not": change[0], "perhaps": None}.get(manner, change[1] if told else None)
    vacuum, air = bool(re.search(r"\bvac(uum)?\b", clause)), bool(re.search(r"\bair\b", clause))
    beside = re.search(r"\bnot (?:in )?(?:the )?(air|vac)", clause) if vacuum and air else None
    if manner == "perhaps" or (vacuum == air and not beside):
        return 0, None
    said = vacuum if not beside else beside[1] == "air"
    denied = (
        manner == "not" and not beside and not re.search(_VERB, clause)
    )  # "air wavelengths, not converted" are in air
    return 0, "vacuum" if said != denied else "air"


def stated_medium(text: str) -> str | None:
    """``air`` or ``vacuum`` by the name of a column, the value of a card or a sentence; German and French by a word."""
    found = medium_of(text)
    return found or (None if re.search(r"air|vac", text, re.I) else parse_medium(text))


def stated_frame(text: str) -> str | None:
    """The frame by the value of a card or of a line about it: a word or a sentence."""
    return frame_of(f"frame: {text}") or (parse_frame(text) if len(text.split()) < 3 else None)


def apply_statements(contents: Contents, texts: Iterable[str], where: str, *, steps: bool = False) -> None:
    """Fill medium and frame, where they are open or only guessed, from free words; mark what they contradict.

    And take how many sigma uncertainties are.

    Args:
        contents: changed in place.
        texts: sentences, as comment lines.
        where: what they are, for people, as "a comment".
        steps: whether they tell in their order what was done, so that a later one may end what an earlier one says.
    """
    texts = list(dict.fromkeys(texts))
    apply_multiple(contents, texts, where)
    spoken = [text for text in texts if MENTIONED.search(text)][:_MOST]
    letters = accumulate(min(len(text), LONGEST) for text in spoken)
    spoken = [text for text, count in zip(spoken, letters, strict=True) if count <= _MOST_LETTERS]
    for name, find in (("medium", _weighed_medium), ("frame", _weighed_frame)):
        found = [(text, *find(text)) for text in spoken]
        for place, (text, weight, value) in enumerate(found):
            ended = steps and any(w >= max(weight, 2) and v != value for _, w, v in found[place + 1 :])
            if value and not ended:
                short = " ".join("".join(c if c.isprintable() else " " for c in text[:200]).split())[:60]
                contents.state(name, Claim(value, "file", f"{where}: '{short}'"))


def _weighed_frame(text: str) -> tuple[int, str | None]:
    """The frame that a sentence states, and what it weighs: one comes to the star's by way of the barycentre."""
    frame = frame_of(text)
    return {"barycentric": 2, "rest": 3}.get(frame or "", 0), frame
