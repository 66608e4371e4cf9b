"""What the name of an array says: split into words, of which one tells the role and others qualify it.

``template_flux`` is no flux, ``sky_err`` no uncertainty of it, ``wave_err`` no wavelength; ``ERR_REDUCED`` belongs to
``FLUX_REDUCED``. Names are those of columns, rows, bands and extensions alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from dtl.readers.words import vocabulary
from dtl.readers.words.multiples import COUNTING, IN_DEX, OF_NO_PIXEL, PPM, multiple_of
from dtl.readers.words.spelled_out import spell_out
from dtl.readers.words.translated import in_english

__all__ = ["LONGEST", "NO_NAME", "Name", "parse_name", "says_nothing", "split_words"]

#: Words that were written as one.
_GLUED = re.compile(
    r"^(sci|sky|cal|tel|norm|obj|raw|inv|bg|err|unc|bin|log|ln|opt|box|ext|sum|clean|good|bad|flux|spec|flx|wave)"
    r"(flux|wave|wavl|wavelength|var|variance|blaze|err|error|ivar|data|spec|spectrum|counts|lam|lambda|sigma|sig|snr"
    r"|noise|unc|mask|pix)$|^(flux|spec)(cal|norm|corr)(err|error|var|ivar|sig|sigma)?$"
    r"|^(err|error|sig|sigma|noise|std)(sq|sqr|squared)$"
    r"|^(flux|wave|blaze|err|error|unc|var|ivar|sigma|sky)(ab|[a-d])$"  # of a fibre
    r"|^(tell?|telluric)(corr|corrected|removed|free)$"
    r"|^(wave|wavelength|wl|lam|lambda)(air|vac|vacuum)$|^(air|vac|vacuum)(wave|wavelength|wl|lam|lambda)$"
)
#: A flux by what it is a density of, "F_lambda", and a logarithm of a flux by its symbol, "logF".
_DENSITY = re.compile(r"(?<![^\W_])([de]?)(?:f|i|flux)[\s_]*(lambda|lam|λ|nu|ν)(?![^\W_])", re.IGNORECASE)
_LOG_SYMBOL = re.compile(r"(?<![^\W_])(log10|log|lg|ln)[\s_]?[FIf](?![^\W_])")
#: What stands for an error: the difference before a symbol, and the mark before its number.
_SYMBOLS = re.compile(r"±|\+/?-|(?<![^\W_])[δ∆](?=\s?[fi])")
_INVERSE = re.compile(r"\s*1\s*/")
#: What a flux or its error is divided by.
_OVER_CONTINUUM = re.compile(r"(?<=[^\W\d])\s*/\s*(?=cont)", re.IGNORECASE)
_SQUARE = re.compile(r"(\^|\*\*)\s*[({]?2")
#: A column that is only counted, by MATLAB as Var1; without a number it counts pixels.
_COUNTED = re.compile(r"\s*(?:(?i:col|column|field)[\s_]*|Var)\d+\s*")
#: A remark, but what a logarithm is of.
_LOG_OF = re.compile(r"(?<![^\W_])(log10|log|lg|ln)[\[(](?=[^\W\d])", re.IGNORECASE)
_BRACKET = re.compile(r"[\[(].*?[\])]")
#: Letters of a name or a description that are looked at.
LONGEST = 300


@dataclass(frozen=True)
class Name:
    """What a name says.

    Attributes:
        role: ``wavelength``, ``flux``, ``uncertainty``, ``mask``, ``sky``, ``blaze``, ``continuum``, ``telluric``,
            ``model``, ``lamp``, ``order``, ``pixel``, or empty where it says nothing.
        kind: of an uncertainty: ``sigma``, ``variance``, ``ivar``, ``snr``, ``percent`` or ``relative``.
        scale: of a flux or wavelength, or of that whose error it is: ``linear``, ``log10``, ``ln`` or ``magnitude``.
        stem: the words left, which arrays that belong together share.
        doubt: how far the words are from the plain word of the role, 0 for "flux".
        good: whether a mask is named after its good pixels.
        multiple: of the kind of an uncertainty that it holds, 2 for "2 sigma".
    """

    role: str = ""
    kind: str = "sigma"
    scale: str = "linear"
    stem: frozenset[str] = frozenset()
    doubt: float = 0.0
    good: bool = False
    multiple: float = 1.0


#: The name of an array that has none.
NO_NAME = Name()


@lru_cache(maxsize=256)  # files are alike
def split_words(text: str) -> tuple[str, ...]:
    """Words of a name in lower case: split at blanks, underscores, capitals after small letters, digits kept."""
    text = _BRACKET.sub(" ", _LOG_OF.sub(r"\1 ", spell_out(text[:LONGEST])))
    text = _OVER_CONTINUUM.sub(" divided by ", text)
    text = _LOG_SYMBOL.sub(r"\1 flux", _DENSITY.sub(lambda found: "err flux" if found[1] else "flux", text))
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", re.sub(r"(?<![^\W_])([kM]?)eV(?![^\W_])", r"\1EV", text))
    found = []
    text = _SYMBOLS.sub(" err ", text.lower().replace("σ", "sigma").replace("²", "2"))
    for word in re.split(r"[^\w%]+|_+", text):
        glued = _GLUED.match(word)
        found += filter(None, glued.groups()) if glued else [word] if word else []
    return tuple(in_english(found, text))


@lru_cache(maxsize=256)
def parse_name(text: str) -> Name:
    """The role of an array by its name, or an empty one."""
    words = split_words(text)
    if not words or _COUNTED.fullmatch(text):
        return Name()
    stripped = [re.sub(r"\d+$", "", word) or word for word in words]
    plain = {word for word in (*words, *stripped) if len(word) > 1 or len(words) == 1 or word in ("e", "λ")}
    if re.match(r"^\s*([ed]_[a-zA-Z]|[dDeE][A-Z][a-z]|[deEs][FI]\s*$)", text):
        plain.add("err")
    if len(words) > 1:
        plain -= {"2sigma", "3sigma"}  # beside other words what was clipped, unless these say that it is an error
    if any(word.startswith(vocabulary.COMPUTED) and word[:6] != "simult" for word in words):
        plain.add("model")
    written = "log10" if IN_DEX.search(text) else "linear"
    scale = next((vocabulary.LOGARITHM[word] for word in words if word in vocabulary.LOGARITHM), written)
    if words[0] in ("loglam", "logwave", "lglam"):
        scale = "log10"
    if words[0] == "lnwave":
        scale = "ln"
    known = set().union(*vocabulary.UNCERTAINTY.values())
    squared = bool(_SQUARE.search(_BRACKET.sub(" ", text)))  # a bare number counts: "err_2" is that of a second flux
    inverse = bool(plain & {"inverse", "inv", "reciprocal"} or _INVERSE.match(text))
    kind, multiple = _kind(words, plain, squared=squared, inverse=inverse), multiple_of(text)
    said = {"2"} if squared else COUNTING if multiple != 1.0 else set()
    stem = _stem(words, known | said | {"sqrt", "root"})
    if kind and any(word.startswith(("wave", "lam")) for word in stripped):
        stem |= {"wavelength"}
    if kind == "snr" and OF_NO_PIXEL.search(text):
        return Name()
    if kind and not plain & vocabulary.OTHERS[0][1]:
        scale = scale if plain & (vocabulary.FLUX | {"dex"}) or written != "linear" else "linear"
        return Name("uncertainty", "relative" if multiple == PPM else kind, scale, stem, multiple=multiple)
    waves = [
        word for word in stripped if word.startswith(("wave", "lam", "wavl")) or word in vocabulary.WAVELENGTH & plain
    ]
    fluxes = plain & vocabulary.FLUX
    for role, names in vocabulary.OTHERS:
        treated = _is_treated(words, names) or (role == "sky" and "minus" in words)
        hit = plain & names
        if role == "lamp" and hit == {"cal"} and words[0] != "cal":  # "flux_cal" is calibrated, "calflux" the lamp's
            continue
        if hit and not (treated and role != "mask" and (fluxes or waves)):
            good = role == "mask" and bool(plain & {"good", "goodpix", "valid", "usable", "gpm"})
            return Name(role, stem=_stem(words, names), scale=scale, good=good)
    if waves and not (fluxes and set(waves) <= {"wn"}):  # else it says of a flux how it was treated
        doubt = 0.3 * len(set(words) & {"start", "end", "min", "max", "mid", "grid", "lo", "hi", "step", "bin", "sol"})
        return Name("wavelength", stem=stem, scale=scale, doubt=doubt)
    if plain & vocabulary.MAGNITUDE:
        return Name("flux", scale="magnitude", stem=stem, doubt=1.0)
    if fluxes:
        doubt = 0.0 if fluxes & vocabulary.PLAIN else 0.2
        doubt += _of_treatment(set(words)) + 0.5 * ("raw" in words) + 0.4 * (scale != "linear")
        doubt += 0.3 * any(word.startswith("un") for word in words) - 0.06 * bool(set(words) & vocabulary.OBSERVED)
        doubt += 0.25 * bool(set(words) & (vocabulary.QUALIFIERS - {"raw", "opt"})) + 0.05 * len(stem)
        return Name("flux", stem=stem, scale=scale, doubt=doubt)
    return Name()


def _of_treatment(words: set[str]) -> float:
    """What it adds to the doubt about a flux that it was treated: without sky or air it is rather that of the star."""
    treated = words & vocabulary.TREATED
    if (
        words & vocabulary.FREED
        or (words & vocabulary.SKY and (treated or "minus" in words))
        or (words & (vocabulary.AIR | {"tel"}) and treated)
    ):
        return -0.12
    return 0.1 * bool(treated)


def says_nothing(text: str) -> bool:
    """Whether a name only counts: ``COL1``, ``c2``, ``data_3``."""
    return bool(
        re.match(r"^\s*(c|col|column|field|data|arr|array|f|x|y|v|var|val|value)[\s_]*\d+\s*$", text, re.IGNORECASE)
    )


def _is_treated(words: list[str], role: set[str]) -> bool:
    """Whether a flux was treated by what a role's word names: "divided by flat", but not "normed flat"."""
    if "by" in words and words[0] in role:  # "continuum by which data are normalised"
        return False
    return any(
        word in vocabulary.TREATED and not (word.startswith("norm") and set(words[i + 1 : i + 2]) & role)
        for i, word in enumerate(words)
    )


def _kind(words: list[str], plain: set[str], *, squared: bool, inverse: bool) -> str:
    """The kind of an uncertainty, empty where the name tells of none."""
    for kind in ("ivar", "snr", "variance", "sigma"):
        hit = plain & vocabulary.UNCERTAINTY[kind]
        if (
            hit == {"stat"} and plain & vocabulary.UNCERTAINTY["sigma"]
        ):  # alone it is the variance of MUSE, else "statistical"
            continue
        if kind == "variance" and hit and set(words) & {"sqrt", "root"}:
            return "sigma"
        if kind == "sigma" and hit == {"noise"} and "signal" in words:
            return "snr"
        if hit:
            squared = kind == "sigma" and (squared or bool(vocabulary.SQUARED & set(words)))
            if kind == "sigma" and set(words) & vocabulary.PERCENT:
                return "percent"
            if kind == "sigma" and set(words) & vocabulary.RELATIVE:
                return "relative"
            return "ivar" if inverse and (kind == "variance" or squared) else "variance" if squared else kind
    return ""


def _stem(words: list[str], role: set[str]) -> frozenset[str]:
    """Words that belong neither to the role nor to what is said about it."""
    dropped = (
        role
        | (vocabulary.FLUX - vocabulary.FREED)
        | vocabulary.LOGARITHM.keys()
        | vocabulary.RELATIVE
        | vocabulary.PERCENT
        | vocabulary.NOISE_WORDS
        | vocabulary.TREATED
    )
    dropped |= {"inverse", "inv", *vocabulary.SQUARED, "air", "vac", "vacuum", "bary", "data", "pixel", "1d"}
    kept = set()
    for word in words:
        bare = re.sub(r"\d+$", "", word)
        if (
            word in dropped
            or bare in dropped
            or bare.startswith(("wave", "lam", "wavl"))
            or word in vocabulary.WAVELENGTH
        ):
            continue
        kept.add(word)
    if words and re.sub(r"\d+$", "", words[0]) in ("sci", "obj", "object", "science", "star"):
        kept.add("sci")
    return frozenset(kept)
