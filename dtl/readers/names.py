"""What the name of an array says: split into words, of which one tells the role and others qualify it.

``template_flux`` is no flux, ``sky_err`` no uncertainty of it, ``wave_err`` no wavelength; ``ERR_REDUCED`` belongs to
``FLUX_REDUCED``. Names are those of columns, rows, bands and extensions alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from dtl.readers.multiples import COUNTING, IN_DEX, OF_NO_PIXEL, PPM, multiple_of
from dtl.readers.spelled_out import spell_out
from dtl.readers.translated import in_english

__all__ = ["LONGEST", "NO_NAME", "OTHERS", "Name", "parse_name", "says_nothing", "split_words"]

#: A role -> the words that tell it. Earlier roles win: "flux error" is an uncertainty, "sky flux" is sky.
_UNCERTAINTY = {
    "sigma": {"err", "errs", "error", "errors", "unc", "uncert", "uncertainty", "uncertainties", "sigma", "sig", "std"}
    | {"stddev", "stdev", "noise", "errorbar", "errorbars", "fluctuation", "e", "dflux", "eflux", "fluxerr", "errflux"}
    | {"rms", "sem", "stderr", "sigmas", "errdata", "deviation", "fluxerror", "sigmaflux", "df", "sd"}
    | {"relerr", "fracerr", "uncer", "rmse", "plusminus", "delta", "expanded", "dy", "ey", "yerr", "ferr", "eflx"}
    | {"dfl", "dflx", "uob", "ci", "ci95", "err95", "error95", "1sigma", "1sig", "2sigma", "3sigma"},
    "variance": {"var", "variance", "variances", "sigma2", "err2", "stat", "error2", "std2", "noise2", "sig2"},
    "ivar": {"ivar", "invvar", "invvariance", "inversevariance", "weight", "weights", "wgt"},
    "snr": {"snr", "sn", "s2n", "signaltonoise", "ston"},
}
_WAVELENGTH = {"wl", "wvl", "awav", "spectral", "arg", "x", "λ", "ll", "loglam", "lnwave", "logwave", "lglam", "freq"}
_WAVELENGTH |= {"frequency", "nu", "wavenumber", "wavenum", "energy", "angstrom", "angstroms", "nm", "micron", "um"}
_WAVELENGTH |= {"kayser", "kaysers", "wn", "wls"}
_FLUX = {"flux", "fluxes", "spec", "spectrum", "intensity", "int", "fun", "counts", "flam", "f", "i", "y", "normflux"}
_FLUX |= {"science", "sob", "signal", "object", "obj", "data", "sci", "star", "target", "electrons", "adu", "fnu", "fl"}
#: Fluxes that the light of the sky or the lines of the air were taken from.
_FREED = {"net", "skysub", "bkgsub", "bgsub", "skysubtracted", "bkgsubtracted", "notell", "nosky", "nobkg"}
#: Words that name a flux with nothing beside them; "net" may be counts beside a calibrated flux.
_PLAIN = {"flux", "fluxes", "spec", "spectrum", "intensity", "flam", "normflux"} | (_FREED - {"net"})
_FLUX |= _FREED
_FLUX |= {"scidata", "ener", "photons", "count", "flx", "nflux", "radiance", "irradiance", "spectra"}
_SKY = {"sky", "background", "bkg", "bg", "bgflux", "skyflux"}
_AIR = {"telluric", "tellurics", "tell"}
OTHERS: tuple[tuple[str, set[str]], ...] = (
    ("mask", {"mask", "masked", "qual", "quality", "dq", "flag", "flags", "bpm", "badpix", "bad", "good", "goodpix"}
     | {"ormask", "andmask", "status", "valid", "clip", "rejected", "usable", "gpm", "bpx", "outlier"}),
    ("telluric", _AIR | {"transmission", "atmosphere", "atm", "trans", "a0v"}),
    ("model", {"model", "template", "templ", "synth", "synthetic", "fit", "bestfit", "reconstruction", "theory", "ref"}
     | {"reference", "smoothed", "residual", "residuals", "resid", "syn", "synspec", "calc", "calculated", "computed"}
     | {"predicted", "prediction", "pred", "fitted", "marcs", "phoenix", "mock", "comparison", "library", "yfit"}
     | {"expected", "initial", "tpl", "smod"}),
    ("sky", _SKY),
    ("lamp", {"lamp", "thar", "lfc", "cal", "calflux", "arc", "thxe", "lc", "etalon", "comb", "fp"}),
    ("blaze", {"blaze", "flat", "flatfield", "sensitivity", "response", "throughput"}),
    ("continuum", {"cont", "continuum", "pseudocontinuum"}),
    ("order", {"order", "orders", "ord", "ap", "aperture", "echelle"}),
    ("pixel", {"pixel", "pixels", "pix", "index", "idx", "row", "col", "number", "no", "id", "unnamed"}),
)  # fmt: skip
#: Words that turn an array of this name into a flux that was treated by it: "continuum normalised flux".
_TREATED = {"normalized", "normalised", "norm", "normed", "divided", "subtracted", "removed", "corrected", "corr"}
_TREATED |= {"sub", "free", "deblazed", "normalization", "rectified"}
_QUALIFIERS = {"raw", "reduced", "uncalibrated", "weighted", "smooth", "original", "orig", "opt", "box", "boxcar"}
_LOGARITHM = {"log": "log10", "log10": "log10", "lg": "log10", "ln": "ln", "loge": "ln", "dex": "log10"}
_RELATIVE = {"ppm", "relative", "rel", "fractional", "frac", "fraction", "relerr", "fracerr"}
_PERCENT = {"percent", "percentage", "pct", "perc", "%"}
_MAGNITUDE = {"mag", "mags", "magnitude", "magnitudes", "abmag"}
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
_SQUARED = {"squared", "sq", "sqr"}
_INVERSE = re.compile(r"\s*1\s*/")
#: What a flux or its error is divided by.
_OVER_CONTINUUM = re.compile(r"(?<=[^\W\d])\s*/\s*(?=cont)", re.IGNORECASE)
_SQUARE = re.compile(r"(\^|\*\*)\s*[({]?2")
#: A column that is only counted, by MATLAB as Var1; without a number it counts pixels.
_COUNTED = re.compile(r"\s*(?:(?i:col|column|field)[\s_]*|Var)\d+\s*")
#: A remark, but what a logarithm is of.
_LOG_OF = re.compile(r"(?<![^\W_])(log10|log|lg|ln)[\[(](?=[^\W\d])", re.IGNORECASE)
_BRACKET = re.compile(r"[\[(].*?[\])]")
#: Beginnings of words for what was computed; words for the measured.
_COMPUTED = ("synt", "sint", "theor", "théor", "teor", "simul", "modell", "interpol", "理論")
_OBSERVED = {"obs", "observed", "measured", "gemessen", "gemessener", "beobachtet", "observé", "observe", "observado"}
#: Letters of a name or a description that are looked at.
LONGEST = 300
_NOISE_WORDS = {"the", "of", "in", "by", "per", "and", "with", "which", "are", "is", "at", "for", "to", "from", "a"}


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
    if any(word.startswith(_COMPUTED) and word[:6] != "simult" for word in words):
        plain.add("model")
    written = "log10" if IN_DEX.search(text) else "linear"
    scale = next((_LOGARITHM[word] for word in words if word in _LOGARITHM), written)
    if words[0] in ("loglam", "logwave", "lglam"):
        scale = "log10"
    if words[0] == "lnwave":
        scale = "ln"
    known = set().union(*_UNCERTAINTY.values())
    squared = bool(_SQUARE.search(_BRACKET.sub(" ", text)))  # a bare number counts: "err_2" is that of a second flux
    inverse = bool(plain & {"inverse", "inv", "reciprocal"} or _INVERSE.match(text))
    kind, multiple = _kind(words, plain, squared=squared, inverse=inverse), multiple_of(text)
    said = {"2"} if squared else COUNTING if multiple != 1.0 else set()
    stem = _stem(words, known | said | {"sqrt", "root"})
    if kind and any(word.startswith(("wave", "lam")) for word in stripped):
        stem |= {"wavelength"}
    if kind == "snr" and OF_NO_PIXEL.search(text):
        return Name()
    if kind and not plain & OTHERS[0][1]:
        scale = scale if plain & (_FLUX | {"dex"}) or written != "linear" else "linear"
        return Name("uncertainty", "relative" if multiple == PPM else kind, scale, stem, multiple=multiple)
    waves = [word for word in stripped if word.startswith(("wave", "lam", "wavl")) or word in _WAVELENGTH & plain]
    fluxes = plain & _FLUX
    for role, names in OTHERS:
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
    if plain & _MAGNITUDE:
        return Name("flux", scale="magnitude", stem=stem, doubt=1.0)
    if fluxes:
        doubt = 0.0 if fluxes & _PLAIN else 0.2
        doubt += _of_treatment(set(words)) + 0.5 * ("raw" in words) + 0.4 * (scale != "linear")
        doubt += 0.3 * any(word.startswith("un") for word in words) - 0.06 * bool(set(words) & _OBSERVED)
        doubt += 0.25 * bool(set(words) & (_QUALIFIERS - {"raw", "opt"})) + 0.05 * len(stem)
        return Name("flux", stem=stem, scale=scale, doubt=doubt)
    return Name()


def _of_treatment(words: set[str]) -> float:
    """What it adds to the doubt about a flux that it was treated: without sky or air it is rather that of the star."""
    treated = words & _TREATED
    if words & _FREED or (words & _SKY and (treated or "minus" in words)) or (words & (_AIR | {"tel"}) and treated):
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
        word in _TREATED and not (word.startswith("norm") and set(words[i + 1 : i + 2]) & role)
        for i, word in enumerate(words)
    )


def _kind(words: list[str], plain: set[str], *, squared: bool, inverse: bool) -> str:
    """The kind of an uncertainty, empty where the name tells of none."""
    for kind in ("ivar", "snr", "variance", "sigma"):
        hit = plain & _UNCERTAINTY[kind]
        if hit == {"stat"} and plain & _UNCERTAINTY["sigma"]:  # alone it is the variance of MUSE, else "statistical"
            continue
        if kind == "variance" and hit and set(words) & {"sqrt", "root"}:
            return "sigma"
        if kind == "sigma" and hit == {"noise"} and "signal" in words:
            return "snr"
        if hit:
            squared = kind == "sigma" and (squared or bool(_SQUARED & set(words)))
            if kind == "sigma" and set(words) & _PERCENT:
                return "percent"
            if kind == "sigma" and set(words) & _RELATIVE:
                return "relative"
            return "ivar" if inverse and (kind == "variance" or squared) else "variance" if squared else kind
    return ""


def _stem(words: list[str], role: set[str]) -> frozenset[str]:
    """Words that belong neither to the role nor to what is said about it."""
    dropped = role | (_FLUX - _FREED) | _LOGARITHM.keys() | _RELATIVE | _PERCENT | _NOISE_WORDS | _TREATED
    dropped |= {"inverse", "inv", *_SQUARED, "air", "vac", "vacuum", "bary", "data", "pixel", "1d"}
    kept = set()
    for word in words:
        bare = re.sub(r"\d+$", "", word)
        if word in dropped or bare in dropped or bare.startswith(("wave", "lam", "wavl")) or word in _WAVELENGTH:
            continue
        kept.add(word)
    if words and re.sub(r"\d+$", "", words[0]) in ("sci", "obj", "object", "science", "star"):
        kept.add("sci")
    return frozenset(kept)
