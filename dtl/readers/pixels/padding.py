"""Stretches that are no measurement: filled with one number, bridged by a straight line, or continuum without lines.

Programs that bring orders or pieces onto one axis fill what they do not have. Such pixels have neither the noise nor
the lines of the rest, look like the best of continua, and pull the normalisation.
"""

from __future__ import annotations

import numpy as np

from dtl.preparation.scatter import measure_scatter
from dtl.wavelengths import Window

__all__ = ["bridged_pixels", "lineless_ends"]

#: Fewest pixels on one straight line that are no coincidence, and how near they lie to it, relative to the flux.
_STRAIGHT_RUN, _STRAIGHT = 12, 1e-5
#: More than this part of a spectrum on straight lines was resampled to much finer pixels, and is measured all the same.
_MOST_STRAIGHT = 0.4
#: Width of the boxes in which lines are looked for, and the shortest end without them that is told, Angstrom.
_BOX, _SHORTEST = 0.3, 4.0
#: Noise of a pixel, relative to the flux, in which faint lines drown.
_NOISY = 0.05
#: A gap that ends a stretch, Angstrom.
_GAP = 1.0
#: Where the level of the next box is foretold from, Angstrom, and the deviation in sigma at which the lines begin: of
#: one box, and of the mean of a few together.
_LOOK_BACK, _DEVIATION, _DRIFT, _TOGETHER = 6.0, 4.0, 1.6, 4
#: Scatter of the boxes over what noise alone makes, below which there are no lines; and how much more the window has.
_NOISE_ONLY, _CONTRAST = 1.3, 6.0


def bridged_pixels(flux: np.ndarray) -> np.ndarray:
    """Pixels on a straight line to the last digits: one number repeated, or a gap that was bridged; shape ``(n,)``.

    Args:
        flux: NaN where bad; shape ``(n,)``.
    """
    found = np.zeros(flux.shape, dtype=bool)
    level = np.nanmedian(np.abs(flux)) if np.isfinite(flux).any() else 0.0
    if flux.size < 2 * _STRAIGHT_RUN or not level > 0:
        return found
    second = np.abs(flux[2:] - 2.0 * flux[1:-1] + flux[:-2])
    edges = np.flatnonzero(np.diff(np.r_[0, (second < _STRAIGHT * level).astype(int), 0]))
    for start, stop in edges.reshape(-1, 2):
        if stop - start >= _STRAIGHT_RUN:
            found[start + 1 : stop + 1] = True
    return found if found.sum() < _MOST_STRAIGHT * np.isfinite(flux).sum() else np.zeros_like(found)


def lineless_ends(wavelength: np.ndarray, flux: np.ndarray, window: Window) -> np.ndarray:
    """Pixels of ends without any line, where the spectrum between has many; shape ``(n,)``.

    No stretch of a few Angstrom of a cool star is without lines. An end is one if it scatters by no more than its
    noise, and the window by far more; it reaches inwards to the first box that leaves its straight line.

    Args:
        wavelength: vacuum Angstrom, increasing; shape ``(n,)``.
        flux: NaN where bad; shape ``(n,)``.
        window: whose lines are compared with.
    """
    found = np.zeros(flux.shape, dtype=bool)
    good = _stretch(wavelength, flux, window)
    if good.size < 100:
        return found
    pixel = float(np.median(np.diff(wavelength[good])))
    per_box = max(2, round(_BOX / pixel))
    boxes = good[: good.size // per_box * per_box].reshape(-1, per_box)
    x, y = wavelength[boxes].mean(axis=1), flux[boxes].mean(axis=1)
    inside = window.holds(x)
    if inside.sum() < 20 or not np.median(y[inside]) > 0:
        return found
    # differences of neighbours, as wings of hydrogen or a blaze are no lines, and nothing that stands out as sky does
    tops = np.minimum(y[inside], np.percentile(y[inside], 90))
    lines = np.diff(tops, n=2).std() / np.sqrt(6.0) / np.median(tops)
    blue = _lineless_run(x, y, flux[boxes], pixel, lines)
    red = _lineless_run(x[::-1], y[::-1], flux[boxes[::-1]], pixel, lines)
    # an end that stays clear of what is used does no harm
    if blue and x[blue - 1] > window.lower - window.margin:
        found[good[0] : boxes[blue - 1].max() + 1] = True
    if red and x[-red] < window.upper + window.margin:
        found[boxes[-red].min() : good[-1] + 1] = True
    held = window.holds(wavelength)
    return found if (found & held).sum() < 0.5 * held.sum() else np.zeros_like(found)


def _stretch(wavelength: np.ndarray, flux: np.ndarray, window: Window) -> np.ndarray:
    """Usable pixels of the stretch without gaps that holds most of the window."""
    good = np.flatnonzero(np.isfinite(flux))
    if good.size < 2:
        return good
    pieces = np.split(good, np.flatnonzero(np.diff(wavelength[good]) > _GAP) + 1)
    return max(pieces, key=lambda piece: int(window.holds(wavelength[piece]).sum()))


def _lineless_run(x: np.ndarray, y: np.ndarray, pixels: np.ndarray, pixel: float, lines: float) -> int:
    """How many boxes from the first on are without lines; 0 where fewer than the shortest end.

    Args:
        x: middles of the boxes, Angstrom, running inwards; shape ``(b,)``.
        y: their mean flux; shape ``(b,)``.
        pixels: flux of their pixels; shape ``(b, k)``.
        pixel: its size, Angstrom.
        lines: scatter of neighbouring boxes of the window, relative to its flux.
    """
    step = float(np.median(np.abs(np.diff(x))))
    first = int(np.ceil(_SHORTEST / step))
    level = float(np.median(y[:first]))
    if len(x) < 2 * first or not level > 0:
        return 0
    scatter = _about_line(x[:first], y[:first]).std()
    if not _CONTRAST * scatter < lines * level:
        return 0
    noise, stride = measure_scatter(pixels[:first].ravel(), pixel)
    expected = noise * np.sqrt(max(stride, 2) / pixels.shape[1])
    if noise > _NOISY * level or not scatter < _NOISE_ONLY * expected:
        return 0
    back = int(np.ceil(_LOOK_BACK / step))
    length, offsets = first, []
    while length < len(x):
        known = slice(max(0, length - back), length)
        offset = y[length] - np.polyval(np.polyfit(x[known] - x[length], y[known], 1), 0.0)
        offsets.append(offset)
        drift = abs(np.mean(offsets[-_TOGETHER:])) if len(offsets) >= _TOGETHER else 0.0
        if drift > _DRIFT * expected or abs(offset) > _DEVIATION * max(expected, scatter):
            break  # rather a box of the star too much than one of the filling left, which pulls the continuum
        length += 1
    # a run that grew over faint lines scatters by more than the noise as a whole
    within = offsets[: length - first]
    return length if len(within) < 5 or np.std(within) < _NOISE_ONLY * expected else 0


def _about_line(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """What is left of values ``(n,)`` once the straight line of least squares is subtracted; shape ``(n,)``."""
    x, y = x - x.mean(), y - y.mean()
    return y - x * ((x @ y) / (x @ x))
