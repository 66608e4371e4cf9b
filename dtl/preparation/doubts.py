"""What preparing a spectrum puts in doubt: each flag with its figure, its limit, and what can still be used."""

from __future__ import annotations

from dtl.flags import Doubt, explain
from dtl.preparation.noise import MAX_SNR
from dtl.preparation.velocity import Velocity
from dtl.result import PARAMETERS
from dtl.rounding import format_number
from dtl.spectrum import Spectrum
from dtl.wavelengths import AIR_SHIFT, SPEED_OF_LIGHT, Window, atmosphere_reach

__all__ = [
    "LOW_SNR",
    "doubts_of_gaps",
    "doubts_of_noise",
    "doubts_of_reading",
    "doubts_of_resolution",
    "doubts_of_sampling",
    "doubts_of_velocity",
]

#: Signal-to-noise ratio per pixel below which the networks were not trained.
LOW_SNR = 30.0
#: Velocities that are not believed, km/s: of a spectrum that is said to be at rest (air taken for vacuum makes 82), and
#: of any star of the solar neighbourhood (Kapteyn's star, the fastest M dwarf near by, moves at 245).
_AT_REST, _FASTEST_STAR = 10.0, 350.0
#: Velocity of lines that were shifted to rest by a velocity known well, km/s.
_RESTING = 1.5
#: How far a velocity may lie from another of the same star, km/s: in a binary, and where Earth's motion is unknown.
_COMPANION, _EARTH = 12.0, 32.0
#: Rotation that looks as half the resolution does, in units of the resolution as a velocity; by the variances of a
#: rotation profile and a Gaussian.
_HALVED = 1.55
#: Part of the window that may be missing without a word.
_MISSING = 0.02
_ALL = tuple(PARAMETERS)
#: What is to be known of noise that is no uncertainty of the file.
_MEASURED = (
    "noise was measured from the spectrum itself. Lines that the models lack count as noise: the signal-to-noise ratio "
    "of a bright star may be several times higher."
)


def doubts_of_reading(spectrum: Spectrum) -> list[Doubt]:
    """What reading its file put in doubt: of uncertainties that were used all the same, how they were read."""
    own = {}
    if spectrum.uncertainty is not None:
        how = "; ".join(finding.reason for finding in spectrum.findings if finding.name == "uncertainty")
        own["uncertainty_implausible"] = (
            f"The uncertainties of the file do not fit the scatter of its pixels. What was used: {how}."
        )
    return [Doubt(flag, own.get(flag) or explain(flag)) for flag in spectrum.flags]


def doubts_of_velocity(velocity: Velocity, rv: float, spectrum: Spectrum) -> list[Doubt]:
    """Doubts about the velocity of a star.

    Args:
        velocity: as measured in the frame of the file.
        rv: as reported, brought to the barycentre where that is known, km/s.
        spectrum: whose frame it is.
    """
    if velocity.uncertain:
        return [
            Doubt(
                "rv_uncertain",
                f"The velocity, {format_number(rv, 1)} km/s, could not be measured reliably: the best match with a "
                f"model is only {format_number(velocity.quality, 2)} high (1 is perfect), or another velocity matches "
                "nearly as well. If it is wrong, the lines are not at rest, and none of the parameters can be used.",
                _ALL,
                velocity.quality,
            )
        ]
    contradicted = _doubt_of_medium(velocity.value, rv, spectrum) or _doubt_of_frame(velocity.value, rv, spectrum)
    if contradicted is not None:
        return [contradicted]
    limit = _AT_REST if spectrum.frame == "rest" else _FASTEST_STAR
    worst = rv if abs(rv) > limit else velocity.value  # the one that is shown, where it tells
    if abs(worst) <= limit:
        return []
    why = "a spectrum that is said to be at rest" if spectrum.frame == "rest" else "a star near by"
    return [
        Doubt(
            "rv_implausible",
            f"The velocity, {format_number(worst, 1)} km/s, is not that of {why} (at most {limit:.0f} km/s): probably "
            "wavelengths in air were taken for vacuum, or in another frame than stated. The velocity cannot be used; "
            "that alone does not spoil the parameters, if the lines were recognised.",
            (),
            worst,
            limit,
        )
    ]


def _doubt_of_medium(measured: float, rv: float, spectrum: Spectrum) -> Doubt | None:
    """The doubt about a medium that another velocity of the same file contradicts, by 82 km/s one way or the other.

    Where the spectrum is at rest, or looks so, neither the stated velocity nor oxygen say anything.
    """
    at_rest = spectrum.frame == "rest" or (spectrum.frame == "unknown" and abs(measured) < _AT_REST)
    if at_rest:
        return None
    witnesses = (
        ("the lines of Earth's oxygen move", 0.0, spectrum.oxygen_velocity, atmosphere_reach(spectrum.frame)),
        ("the star moves", spectrum.stated_velocity, rv, _reach_of_stated(spectrum)),
    )
    for what, expected, found, limit in witnesses:
        if expected is None or found is None:
            continue
        for shift, taken, right in ((AIR_SHIFT, "vacuum", "air"), (-AIR_SHIFT, "air", "vacuum")):
            off = found - expected
            if abs(off - shift) < limit:
                stated = f" rather than the {format_number(expected, 1)} km/s that the file states" if expected else ""
                return Doubt(
                    "rv_implausible",
                    f"The velocity, {format_number(rv, 1)} km/s, is probably {format_number(off, 0)} km/s off: {what} "
                    f"at {format_number(found, 1)} km/s{stated}, as where wavelengths in {right} are taken for "
                    f"{taken}. Read the file again with its wavelengths in {right}. The velocity cannot be used; that "
                    "alone does not spoil the parameters.",
                    (),
                    off,
                    limit,
                )
    return None


def _doubt_of_frame(measured: float, rv: float, spectrum: Spectrum) -> Doubt | None:
    """The doubt about a spectrum that is not said to be at rest, and looks so while the star is said to move."""
    stated = spectrum.stated_velocity
    if spectrum.frame in ("rest", "unknown") or stated is None:
        return None
    limit = _reach_of_stated(spectrum)
    if abs(measured) > _RESTING or abs(rv - stated) < limit:
        return None
    return Doubt(
        "rv_implausible",
        f"The velocity, {format_number(rv, 1)} km/s, is not the {format_number(stated, 1)} km/s that the file states: "
        "its lines are at rest, so it was probably shifted there, or it is of another star. If it was shifted, read "
        "it again with the frame 'rest'. The velocity cannot be used; that alone does not spoil the parameters.",
        (),
        rv - stated,
        limit,
    )


def _reach_of_stated(spectrum: Spectrum) -> float:
    """How far the velocity may lie from the one that the file states, km/s."""
    known = spectrum.frame == "barycentric" or spectrum.barycentric_velocity is not None
    return _COMPANION if known else _COMPANION + _EARTH


def doubts_of_noise(snr: float, stated: bool, why: str = "the file has no uncertainties") -> list[Doubt]:
    """Doubts about the noise.

    Args:
        snr: per pixel.
        stated: whether the file's own uncertainties gave it.
        why: they did not.
    """
    measured = f"{why[:1].upper()}{why[1:]}; {_MEASURED}"
    found = [] if stated else [Doubt("uncertainty_estimated", measured)]
    if not snr >= LOW_SNR:
        found.append(
            Doubt(
                "low_snr",
                f"The signal-to-noise ratio, {format_number(snr, 0)} per pixel, is below {LOW_SNR:.0f}, where the "
                "networks were not trained: the intervals of the four parameters may be too narrow. That alone does "
                "not spoil the radial velocity.",
                _ALL,
                snr,
                LOW_SNR,
            )
        )
    elif snr > MAX_SNR:
        if stated:
            found.append(Doubt("uncertainty_implausible", "The uncertainties of the file do not fit its flux."))
        why = "its uncertainties are of another kind or scale" if stated else "its flux was smoothed, or is a model"
        found.append(
            Doubt(
                "snr_implausible",
                f"The signal-to-noise ratio, {format_number(snr, 0)} per pixel, is above {MAX_SNR:,.0f}, which no "
                f"spectrograph reaches: {why}. That alone does not spoil the values, but their "
                "intervals lack the photon noise.",
                _ALL,
                snr,
                MAX_SNR,
            )
        )
    return found


def doubts_of_resolution(resolution: float | None, wanted: float) -> list[Doubt]:
    """Doubts about the resolution of a spectrum that is compared with models of a resolution ``wanted``."""
    if resolution is None:
        return [
            Doubt(
                "resolution_unknown",
                f"The file does not state its resolution; that of the models, {wanted:,.0f}, was taken. If that of the "
                "spectrograph is lower, its blur is taken for rotation: v sin i is then too high, at half by some "
                f"{_HALVED * SPEED_OF_LIGHT / wanted:.0f} km/s for a slow star. State it where you know it.",
                ("vsini",),
            )
        ]
    if resolution >= wanted:
        return []
    return [
        Doubt(
            "resolution_too_low",
            f"The resolution of the spectrum, {resolution:,.0f}, is below that of the models, {wanted:,.0f}: "
            "what the difference looks like was taken out of v sin i, which hangs on how well the resolution is "
            "known. The other parameters are touched little.",
            ("vsini",),
            resolution,
            wanted,
        )
    ]


def doubts_of_sampling(pixel: float, wanted: float, window: Window) -> list[Doubt]:
    """Doubts about pixels of ``pixel`` Angstrom that are wider than a line of models of a resolution ``wanted``."""
    width = window.centre / wanted
    if pixel <= width:
        return []
    return [
        Doubt(
            "resolution_too_low",
            f"The pixels of the spectrum, {format_number(pixel, 2)} Å, are wider than a line of the models, "
            f"{format_number(width, 2)} Å: probably the wavelengths were rounded, or the spectrum was binned. Lines "
            "are not resolved, and v sin i is too high by an unknown amount.",
            ("vsini",),
            window.centre / pixel,
            wanted,
        )
    ]


def doubts_of_gaps(missing: float, window: Window) -> list[Doubt]:
    """Doubts about a spectrum of which a part ``missing``, 0 to 1, of the window has no usable pixel."""
    if missing <= _MISSING:
        return []
    return [
        Doubt(
            "window_incomplete",
            f"{format_number(100 * missing, 1)} % of the window {window} has no usable pixel, "
            f"more than {100 * _MISSING:.0f} %: the four parameters rest on the lines that are left, and their "
            "intervals may be too narrow. That alone does not spoil the radial velocity.",
            _ALL,
            missing,
            _MISSING,
        )
    ]
