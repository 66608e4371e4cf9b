"""The words that names of arrays are made of, by what they tell: a role, a kind, a treatment."""

from __future__ import annotations

__all__ = [
    "AIR",
    "COMPUTED",
    "FLUX",
    "FREED",
    "LOGARITHM",
    "MAGNITUDE",
    "NOISE_WORDS",
    "OBSERVED",
    "OTHERS",
    "PERCENT",
    "PLAIN",
    "QUALIFIERS",
    "RELATIVE",
    "SKY",
    "SQUARED",
    "TREATED",
    "UNCERTAINTY",
    "WAVELENGTH",
]

#: A role -> the words that tell it. Earlier roles win: "flux error" is an uncertainty, "sky flux" is sky.
UNCERTAINTY = {
    "sigma": {"err", "errs", "error", "errors", "unc", "uncert", "uncertainty", "uncertainties", "sigma", "sig", "std"}
    | {"stddev", "stdev", "noise", "errorbar", "errorbars", "fluctuation", "e", "dflux", "eflux", "fluxerr", "errflux"}
    | {"rms", "sem", "stderr", "sigmas", "errdata", "deviation", "fluxerror", "sigmaflux", "df", "sd"}
    | {"relerr", "fracerr", "uncer", "rmse", "plusminus", "delta", "expanded", "dy", "ey", "yerr", "ferr", "eflx"}
    | {"dfl", "dflx", "uob", "ci", "ci95", "err95", "error95", "1sigma", "1sig", "2sigma", "3sigma"},
    "variance": {"var", "variance", "variances", "sigma2", "err2", "stat", "error2", "std2", "noise2", "sig2"},
    "ivar": {"ivar", "invvar", "invvariance", "inversevariance", "weight", "weights", "wgt"},
    "snr": {"snr", "sn", "s2n", "signaltonoise", "ston"},
}
WAVELENGTH = {"wl", "wvl", "awav", "spectral", "arg", "x", "λ", "ll", "loglam", "lnwave", "logwave", "lglam", "freq"}
WAVELENGTH |= {"frequency", "nu", "wavenumber", "wavenum", "energy", "angstrom", "angstroms", "nm", "micron", "um"}
WAVELENGTH |= {"kayser", "kaysers", "wn", "wls"}
FLUX = {"flux", "fluxes", "spec", "spectrum", "intensity", "int", "fun", "counts", "flam", "f", "i", "y", "normflux"}
FLUX |= {"science", "sob", "signal", "object", "obj", "data", "sci", "star", "target", "electrons", "adu", "fnu", "fl"}
#: Fluxes that the light of the sky or the lines of the air were taken from.
FREED = {"net", "skysub", "bkgsub", "bgsub", "skysubtracted", "bkgsubtracted", "notell", "nosky", "nobkg"}
#: Words that name a flux with nothing beside them; "net" may be counts beside a calibrated flux.
PLAIN = {"flux", "fluxes", "spec", "spectrum", "intensity", "flam", "normflux"} | (FREED - {"net"})
FLUX |= FREED
FLUX |= {"scidata", "ener", "photons", "count", "flx", "nflux", "radiance", "irradiance", "spectra"}
SKY = {"sky", "background", "bkg", "bg", "bgflux", "skyflux"}
AIR = {"telluric", "tellurics", "tell"}
OTHERS: tuple[tuple[str, set[str]], ...] = (
    ("mask", {"mask", "masked", "qual", "quality", "dq", "flag", "flags", "bpm", "badpix", "bad", "good", "goodpix"}
     | {"ormask", "andmask", "status", "valid", "clip", "rejected", "usable", "gpm", "bpx", "outlier"}),
    ("telluric", AIR | {"transmission", "atmosphere", "atm", "trans", "a0v"}),
    ("model", {"model", "template", "templ", "synth", "synthetic", "fit", "bestfit", "reconstruction", "theory", "ref"}
     | {"reference", "smoothed", "residual", "residuals", "resid", "syn", "synspec", "calc", "calculated", "computed"}
     | {"predicted", "prediction", "pred", "fitted", "marcs", "phoenix", "mock", "comparison", "library", "yfit"}
     | {"expected", "initial", "tpl", "smod"}),
    ("sky", SKY),
    ("lamp", {"lamp", "thar", "lfc", "cal", "calflux", "arc", "thxe", "lc", "etalon", "comb", "fp"}),
    ("blaze", {"blaze", "flat", "flatfield", "sensitivity", "response", "throughput"}),
    ("continuum", {"cont", "continuum", "pseudocontinuum"}),
    ("order", {"order", "orders", "ord", "ap", "aperture", "echelle"}),
    ("pixel", {"pixel", "pixels", "pix", "index", "idx", "row", "col", "number", "no", "id", "unnamed"}),
)  # fmt: skip
#: Words that turn an array of this name into a flux that was treated by it: "continuum normalised flux".
TREATED = {"normalized", "normalised", "norm", "normed", "divided", "subtracted", "removed", "corrected", "corr"}
TREATED |= {"sub", "free", "deblazed", "normalization", "rectified"}
QUALIFIERS = {"raw", "reduced", "uncalibrated", "weighted", "smooth", "original", "orig", "opt", "box", "boxcar"}
LOGARITHM = {"log": "log10", "log10": "log10", "lg": "log10", "ln": "ln", "loge": "ln", "dex": "log10"}
RELATIVE = {"ppm", "relative", "rel", "fractional", "frac", "fraction", "relerr", "fracerr"}
PERCENT = {"percent", "percentage", "pct", "perc", "%"}
MAGNITUDE = {"mag", "mags", "magnitude", "magnitudes", "abmag"}
SQUARED = {"squared", "sq", "sqr"}
#: Beginnings of words for what was computed; words for the measured.
COMPUTED = ("synt", "sint", "theor", "théor", "teor", "simul", "modell", "interpol", "理論")
OBSERVED = {"obs", "observed", "measured", "gemessen", "gemessener", "beobachtet", "observé", "observe", "observado"}
NOISE_WORDS = {"the", "of", "in", "by", "per", "and", "with", "which", "are", "is", "at", "for", "to", "from", "a"}
