"""Which of several extensions or tables is read: of groups of arrays the one that holds the window."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from dtl.readers.dispersion import Column, stated_unit
from dtl.readers.extension_list import coverage
from dtl.readers.extensions import SPECTRA, Group
from dtl.readers.options import ReadOptions
from dtl.readers.roles import assign_roles
from dtl.readers.source import Source, sanitise
from dtl.wavelengths import Window

__all__ = ["choose_group"]

#: What an extension is named after that sums up those beside it.
_SUM = re.compile(r"(?<![a-z])(co-?add(ed)?|combined?|merged?|stack(ed)?|sum(med)?)(?![a-z])", re.IGNORECASE)


def choose_group(source: Source, groups: list[Group], window: Window, options: ReadOptions) -> Group | None:
    """The group that covers most of the window, of equals the first; None where no wavelengths and fluxes are found.

    Raises:
        UnusableInput: none does.
    """
    if options.extension is not None:
        groups = _asked(source, groups, options.extension)
    else:
        groups = _of_star(groups, window)
    groups = sorted(groups, key=lambda group: not _SUM.search(group.place))
    best: tuple[float, Group] | None = None
    ranges: list[str] = []
    for group in _joined(groups):
        if group.problem:
            continue
        if options.columns is not None and group.kind in ("table", "vectors"):
            known = {c.name.strip().lower() for c in group.columns} | {str(i) for i, _ in enumerate(group.columns, 1)}
            if all(str(key).strip().lower() in known for key in options.columns if key):
                return group
            continue
        roles = assign_roles(group.columns, window)
        if roles is None:
            continue
        share, low, high = coverage(roles.wavelength, roles.flux, window)
        ranges.append(f"{group.place} covers {low:,.1f}–{high:,.1f} Å")
        if best is None or share > best[0] + 0.02:
            best = share, group
    if best is None:
        problem = next((group.problem for group in groups if group.problem), "")
        if problem:
            raise source.refuse(
                f"{problem}, which cannot be read; export the spectrum as a table of wavelength and flux."
            )
        table = next((group for group in groups if group.kind in ("table", "vectors")), None)
        return table if table is not None and len(groups) == 1 else None
    if best[0] <= 0 and len(ranges) > 1 and options.unit is None:
        raise source.refuse(
            f"holds no spectrum of {window.lower:,.0f}–{window.upper:,.0f} Å ({'; '.join(ranges[:4])}"
            f"{'; ...' if len(ranges) > 4 else ''}), so it is another order or setting; choose a file that covers the "
            "window, or state the unit (--unit) if these ranges are wrong."
        )
    return best[1]


def _of_star(groups: list[Group], window: Window) -> list[Group]:
    """Groups whose extensions are not named after something else, as a template, where one of them holds the window."""
    own = [group for group in groups if not group.beside]
    if len(own) == len(groups):
        return groups
    for group in own:
        roles = None if group.problem else assign_roles(group.columns, window)
        if roles is not None and coverage(roles.wavelength, roles.flux, window)[0] > 0.5:
            return own
    return groups


def _asked(source: Source, groups: list[Group], wanted: str) -> list[Group]:
    key = str(wanted).strip().lower()
    found = [g for g in groups if any(f"extension {key}" == p.split(" '")[0] or f"'{key}'" in p.lower()
                                      for p in g.place.split(", "))]  # fmt: skip
    if not found:
        places = "; ".join(dict.fromkeys(group.place for group in groups))
        raise source.refuse(f"has no spectrum in extension '{sanitise(wanted, 30)}'; it has {places or 'none'}.")
    return found


def _joined(groups: Sequence[Group]) -> list[Group]:
    """Groups with the same columns as one, a row an extension: one order an extension, or blue and red.

    Names of images, which are those of their extensions, may differ by their number.
    """
    kinds: dict[tuple, list[Group]] = {}
    for group in groups:
        alone = (
            group.problem
            or group.role not in SPECTRA
            or group.columns[0].values.ndim != 1
            or group.kind in ("images", "multispec")
        )
        shapes = {column.values.ndim for column in group.columns}
        names = tuple(re.sub(r"\d+", "", c.name) if group.kind == "axis" else c.name for c in group.columns)
        units = tuple(stated_unit(c) for c in group.columns if c.meaning.role == "wavelength")
        key = (id(group),) if alone or len(shapes) > 1 else (group.kind, names, units)
        kinds.setdefault(key, []).append(group)
    return [members[0] if len(members) == 1 else _stack(members) for members in kinds.values()]


def _stack(members: list[Group]) -> Group:
    length = max(len(group.columns[0].values) for group in members)
    stacked = []
    for number, column in enumerate(members[0].columns):
        rows = [group.columns[number].values for group in members]
        values = np.array([np.pad(row, (0, length - len(row)), constant_values=np.nan) for row in rows])
        stacked.append(Column(column.name, values, column.unit, column.note))
    first, last = members[0], members[-1]
    label = f"{first.label}, one order an extension"
    # that with the sum of the others stands first, wherever it is in the file
    between = f" before {members[1].place} to " if len(members) > 2 and _SUM.search(first.place) else " to "
    return Group(
        first.kind,
        label,
        first.place + between + last.place,
        stacked,
        [g.headers[0] for g in members],
        first.notes,
        first.flags,
        stacked=True,
    )
