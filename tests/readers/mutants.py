"""Files that were damaged on their way, drawn from a seed: a mutant of one of the layouts that the tests can write."""

from __future__ import annotations

import re
from functools import cache, lru_cache

import numpy as np

from tests.builders import observe_model
from tests.readers import layouts
from tests.readers.layout_generator import draw_layout

__all__ = ["draw_mutant"]

WRITERS = (
    layouts.hpf, layouts.carmenes, layouts.serval, layouts.eso, layouts.neid, layouts.fits_table, layouts.chiron,
    layouts.wcs, layouts.multispec, layouts.text, layouts.espadons, layouts.numpy_archive, layouts.numpy_array,
)  # fmt: skip
#: What numbers become.
NUMBERS = (b"0", b"-1", b"1e308", b"-1e-308", b"nan", b"inf", b"999999999", b"1e5", b"8817", b"", b"--", b"1,5")
#: Words that a card's value becomes.
VALUES = (b"T", b"'AIR'", b"'VACUUM'", b"-64", b"8", b"3", b"0", b"1E+300", b"'nm'", b"NaN", b"'log'", b"'1/cm'")


def draw_mutant(seed: int) -> tuple[str, bytes]:
    """A name that says what it was made from and how, and the content."""
    rng = np.random.default_rng(seed)
    if rng.random() < 0.5:
        kind, content = f"layout-{seed % 200}", _drawn(seed % 200)
    else:
        number = int(rng.integers(len(WRITERS)))
        kind, content = WRITERS[number].__name__, _written(number)
    words = []
    for _ in range(rng.integers(1, 4)):
        change = CHANGES[rng.integers(len(CHANGES))]
        content = change(rng, content)
        words.append(change.__name__.strip("_"))
    return f"{kind} {' '.join(words)} {seed}", content


@cache
def _written(number: int) -> bytes:
    return WRITERS[number]()


@cache
def _drawn(seed: int) -> bytes:
    star = _star()
    return draw_layout(seed, star.wavelength, star.flux, star.uncertainty).data


@lru_cache(maxsize=1)
def _star():
    return observe_model((3450.0, 4.8, 0.0, 5.0), snr=120.0, velocity=18.0)


def _flip_bytes(rng: np.random.Generator, content: bytes) -> bytes:
    changed = bytearray(content)
    reach = len(changed) if rng.random() < 0.5 else min(len(changed), 11_520)  # headers are at the beginning
    for place in rng.integers(0, max(reach, 1), rng.integers(1, 40)):
        if changed:
            changed[place] = rng.integers(256)
    return bytes(changed)


def _cut_short(rng: np.random.Generator, content: bytes) -> bytes:
    return content[: int(rng.integers(1, len(content) + 1))] if content else content


def _drop_middle(rng: np.random.Generator, content: bytes) -> bytes:
    first, last = sorted(int(x) for x in rng.integers(0, len(content) + 1, 2))
    last = min(last, first + 4000)
    return content[:first] + content[last:]


def _repeat_block(rng: np.random.Generator, content: bytes) -> bytes:
    size = int(rng.choice([80, 2880, 500]))
    first = int(rng.integers(0, len(content) + 1)) // size * size
    block = content[first : first + size]
    return content[:first] + block * int(rng.integers(2, 60)) + content[first + size :]


def _swap_numbers(rng: np.random.Generator, content: bytes) -> bytes:
    """Numbers that stand as text, of a table or of a header, become others."""
    places = [m.span() for m in re.finditer(rb"(?<![A-Za-z_])[-+]?\d+\.?\d*(?:[eE][-+]?\d+)?", content[:200_000])]
    if not places:
        return content
    changed = bytearray(content)
    for number in sorted(rng.integers(0, len(places), rng.integers(1, 12)).tolist(), reverse=True):
        first, last = places[number]
        new = NUMBERS[rng.integers(len(NUMBERS))]
        changed[first:last] = new.rjust(last - first)[: last - first] if rng.random() < 0.7 else new
    return bytes(changed)


def _set_cards(rng: np.random.Generator, content: bytes) -> bytes:
    """Values of FITS cards become others, in their place."""
    if not content.startswith(b"SIMPLE"):
        return _swap_numbers(rng, content)
    cards = [m.start() for m in re.finditer(rb"[A-Z0-9_-]{1,8} *= ", content[:60_000]) if m.start() % 80 == 0]
    changed = bytearray(content)
    for place in rng.choice(cards or [0], min(4, len(cards) or 1)).tolist():
        value = VALUES[rng.integers(len(VALUES))] if rng.random() < 0.6 else str(rng.integers(-5, 4000)).encode()
        changed[place + 10 : place + 40] = value.rjust(20).ljust(30)[:30]
    return bytes(changed)


def _scale_floats(rng: np.random.Generator, content: bytes) -> bytes:
    """A stretch of the data as doubles of either order of bytes, times something."""
    size = 8 * int(rng.integers(10, 2000))
    first = 2880 + 8 * int(rng.integers(0, max(1, len(content) // 8)))
    block = content[first : first + size]
    block = block[: len(block) // 8 * 8]
    values = np.frombuffer(block, dtype=rng.choice([">f8", "<f8"]))
    with np.errstate(all="ignore"):
        values = (values * rng.choice([-1.0, 0.0, 1e30, 1e-30, np.nan, 3.0])).astype(values.dtype)
    return content[:first] + values.tobytes() + content[first + len(block) :]


CHANGES = (_flip_bytes, _cut_short, _drop_middle, _repeat_block, _swap_numbers, _set_cards, _scale_floats)
