"""Which of several extensions or tables is read: of groups of arrays the one that holds the window."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from dtl.readers.arrays.dispersion import stated_unit
from dtl.readers.arrays.groups import LONGEST_NAME, SPECTRA, Group
from dtl.readers.arrays.numbering import numbers_of
from dtl.readers.arrays.row_values import padded
from dtl.readers.options import ReadOptions
from dtl.readers.source import Source, sanitise
from dtl.rounding import format_number
from dtl.wavelengths import Window

__all__ = ["choose_group"]

#: Further part of the window that a group must hold to go before one that stands before it.
_AS_MUCH = 0.02


def choose_group(source: Source, groups: list[Group], window: Window, options: ReadOptions) -> Group | None:
    """The group that covers most of the window, of equals the first; None where no wavelengths and fluxes are found.

    Raises:
        UnusableInput: none does.
    """
    if options.extension is not None:
        groups = _asked(source, groups, options.extension)
    else:
        groups = _of_star(groups, window)
    groups = sorted(groups, key=lambda group: not group.sums_up)
    joined = _joined(groups)
    if options.columns is not None:
        asked = next((group for group in joined if _has_columns(group, options.columns)), None)
        if asked is not None:
            return asked
        joined = [group for group in joined if not group.is_table]
    best: tuple[float, Group] | None = None
    ranges: list[str] = []
    for group in joined:
        covered = group.coverage(window)
        if covered is None:
            continue
        share, low, high = covered
        ranges.append(f"{group.place} covers {format_number(low, 1)}–{format_number(high, 1)} Å")
        if best is None or share > best[0] + _AS_MUCH:
            best = share, group
    if best is None:
        problem = next((group.problem for group in groups if group.problem), "")
        if problem:
            raise source.refuse(
                f"{problem}, which cannot be read; export the spectrum as a table of wavelength and flux."
            )
        return groups[0] if len(groups) == 1 and groups[0].is_table else None
    if best[0] <= 0 and len(ranges) > 1 and options.unit is None:
        raise source.refuse(
            f"holds no spectrum of {window} ({'; '.join(ranges[:4])}"
            f"{'; ...' if len(ranges) > 4 else ''}), so it is another order or setting; choose a file that covers the "
            "window, or state the unit (--unit) if these ranges are wrong."
        )
    return best[1]


def _has_columns(group: Group, wanted: Sequence[str | None]) -> bool:
    """Whether a table has columns of given names or numbers."""
    known = {c.name.strip().lower() for c in group.columns} | {str(i) for i in numbers_of(group.columns)}
    return group.is_table and all(str(key).strip().lower() in known for key in wanted if key)


def _of_star(groups: list[Group], window: Window) -> list[Group]:
    """Groups whose extensions are not named after something else, as a template, where one of them holds the window."""
    own = [group for group in groups if not group.beside]
    return own if len(own) < len(groups) and any(group.holds(window) for group in own) else groups


def _asked(source: Source, groups: list[Group], wanted: str) -> list[Group]:
    """The groups with an array of the extension of a number or name.

    Raises:
        UnusableInput: there are none.
    """
    key = sanitise(wanted, LONGEST_NAME).lower()
    found = [g for g in groups if any(key in (str(number), name.lower()) for number, name in g.extensions.items())]
    if not found:
        places = "; ".join(dict.fromkeys(group.place for group in groups))
        part = groups[0].part if groups else "extension"
        raise source.refuse(f"has no spectrum in {part} '{sanitise(wanted, 30)}'; it has {places or 'none'}.")
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
    return [alike[0] if len(alike) == 1 else _stack(alike) for alike in kinds.values()]


def _stack(groups: list[Group]) -> Group:
    """Groups of the same columns as one."""
    columns = zip(*(group.columns for group in groups), strict=True)
    stacked = [replace(own[0], values=padded([column.values for column in own])) for own in columns]
    first, label = groups[0], f"{groups[0].label}, each {groups[0].part} an order"
    extensions = {number: name for group in groups for number, name in group.extensions.items()}
    headers = [group.headers[0] for group in groups]
    return Group(
        first.kind, label, extensions, stacked, headers, first.notes, first.flags, stacked=True, part=first.part
    )
