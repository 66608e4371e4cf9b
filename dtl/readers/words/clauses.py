"""Sentences taken apart: clauses, and whether one says of its subject that it is done, not done, or only perhaps.

A negation belongs to what it stands beside: ``barycentric corrected, no telluric correction`` denies only the second.
"""

from __future__ import annotations

import re
from functools import lru_cache
from re import Pattern

from dtl.readers.words.others import REMARK_BEHIND, is_of_others

__all__ = ["FALSE", "LONGEST", "TRUE", "clauses_of", "goes_on", "manner_of", "words_of"]

#: Letters of a sentence that are looked at; those that say something of wavelengths are far shorter.
LONGEST = 500
#: "In air" and "in vacuum" in other languages.
_IN_AIR = r"in (?:der )?luft|dans l.air|en (?:el )?aire|no ar|in aria|nell.aria|в воздухе|w powietrzu|in (?:de )?lucht"
_IN_VACUUM = r"i[nm] vakuum|dans le vide|en (?:el )?vac[íi]o|no vácuo|nel vuoto|в вакууме|w próżni|in vacuüm"
#: Frames and what is done to reach them in other languages -> in English, in this order.
_FRAMES = (
    (r"\bbary(?:zentr|centri[qs])\w*|\bbaric[ée]ntr\w*", "barycentric"),
    (r"\bh[ée]lio(?:zentr|centri[qs])\w*|\bh?elioc[ée]ntric[oaie]s?\b", "heliocentric"),
    (r"\b(topo|g[ée]o)(?:zentr\w*|centri[qs]\w*|c[ée]ntric[oaie]s?\b)", "topocentric"),
    (r"\brepère\b|\bréférentiel\b|\bsistema\b(?: d[ie] \w+)?|\bbezugssystem\b", "frame"),
    (r"\bluft\b", "air"),
    (r"\bvide\b", "vacuum"),
    (r"\bruhesystems?( des sterns)?\b|\bau repos\b|\ben reposo\b|\ba riposo\b", "rest frame"),
    (r"\bkorrigiert\w*|\bcorrigée?s?\b|\bcorregid[oa]s?\b|\bcorrett[oaie]\b", "corrected"),
    (r"\bange(?:wand|wende)t\b|\bappliquée?s?\b|\baplicad[oa]s?\b|\bapplicat[oaie]\b", "applied"),
    (r"\bkorrektur\b|\bcorrecci[óo]n\b|\bcorrezione\b|\bcorreção\b", "correction"),
    (r"\bnicht\b|\bpas\b(?= (?:corrected|applied))", "not"),
    (r"\b(?:ohne|sans|senza|sem|sin)\b(?= .*correction)", "without"),
    (r"\b(?:vitesse|velocidad|velocità|mouvement|movimiento|geschwindigkeit)\b", "velocity"),
    (r"\b(corrected) (?:de la|de|del|della|dalla|por|per|für|um)\b", r"\1 for"),
    (r"\bvelocity (barycentric|heliocentric)\b", r"\1 velocity"),
    (r"\bcorrection (barycentric|heliocentric)\b", r"\1 correction"),
)
_FOREIGN_FRAME = re.compile("|".join(pattern for pattern, _ in (*_FRAMES[:3], _FRAMES[6])))
#: What says nothing of its own: the label of a remark, and names of files, whatever words they are made of.
_SILENT = re.compile(
    r"^\W*(?:comments?|notes?|remarks?|description|history)\s*[:=]\s*"
    r"|(?<![^\s('\"=])[^\s('\"=]*\w\.(?:fits?|fz|txt|dat|csv|tsv|py|np[yz]|ecsv|xml|vot|hdf5?|h5|tbl|asc|ascii)(?:\.\w{1,3})?(?![\w.]*\w)"
)
#: What is written in several ways -> one way. Hyphens join the words of one phrase.
_SPELLINGS = (
    (r"_|(?<=[a-z])-(?=[a-z])", " "),
    (r"(?<=[a-z])n['\u2019]t\b", " not"),
    (r"\bun ?(?=correct|appl|shift|convert|remov)|\bnon\b", "not "),
    (r"['\u2019]s\b", ""),
    (r"\brestframe\b", "rest frame"),
    (r"\b(rvs?|velocity) \((bary|helio)\w*\)", r"\2centric \1"),
    (r"\brv ?= ?0(?:\.0*)?(?: ?km/s)?(?![\w.])", "zero velocity"),
    (r"\bw/o\b|\black(s|ing)?\b|\b(instead|short) of\b", "without"),
    (r"\bprior to\b|\buntil\b", "before"),
    (r"\bnot only\b", ""),
    (r"\bno longer\b|\brather than\b|\bas opposed to\b", "not"),
    (r"\bto do\b(?= ?:)", "todo"),
    (r"\bis(?=(?:in)?(?:air|vac))", "is "),  # as a program names a variable
    (r"\bin(?=(?:air|vac|vacuum)\b)", "in "),
    (r"\bleft out\b|\bleft undone\b|\bnot? (yet )?done\b", "skipped"),
    (r"\bto be (?=done|made|performed|carried out)", "to be applied "),
    (r"\bawav(-\w+)?\b", "air wavelengths"),  # as the FITS standard has it
    # Other languages only where something is in a medium: elsewhere "aria" is a name, and "no" no denial.
    (rf"\b(nicht|pas|no|non|não|nie|не|niet) (?={_IN_AIR}|{_IN_VACUUM})", "not "),
    (rf"(?<!\w)({_IN_AIR})(?!\w)|空[気气]中?の?波[長长]", " in air "),
    (rf"(?<!\w)({_IN_VACUUM})(?!\w)|真空中?の?波[長长]", " in vacuum "),
    (r"\bluft(?= ?wellenl)|(?<=\()(?:luft|aire?|aria)(?=\))", "air "),
    (r"\bvakuum(?=\b|wellenl)|\bvuoto\b|\bvacuo\b|\bvac[íi]o\b|\bvácuo\b|\bvacuüm\b|(?<=\()vide(?=\))", "vacuum "),
)
_BREAKS = re.compile(
    r"[;!?()\[\]{}]|,(?!\d)|(?<!\bbary)(?<!\bcorr)(?<!\bvel)(?<!\bhelio)(?<!\bwav)\.(?=\s|$)|\s[-/\u2013\u2014]+\s"
    r"|\b(?:but|while|whereas|although|though|however|then|and)\b"
)
#: What stands before a remark in brackets, and it: of one thing both.
_REMARK = re.compile(r"([^;!?()\[\],.]*)(?:\([^()]*\)|\[[^\[\]]*\])")
#: What lists a word about itself behind it, as "ccf mask: M2, air" or "computed with mask M2, air", unless it only says
#: that it was used, or wavelengths are what was computed.
_LISTING = r"(?:masks?|ccfs?|cross[ -]corr\w*|line ?lists?|atlas(?:es)?|templates?)"
_OF_ITSELF = re.compile(
    r"(?P<waves>\b(?:wave\w*|wl|lambda|dispersion) (?:\w+ ){0,3}?(?:computed|measured|determined|derived)\b[^;,]*)|"
    rf"((?:\b{_LISTING}\b[^;!?()\[\],:=]*[:=]"
    r"(?!\s*(?:\d|(?:yes|y|no|n|true|false|t|f|on|off|none|done|ok|not\b[^,]*|\w+ed)\s*,))"
    r"|\b(?:computed|measured|determined|derived|correlated|compared) (?:with|against|using|by|from)"
    rf" (?:\w+ ){{0,2}}?{_LISTING}\b)[^;!?()\[\],:=]*),\s*"
    r"(?:in )?(?:air|vac(?:uum)?|rest(?: frame)?|(?:bary|helio|topo)\w*)(?=\s*(?:[],;.)]|$))"
)
#: Words for no and for yes.
FALSE, TRUE = r"false|f|no|n|nein|none|off|never|skipped|omitted|disabled|missing", r"true|t|yes|y|ja|on|done|ok"
FALSE, TRUE = f"{FALSE}|omit|perform", f"{TRUE}|complete"  # as Hubble's headers have it, before and after a step
_VALUE = re.compile(rf"[:=]\s*[\"']?\s*(?:(?P<no>{FALSE})|(?P<yes>{TRUE})|(?P<number>[01](?:\.0*)?))[\"'\s]*$")
_PLAIN = {
    *("a", "an", "the", "in", "is", "are", "was", "were", "be", "been", "being", "has", "have", "had", "to", "into"),
    *("yet", "on", "onto", "its", "their", "this", "these", "that", "it", "they", "any", "so", "far", "still", "as"),
    *("already", "also", "all", "both", "at", "value", "values", "data", "spectrum", "spectra", "scale", "solution"),
    *("grid", "axis", "wave", "wavelength", "wavelengths", "lambda", "vector", "here", "given", "from", "go", "get"),
}
_DOING = re.compile(
    r"(correct|corr$|appl[iy]|remov|shift|conver|transform|includ|done$|perform|made$|account|compensat|subtract|adjust"
    r"|chang|brought|mov(ed|ing)|put$|taken$|referred|express|carried|out$)"
)
_BEFORE_IT = {"not", "no", "without", "never", "before", "neither", "nor", "needs", "need", "requires", "require"}
_BEFORE_IT |= {"must", "will", "shall", "cannot", "to-be"}
_AFTER_IT = {"skipped", "omitted", "missing", "pending", "off", "disabled", "ignored", "required", "needed", "undone"}
_AFTER_IT |= {"necessary", "none", "todo", "outstanding", "reversed", "reverted", "false", "below", "later"}
_AFTER_IT |= {"planned", "foreseen", "intended"}
_DEMANDS = {"need", "needed", "required", "necessary"}
#: What one is told to do is not done yet.
_ORDER = re.compile(
    r"\s*(please |first |you |to |now |just |todo ?: ?)*(apply|add|run(?! with| by| on| \d)|multiply|divide|shift"
    r"|correct|subtract|convert|transform|call)\b"
)
_AGAIN = re.compile(r"\b(do not|again|twice|in (the )?(\w+ )?(header|keyword|card|column)s?)\b")
_PERHAPS = re.compile(
    r"\b(if|unless|whether|should|might|may|could|can|would|probably|perhaps|maybe|presumably|optional(ly)?|use"
    r"|(?:companion|separate|another|other) (?:files?|tables?|extensions?)|for .{1,60}\bsee"
    r"|(?<!used )(?<!applied )(?<!corrected )(?<!shifted )to (go|get|obtain|bring|move|convert|transform|put))\b"
)
#: Steps of a reduction that are said to be done or not beside those that are asked for.
_FOREIGN = re.compile(
    r"(tellur|sky|flux|blaze|contin|normal|cosmic|dark|bias|flat|background|scatter|extinct|redden|stray|fring|calibr"
    r"|simul|smooth|rebin|resampl|merg|stitch|weight|instrument|response|drift|nonlinear|defringe|polar|vignet)"
)


@lru_cache(maxsize=512)  # media and frames are asked for apart
def clauses_of(text: str) -> tuple[str, ...]:
    """The clauses of a sentence, in lower case and one spelling; what only goes on with the last one joins it."""
    lowered = _SILENT.sub(" ", " ".join(text[:LONGEST].lower().split())).strip()
    for pattern, plain in (*(_FRAMES if _FOREIGN_FRAME.search(lowered) else ()), *_SPELLINGS):
        lowered = re.sub(pattern, plain, lowered)
    lowered = _OF_ITSELF.sub(lambda found: found["waves"] or found[1], REMARK_BEHIND.sub("", lowered))
    lowered = _REMARK.sub(lambda found: found[1] if is_of_others(found[1]) else found[0], lowered)
    found: list[str] = []
    for part in _BREAKS.split(_with_shared_words(lowered)):
        words = words_of(part)
        if not words and not part.strip(" :='\""):
            continue
        if found and all(goes_on(word) for word in words) and "=" not in part:
            found[-1] = f"{found[-1]} {part.strip()}"
        else:
            found.append(part.strip())
    return tuple(found)


def manner_of(clause: str, own: Pattern[str]) -> str:
    """How a clause speaks of a subject: ``done``, ``not`` (denied or still to come), ``perhaps`` or ``open``.

    Args:
        clause: one of `clauses_of`.
        own: words of the subject, matched from their beginning.
    """
    value = _VALUE.search(clause)
    if value and not (value["number"] and not _DOING.search(clause) and not re.search("frame|air|vac", clause)):
        return "done" if value["yes"] or (value["number"] or "0").startswith("1") else "not"
    words = words_of(clause)
    if _AGAIN.search(clause) or (_DEMANDS & set(words) and {"no", "not"} & set(words)):  # "no further ... needed"
        return "perhaps"
    if _ORDER.match(clause):
        return "perhaps" if any(map(_is_done, words)) else "not"
    if _PERHAPS.search(clause):
        return "perhaps"
    for place, word in enumerate(words):
        if word in _BEFORE_IT and _is_denied(words, place, own):
            return "perhaps" if word == "before" and _other_step(words[:place], own) else "not"
        if word in _AFTER_IT and (_subject_is_own(words[:place], own) or _meant(words, place, own)):
            return "not"
    if re.search(r"\bcorr(ection)? (was |is |were )?(removed|taken out)", clause):
        return "not"
    return "done" if any(map(_is_done, _without_foreign(words, own))) else "open"


def _with_shared_words(text: str) -> str:
    """A text in which each thing has the word that it shares: "neither telluric nor barycentric correction"."""
    text = re.sub(r"\b(no|not|neither|without) \w+( \w+)? (?:or|nor) (?=(?:bary|helio|berv|air|vac))", r"\1 ", text)
    both = r"\b(bary\w*|helio\w*|berv)( correction)? ?(?:and|or|nor|&|/|,) ?\w+ corrections\b"
    return re.sub(both, r"\1 correction", text)


def words_of(clause: str) -> list[str]:
    """The words of a clause, in their order, without numbers."""
    return re.findall(r"to-be|[^\W\d_]+", re.sub(r"\b(?<!found )(?<!known )to be\b", "to-be", clause))


def _is_done(word: str) -> bool:
    """Whether a word says that something was done."""
    done = word.endswith("ed") or word in ("done", "made", "put", "taken", "brought")
    return word == "after" or (done and bool(_DOING.match(word)))


def goes_on(word: str) -> bool:
    """Whether a word cannot stand for a subject."""
    return word in _PLAIN or word in _BEFORE_IT or word in _AFTER_IT or bool(_DOING.match(word))


def _meant(words: list[str], place: int, own: Pattern[str]) -> bool | None:
    """Whether what is named behind a negation is the subject; None where nothing is."""
    acts, joint = False, ""
    for word in words[place + 1 :]:
        if own.match(word):
            return True
        if acts and word in ("for", "of", "by", "with", "using"):
            joint = word
        elif _DOING.match(word):
            acts = True
        elif word not in _PLAIN and word not in _BEFORE_IT:
            return None if acts and joint not in ("for", "of") else False
    return None


def _is_denied(words: list[str], place: int, own: Pattern[str]) -> bool:
    meant = _meant(words, place, own)
    return _subject_is_own(words[:place], own) if meant is None else meant


def _other_step(words: list[str], own: Pattern[str]) -> bool:
    """Whether words say that something else was done, before what follows was: an order of steps, not a denial."""
    return any(map(_FOREIGN.match, words)) and any(map(_is_done, words)) and not any(map(own.match, words))


def _subject_is_own(words: list[str], own: Pattern[str]) -> bool:
    """Whether the nearest thing named before is the subject."""
    for word in reversed(words):
        if own.match(word):
            return True
        if _FOREIGN.match(word):
            return False
    return False


def _without_foreign(words: list[str], own: Pattern[str]) -> list[str]:
    """The words without those that a negation of something else takes with it."""
    place = next((i for i, w in enumerate(words) if w in _BEFORE_IT and _meant(words, i, own) is False), None)
    if place is None:
        return words
    rest = next((i for i in range(place, len(words)) if own.match(words[i])), len(words))
    return words[:place] + words[rest:]
