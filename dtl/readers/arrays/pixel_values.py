"""What a table repeats in each of its rows of pixels though it is one number of the spectrum: the motion of Earth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dtl.readers.arrays.dispersion import Column
from dtl.readers.contents import Claim, Contents
from dtl.readers.facts.barycentre import earth_velocity
from dtl.readers.facts.metadata import key_of
from dtl.readers.source import sanitise

__all__ = ["with_velocity"]

#: What the velocities of the pixels may differ by, as they are weighed by the light of their colour, km/s.
_SAME_MOTION = 0.1


def with_velocity(contents: Contents, columns: Sequence[Column]) -> Contents:
    """The contents with the barycentric velocity of a column that holds the same for all pixels.

    Args:
        contents: changed in place.
        columns: of which one may be named after it, with values of any shape.
    """
    for column in columns:
        key, unit = key_of(column.name)
        values = column.values[np.isfinite(column.values)] if key == "barycentric_velocity" else np.empty(0)
        if not values.size:
            continue
        velocity, words = earth_velocity(float(np.median(values)), note=column.unit or unit)
        ends = [earth_velocity(float(end), note=column.unit or unit)[0] for end in (values.min(), values.max())]
        if velocity is not None and None not in ends and ends[1] - ends[0] < _SAME_MOTION:
            reason = f"column '{sanitise(column.name, 30)}', the same for all pixels{words}"
            contents.barycentric_velocity = Claim(velocity, "file", reason)
    return contents
