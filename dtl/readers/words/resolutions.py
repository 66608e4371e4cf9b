"""The resolution in free words: a number beside "R" or "resolution" counts where nothing says that it is another's.

A comment speaks of templates, telluric models, detectors and runs as well, and each has its "R = 200000". A number is
that of the spectrum only where all other words of its sentence are ones that stand beside a spectrum's own resolution;
any other word leaves it unused, and the resolution unknown, which is flagged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from numbers import Real

import numpy as np

from dtl.readers.contents import Claim, Contents
from dtl.readers.instruments import find_instrument
from dtl.readers.source import sanitise
from dtl.readers.words.resolution_words import BESIDE, LISTED, NOUN, RATIO, as_width, is_clean, is_width, plain

__all__ = [
    "IN_KMS",
    "apply_resolutions",
    "is_own",
    "is_resolution",
    "metadata_lines",
    "resolution_of_card",
    "resolution_of_value",
]

#: What a line says: by a code as "R50000", in a sentence, as "R = 50000", and what the spectrum was brought to.
_CODE, _SENTENCE, _LINE, _BROUGHT_TO = range(4)
#: Letters of a card of HISTORY or COMMENT.
_CARD = 72
#: Relative difference of one number written twice, as 94.6k and 95k.
_SAME = 0.02
#: Lines of a file that are looked at, those of them that speak of a resolution, and letters of each.
_MOST_LINES, _MOST, _LONGEST = 5_000, 300, 500

#: What names a resolution, "R" or "Resolution" or "λ/Δλ"; whose it is; and what stands before its number.
_WORD = rf"(?<![\w.^])(?:R\b|^r(?=\s*[:=])|{NOUN}|{RATIO})"
_OWNER = r"(?: of (?:the |this |our )?(?:spectrum|spectra|data|observations?|instrument|spectrograph))"
_SIGN = r"(?:[=~≈≃≅:：,)]|\b(?:of|is|was|about|approximately|around|ca|nearly|roughly|at)\b\.?)"
#: A number that can be a resolution, with nothing behind it that makes it a length, a range or a part of another.
_NUMBER = (
    r"(?P<number>\d{3,7}(?:\.\d+)?)(?![\w.]*\d|[A-Za-z_%])"
    r"(?!\s*(?:[-–/:+*x×]\s*\d|\d|to\b\s*\d|(?:A|AA|nm|um|mA|km|m/s|pixels?|arcsec|Å|[Aa]ngstroms?)\b))"
)
#: "Resolution (median) of the data: 50000"; the code "R50000"; what a spectrum was convolved or changed to.
_STATED = re.compile(rf"{_WORD}(?:\s*\([^()]{{0,30}}\))?{_OWNER}?(?P<sign>(?:\s*{_SIGN})*)\s*{_NUMBER}")
_CODED = re.compile(r"(?<![\w.^])R ?(?P<number>(?:[2-9]\d|1\d\d)\d00)(?![\w.]|\s*[-–/]\s*\d)")
_BLUR, _STEP = r"(?i:convol|degrad|smooth|broaden|blur)\w*", r"(?i:bring|brought|reduc|lower|chang|convert|from)\w*"
_BROUGHT = re.compile(  # a bare number is one of pixels, or an end of a range, where no word of resolutions is near
    rf"(?:\b(?:{_BLUR}|{_STEP}|(?i:resampl|bin)\w*)\b[^;]{{0,80}}?\bto (?:an? |the )?{_WORD}(?:\s*{_SIGN})*"
    rf"|\b{_BLUR}\b[^;]{{0,80}}?\bto|{_WORD}[^,;]{{0,60}}\b{_STEP}\b[^,;]{{0,60}}?\bto|\bfrom {_WORD}[^,;]{{0,30}}\bto"
    rf"|{_WORD}[^,;]{{0,40}}(?:->|=>|→)(?: ?{_WORD})?(?:\s*{_SIGN})*)\s*{_NUMBER}"
)
#: What any line has that speaks of a resolution.
_SPOKEN = re.compile(rf"{_WORD}|\bR\d|spec_r|convol|degrad|instrumental|\blsf\b|line spread", re.IGNORECASE)
#: A width of the instrument's profile in km/s, with no other word between; its unit; words that stand beside it alone.
_WIDTH = re.compile(
    rf"(?:{NOUN}|\b(?i:instrumental|lsf|line spread function)\b)(?:[\s=:~≈()]|\b(?:(?i:fwhm|lsf|profile|broadening"
    rf"|element)|{NOUN}|of|the|is|was"
    r"|spectr(?:um|a|ograph)|data|instrument|about)\b)*(?<![\w.-])(?P<width>\d{1,3}(?:\.\d+)?)"
    r" ?km ?/ ?s\b(?! ?(?:/|per\b))"
)
IN_KMS = re.compile(r"\bkm ?(?:/ ?s|s-1|s\^-1)(?! ?(?:/|per\b))")
_OF_WIDTH = BESIDE | {"velocity", "lsf", "profile", "broadening", "line", "spread", "function", "element"}
_SPEED_OF_LIGHT = 299792.458  # km/s

#: What a card speaks of beside the spectrum: no model of the instrument, nor a library of lines.
_OF_ANOTHER = re.compile(
    r"\btemplates?\b|\b(?:of|for) (?:the |an? )?(?!optical|instrument)(?:[^\W\d]\w* )?(?:models?|library)\b(?! of)"
    r"|\b(?:model|library) (?:spectr|r\b|resol)",
    re.IGNORECASE,
)
#: A width in km/s is below it.
_WIDEST = 1000.0

#: Keys of metadata below which there are words of the spectrum itself.
_FREE = {"comment", "comments", "description", "header", "history", "meta", "metadata", "note", "notes"}
#: Words by which a sentence names the spectrum, and what it is not any more.
_OF_SPECTRUM = re.compile(r"\b(?:spectrum|spectra|data|observations?)\b", re.IGNORECASE)
_FORMER = re.compile(r"\boriginal", re.IGNORECASE)
#: Ends of the items of a list, ends of sentences, and a word with which no sentence ends.
_ITEMS, _SENTENCES = re.compile(r"[;!]|,(?!\d)|\.(?=\s|$)"), re.compile(r"[;!]|\.(?=\s|$)")
_GOES_ON = re.compile(r"\b(?:a|an|the|of|at|with|to|and|in|by|is|was|for|has|from|on|its|R)$")


@dataclass(frozen=True)
class _Said:
    """A resolution that a line states: how, its value, and the line."""

    rank: int
    value: float
    line: str


def apply_resolutions(contents: Contents, lines: Iterable[str], what: str = "line") -> None:
    """Fill the resolution, where cards leave it open, from lines of free text; keep what was not understood.

    A resolution that the spectrum was brought to goes before a card, which may be that of the instrument.

    Args:
        contents: changed in place.
        lines: comments, cards of HISTORY, ``key: value`` of metadata.
        what: what each of them is, for people.
    """
    said, unread = _gather(lines, contents.instrument.value if contents.instrument else "")
    if unread and not contents.unread_resolution:
        why = as_width(unread[0]) or "was not understood as the spectrum's own resolution"
        contents.unread_resolution = f"{what} '{_short(unread[0])}' {why}"
    claim = _settle(said, what)
    own = contents.resolution
    lowered = claim and claim.value and said[-1].rank == _BROUGHT_TO and own and own.value and claim.value < own.value
    if claim and (own is None or lowered):
        contents.resolution = claim


def metadata_lines(pairs: Mapping[object, object], deep: bool = False) -> Iterator[str]:
    """Keys and values as lines; what stands below the key of something else, as of a template, is left out.

    Args:
        pairs: of metadata.
        deep: whether they stand below a key themselves; a tree may have no end.
    """
    for key, said in pairs.items():
        name = str(key)[:100]
        free = name.lower() in _FREE
        value = said.get("value", said) if isinstance(said, Mapping) else said
        if isinstance(value, Mapping):
            yield from metadata_lines(value, deep=True) if not deep and (free or is_own(name)) else ()
        elif isinstance(value, list):
            yield from (text for text in value if free and isinstance(text, str))
        elif isinstance(value, str):
            yield from value.splitlines() if free else (f"{name}: {value}",)
        elif isinstance(value, Real) and not isinstance(value, bool) and 0 < value < 1e7:
            yield f"{name}: {value:.10g}"


def is_resolution(value: float) -> bool:
    """Whether a number can be a resolution; one of nines alone stands for none, and a power of two counts pixels."""
    return 100 <= value <= 1e6 and set(f"{value:.0f}") != {"9"} and not np.log2(value).is_integer()


def is_own(text: str) -> bool:
    """Whether all words of a text can stand beside a spectrum's own resolution."""
    return is_clean(plain(text), BESIDE)


def resolution_of_value(text: str) -> float | None:
    """The resolution that the value of a card or of a key states: ``80,000``, ``R ~ 80k``."""
    said = [one for line in (text, f"R = {text}", f"resolution {text}") for one in _said_in(line) or ()]
    return said[0].value if len({one.value for one in said}) == 1 else None


def resolution_of_card(value: object, comment: str) -> float | None:
    """The resolution that a card holds, as a number or as a width in km/s; None where it is one of something else.

    Args:
        value: of the card.
        comment: behind it, which may name the unit, and whose resolution it is.
    """
    if _OF_ANOTHER.search(comment) or (isinstance(value, int | float) and is_width(value, comment)):
        return None
    if isinstance(value, str) or (IN_KMS.search(comment) and value < _WIDEST):
        return resolution_of_value(str(value) if isinstance(value, str) else f"{value} km/s")
    found = float(value) if isinstance(value, int | float) else None
    return found if found is not None and is_resolution(found) else None


def _short(line: str) -> str:
    return sanitise(line.strip(" #%!;*"), 60)


def _gather(lines: Iterable[str], instrument: str) -> tuple[list[_Said], list[str]]:
    """What lines state, by rank from the weakest, and the lines that speak of a resolution that is not the file's."""
    known, said, unread, before, spoken = find_instrument(instrument), [], [], "", 0
    for line in dict.fromkeys(line[: 2 * _LONGEST] for line in islice(lines, _MOST_LINES)):
        spoken += bool(_SPOKEN.search(line))
        found = _said_in(line, before) if spoken <= _MOST else []
        other = find_instrument(line) if found else None
        if found is None or (known and other and other.name != known.name):
            unread.append(line)
        else:
            said += found
        before = line
    return sorted(said, key=lambda one: one.rank), unread


def _settle(said: list[_Said], what: str) -> Claim | None:
    """The strongest of what lines state; two that differ leave it unknown, whatever is known of the instrument."""
    if not said:
        return None
    best = [one for one in said if one.rank == said[-1].rank]
    rivals = best if best[0].rank != _BROUGHT_TO else best + [one for one in said if one.value < best[0].value]
    first = rivals[0]
    other = next((one for one in rivals if abs(one.value / first.value - 1.0) > _SAME), None)
    if other is None:
        return Claim(first.value, "file", f"{what} '{_short(first.line)}'")
    words = f"the file states both {first.value:,.0f} and {other.value:,.0f}"
    places = " and ".join(dict.fromkeys(f"'{_short(one.line)}'" for one in (first, other)))
    return Claim(None, "guessed", f"{words}: {what} {places}; state it")


def _said_in(line: str, before: str = "") -> list[_Said] | None:
    """What a line states as the resolution of the spectrum; None where it states one of something else.

    Args:
        line: of free text.
        before: the line before it, which it may go on with.
    """
    text = plain(line)
    if not _SPOKEN.search(text):
        return []
    if len(line) > _LONGEST or _is_cut(line):  # what is behind may say whose it is
        return None if _STATED.search(text) or _BROUGHT.search(text) else []
    brought, found = list(_BROUGHT.finditer(text)), list(_STATED.finditer(text))
    signed = [one for one in found if one["sign"].strip(" )") or not re.match(r"[Rr]\b", one[0])]
    signed = [one for one in signed if not (re.match(r"[Rr]\b", one[0]) and "." in one["number"])]  # a date, a ratio
    wanted = brought[-1:] or signed or list(_CODED.finditer(text))
    wanted = [one for one in wanted if is_resolution(float(one["number"]))]
    width = None if wanted else _WIDTH.search(text)
    if width and is_clean(text, _OF_WIDTH):
        value = _SPEED_OF_LIGHT / max(float(width["width"]), 1e-9)
        return [_Said(_SENTENCE, value, line)] if is_resolution(value) else []
    if not wanted and as_width(line):
        return None
    if not wanted or (brought and _is_range(text, brought[-1])):
        return None if any(is_resolution(float(one["number"])) for one in [*found, *brought]) else []
    blanked = _blanked(text, [*brought[-1:], *found, *wanted])
    owned = [(one, _owner(text, blanked, one)) for one in wanted]
    named = [one for one, owner in owned if owner == "named"]
    if not (named or all(owner for _, owner in owned)) or (_FORMER.search(text) and not brought):
        return None
    rank = _BROUGHT_TO if brought else max(_rank(text, one) if one in signed else _CODE for one in wanted)
    goes_on = (
        _is_cut(before)
        or before.rstrip().endswith(":")
        or (rank in (_SENTENCE, _BROUGHT_TO) and _carries_on(before, line))
    )
    if goes_on and not is_clean(plain(before), LISTED):
        return None
    return [_Said(rank, float(one["number"]), line) for one in named or wanted]


def _rank(text: str, one: re.Match[str]) -> int:
    """How strong a statement is: "Spectral resolution (R): 50000" is a line, "at a resolution of 50000" a sentence."""
    head = re.sub(NOUN, " ", text[: one.start()]).lower()
    alone = not set(re.findall(r"\w+", head)) - {"r", "spectral", "nominal", "median", "mean", "measured"}
    return _LINE if alone and re.search(r"[=:：~≈≃≅,]", one["sign"]) else _SENTENCE


def _is_cut(line: str) -> bool:
    """Whether a line ends within a sentence: with a word that ends none, or where a card of HISTORY is full."""
    return bool(_GOES_ON.search(line.rstrip())) or len(line) == _CARD


def _carries_on(before: str, line: str) -> bool:
    """Whether a line seems to go on with the sentence of a long one before it."""
    ended = before.rstrip()[-1:] in tuple(".;:!?")
    return len(before) > _CARD // 2 and not ended and line.lstrip(" #%!;*")[:1].islower()


def _owner(text: str, blanked: str, one: re.Match[str]) -> str:
    """Whether the words around a number leave it to the spectrum: ``clean`` where all do, from the first of the line to
    the end of the sentence; ``named`` where its sentence names the spectrum, whatever those before are about."""
    start, end = one.span("number")
    item = blanked[_last(_ITEMS, text, start) : _next(_ITEMS, text, end)]
    sentence = _next(_SENTENCES, text, end)
    if not is_clean(item, BESIDE) or not is_clean(blanked[_last(_SENTENCES, text, start) : sentence], LISTED):
        return ""
    return "named" if _OF_SPECTRUM.search(item) else "clean" if is_clean(blanked[:sentence], LISTED) else ""


def _last(marks: re.Pattern[str], text: str, end: int) -> int:
    return max((mark.end() for mark in marks.finditer(text, 0, end)), default=0)


def _next(marks: re.Pattern[str], text: str, start: int) -> int:
    mark = marks.search(text, start)
    return mark.start() if mark else len(text)


def _blanked(text: str, found: Iterable[re.Match[str]]) -> str:
    """A text of the same length without the numbers that were found."""
    for one in found:
        start, end = one.span("number")
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _is_range(text: str, brought: re.Match[str]) -> bool:
    """Whether "from 40,000 to 60,000" is meant, as nothing raises a resolution."""
    before = map(float, re.findall(r"(?<![\d.])\d{5,7}(?![\d.])", text[: brought.start("number")]))
    return any(10_000 <= said < float(brought["number"]) for said in before)
