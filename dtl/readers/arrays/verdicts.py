"""What a column of a file holds beside a flux, in the scales that both are written in."""

from __future__ import annotations

from dtl.readers.arrays.dispersion import Column, Part
from dtl.readers.arrays.scales import linear_flux, log_factor, scale_of_uncertainty
from dtl.readers.arrays.uncertainties import Verdict, believe, judge
from dtl.readers.words.names import Name

__all__ = ["judge_column", "why_none"]


def judge_column(
    column: Column,
    flux: Column,
    flux_name: Name,
    part: Part,
    told: str | None,
    *,
    name: Name | None = None,
    by_user: bool = False,
) -> Verdict:
    """The verdict on a column of uncertainties.

    Args:
        column: of uncertainties by its name, or by what the user says.
        flux: that it belongs to.
        flux_name: what its name says.
        part: the pixels to compare on.
        told: the kind as the user says; None where the name of the column says it.
        name: what the name of the column says beside the others; None where it is alone.
        by_user: whether the user says that this column holds the uncertainties, so that it is never set aside.
    """
    name = column.meaning if name is None else name
    named = name.role == "uncertainty"
    kind = told or (name.kind if named else "sigma")
    if not (part.fits(column) and part.fits(flux)):
        return Verdict(kind, 0.0, True)
    values = part.of(column) / (name.multiple if named and not told else 1.0)
    scale = scale_of_uncertainty(flux_name.scale, name, told)
    if scale != "linear" and kind in ("sigma", "relative"):
        values, kind = values * log_factor(scale), "relative"
    light = linear_flux(part.of(flux), flux_name.scale)
    return (believe if told or by_user else judge)(values, light, part.pixel, kind)


def why_none(unused: str, repeats: str) -> str:
    """Why columns without a name are no uncertainties, those that repeat the flux and others; empty where none are."""
    found = []
    if repeats:
        found.append(f"{repeats} has the lines of the flux, as deep: the same spectrum normalised or raw, or a model")
    if unused:
        found.append(f"nothing says that {unused} holds uncertainties: it neither follows the flux nor fits the noise")
    return "; ".join(found)
