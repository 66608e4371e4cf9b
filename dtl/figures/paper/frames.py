"""Axes, colour bar and legend of a printed figure, and where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from dtl.figures.paper.drawing import Sheet
from dtl.figures.paper.lettering import colour, lettering

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["colour_maps", "place_frames", "set_frame"]

#: Most ticks that an axis has, along and up.
_MOST = (6, 7)
_ROUNDS = 3
#: Part of the width below which the numbers of a panel are turned, so that neighbours keep apart.
_NARROW = 0.3


def colour_maps(plain: Mapping[str, Any]) -> dict[str, tuple[object, object]]:
    """Name of each colour axis -> its colours and their limits; ``own`` for those of a trace."""
    from matplotlib.colors import Normalize

    found = {name: axis for name, axis in plain["layout"].items() if name.startswith("coloraxis")}
    for trace in plain["data"]:
        marker = trace.get("marker") or {}
        if "colorscale" in marker:
            found.setdefault("own", marker)
    return {
        name: (_scale(axis.get("colorscale")), Normalize(axis.get("cmin"), axis.get("cmax")))
        for name, axis in found.items()
    }


def _scale(scale: object) -> object:
    from matplotlib import colormaps
    from matplotlib.colors import LinearSegmentedColormap

    if scale is None or isinstance(scale, str):
        return colormaps[scale or "cividis"]
    return LinearSegmentedColormap.from_list("scale", [(float(place), colour(value)) for place, value in scale])


def set_frame(
    sheet: Sheet, axes: Axes, across: Mapping[str, Any], up: Mapping[str, Any], *, drawn: bool = False
) -> None:
    """Scales, ranges, ticks and titles of a pair of axes; once more when all is ``drawn``, which may change them."""
    axes.set_facecolor("none")
    for name, settings in (("x", across), ("y", up)):
        axis, log = getattr(axes, f"{name}axis"), settings.get("type") == "log"
        if settings.get("visible") is False:
            axes.axis("off")
        if log and getattr(axes, f"get_{name}scale")() != "log":
            getattr(axes, f"set_{name}scale")("log")
        span = settings.get("range")
        if span is not None:
            low, high = (10.0 ** float(end) if log else float(end) for end in span)
            getattr(axes, f"set_{name}lim")(low, high)
        elif settings.get("autorange") == "reversed":
            getattr(axes, f"set_{name}lim")(*sorted(getattr(axes, f"get_{name}lim")(), reverse=True))
        title = settings.get("title") or {}
        title = title if isinstance(title, str) else title.get("text")
        axis.set_label_text(lettering(title), size=sheet.type_size + 0.5, color=sheet.ink)
        axis.labelpad = 2.0
        first, last = settings.get("domain") or (0.0, 1.0)
        _set_ticks(axis, settings, log=log, most=max(3, round(_MOST[name == "y"] * min(1.0, 1.5 * (last - first)))))
        shown = settings.get("showticklabels") is not False
        if not shown and not settings.get("ticks"):
            axis.set_ticks([])
        if drawn and settings.get("rangemode") == "tozero":
            getattr(axes, f"set_{name}lim")(0.0, None)
        axes.tick_params(
            axis=name, which="both", direction="in", labelsize=sheet.type_size, colors=sheet.ink, width=0.5, length=2.5,
            top=name == "x", right=name == "y", pad=2.5,
            **({"labelbottom": shown} if name == "x" else {"labelleft": shown}),
            labelrotation=45 if name == "x" and last - first < _NARROW else 0,
        )  # fmt: skip
    for spine in axes.spines.values():
        spine.set(linewidth=0.6, color=sheet.ink)


def _set_ticks(axis: object, settings: Mapping[str, Any], *, log: bool, most: int) -> None:
    from matplotlib.ticker import MaxNLocator, MultipleLocator, NullLocator, ScalarFormatter

    ticks, texts = settings.get("tickvals"), settings.get("ticktext")
    if ticks is not None:
        axis.set_ticks([float(tick) for tick in ticks])
        if texts is not None:
            axis.set_ticklabels([lettering(str(text)) for text in texts])
        axis.set_minor_locator(NullLocator())
    elif not log:
        number = min(settings.get("nticks") or most, most)
        step, span = settings.get("dtick"), np.ptp(axis.get_view_interval())
        if isinstance(step, int | float) and step > 0 and span / step < most + 1.5:
            axis.set_major_locator(MultipleLocator(step))
        else:
            axis.set_major_locator(MaxNLocator(nbins=max(number - 1, 2), min_n_ticks=2))
        formatter = ScalarFormatter(useOffset=False)
        formatter.set_powerlimits((-4, 6))
        axis.set_major_formatter(formatter)


def place_frames(page: Figure, sheet: Sheet, layout: Mapping[str, Any], entries: dict[str, object], pad: float) -> None:
    """Put legend, colour bar and axes on the paper so that all their letters are on it."""
    width, height = (72.0 * inches for inches in page.get_size_inches())
    top = pad
    for name, axis in layout.items():
        if name.startswith("coloraxis") and name in sheet.colours and axis.get("showscale") is not False:
            top += _colour_bar(page, sheet, axis, sheet.colours[name], top)
    bottom, legend = pad, None
    if entries:
        above = ((layout.get("legend") or {}).get("y") or 0) > 0.5
        legend, taken = _legend(page, sheet, entries, width)
        legend.set_loc("upper left" if above else "lower left")
        legend.set_bbox_to_anchor((pad / width, 1 - top / height if above else pad / height), page.transFigure)
        top, bottom = (top + taken, bottom) if above else (top, bottom + taken)
    inside = np.array([36.0, bottom + 24.0, width - pad - 2, height - top - 6.0])
    limits = np.array([pad, bottom + pad, width - pad, height - top - pad])
    renderer = page.canvas.get_renderer()
    for _ in range(_ROUNDS):
        page.align_ylabels()
        _put(sheet, layout, inside, width, height)
        boxes = [box for axes in sheet.axes.values() if (box := axes.get_tightbbox(renderer)) is not None]
        to_points = 72.0 / page.dpi
        reach = np.array(
            [
                min(box.x0 for box in boxes), min(box.y0 for box in boxes),
                max(box.x1 for box in boxes), max(box.y1 for box in boxes),
            ]
        ) * to_points  # fmt: skip
        inside = inside + (limits - reach)


def _put(sheet: Sheet, layout: Mapping[str, Any], inside: np.ndarray, width: float, height: float) -> None:
    left, low, right, high = inside
    for (across, up), axes in sheet.axes.items():
        x0, x1 = (layout.get(f"xaxis{across[1:]}") or {}).get("domain") or (0.0, 1.0)
        y0, y1 = (layout.get(f"yaxis{up[1:]}") or {}).get("domain") or (0.0, 1.0)
        box = (
            left + x0 * (right - left),
            low + y0 * (high - low),
            (x1 - x0) * (right - left),
            (y1 - y0) * (high - low),
        )
        axes.set_position((box[0] / width, box[1] / height, box[2] / width, box[3] / height))


def _colour_bar(page: Figure, sheet: Sheet, axis: Mapping[str, Any], known: tuple[object, object], top: float) -> float:
    """A horizontal bar at the top with its title above; the height that it takes, points."""
    from matplotlib.cm import ScalarMappable

    height = 72.0 * page.get_size_inches()[1]
    size, thick = sheet.type_size, 4.0
    settings = axis.get("colorbar") or {}
    title = settings.get("title") or {}
    title = lettering(title if isinstance(title, str) else title.get("text"))
    above = 1.5 * size if title else 0.0
    place = page.add_axes((0.15, 1 - (top + above + thick) / height, 0.7, thick / height), label="colour bar")
    bar = page.colorbar(ScalarMappable(norm=known[1], cmap=known[0]), cax=place, orientation="horizontal")
    if settings.get("tickvals") is not None:
        texts = settings.get("ticktext")
        labels = None if texts is None else [lettering(str(text)) for text in texts]
        bar.set_ticks([float(tick) for tick in settings["tickvals"]], labels=labels)
    place.tick_params(labelsize=size, width=0.5, length=2, pad=1.5, colors=sheet.ink)
    place.set_title(title, size=size + 0.5, pad=2, color=sheet.ink)
    bar.outline.set_linewidth(0.5)
    return above + thick + 2.2 * size


def _legend(page: Figure, sheet: Sheet, entries: dict[str, object], width: float) -> tuple[object, float]:
    """The legend in as many columns as fit, and the height that it takes, points."""
    for columns in range(min(len(entries), 6), 0, -1):
        legend = page.legend(
            list(entries.values()), list(entries), loc="lower left", ncols=columns, fontsize=sheet.type_size,
            frameon=False, borderpad=0.1, borderaxespad=0.0, handlelength=1.6, columnspacing=1.0, handletextpad=0.5,
            labelcolor=sheet.ink, scatterpoints=1,
        )  # fmt: skip
        box = legend.get_window_extent(page.canvas.get_renderer())
        taken = 72.0 / page.dpi * np.array([box.width, box.height])
        if taken[0] <= width - 4.0 or columns == 1:
            return legend, float(taken[1]) + 1.0
        legend.remove()
    raise AssertionError("a legend has one column at least")
