"""What the adaptation to observed spectra gains, as the card of the networks says."""

from __future__ import annotations

import streamlit as st

from dtl.bundle.card import PUBLISHED, closest, least_error, lookup, mean_error, number, survey_errors
from dtl.result import PARAMETERS
from dtl.rounding import format_number, format_significant, rounded
from pages.shared.core import tables, wording
from pages.shared.core.chart import chart, dark
from pages.shared.core.wording import with_unit
from pages.shared.model import card_parts
from pages.shared.model.card_figures import transfer_figure

__all__ = ["VARIANTS", "transfer"]

#: Variant of the transfer -> its name and what it does.
VARIANTS = {
    "none": ("no transfer", "The networks as they come from model spectra alone."),
    "published": (
        "published",
        "Last layers of the encoder and the whole decoder fine-tuned to reconstruct observed spectra "
        "(Mas-Buitrago et al. 2024).",
    ),
    "joint": ("joint", "Model and observed spectra reconstructed together."),
    "coral": ("CORAL", "The same, and means and covariances of both kinds of latents made alike (Sun & Saenko 2016)."),
    "mmd": ("MMD", "The same, and the kernel means of both made alike (Long et al. 2015)."),
    "adversarial": ("adversarial", "The same, and both made alike to a discriminator (Ganin et al. 2016)."),
    "gap without population": (
        "learned gap",
        "The difference of observed spectra from models learned, and model spectra augmented with it.",
    ),
    "gap varying by components": (
        "gap by components",
        "Learned gap with population; what differs from star to star drawn from principal components of residuals.",
    ),
    "population as believed": (
        "gap + population",
        "Learned gap that varies from line to line, with what is known of the stars as a population: mean metallicity, "
        "main sequence, slow rotators.",
    ),
    "family of gaps": (
        "family of gaps",
        "Model spectra augmented with gaps of many kinds, none of them learned from the sample: the networks as they "
        "come with the program.",
    ),
    "family, then ours": (
        "family, then adapted",
        "The networks for a family of gaps, adapted to the sample as the page Adapt does: what they find to tell stars "
        "apart is kept, zero points and gap are learned.",
    ),
    "ours": (
        "population measured",
        "The same, with the spread of metallicity measured in the sample, its mean reached, and lines further off.",
    ),
}


def _ours(card: dict) -> str:
    """Name of the way in which these networks were transferred."""
    family = lookup(card, "training", "settings", "survey", "transfer") == "family"
    return _name("family of gaps" if family else "ours")


def transfer(card: dict) -> None:
    """What the adaptation to observed spectra gains, on simulated surveys whose truth is known."""
    card_parts.heading(
        "What the transfer gains",
        "transfer",
        "Transfer: networks trained on model spectra are adapted to observed ones, without knowing the parameters of "
        "any. Latents: the components of the latent vector.",
    )
    if lookup(card, "metrics", "ablation"):
        _variants(card)
    else:
        card_parts.lacking("ways of transfer")
    left, right = st.columns([3, 2], gap="large")
    with left:
        _surveys(card)
    with right:
        _gap(card)


def _variants(card: dict) -> None:
    st.markdown(f"{_gain(card)} {_distance(card)}".strip())
    surveys = 0
    with st.grid(2, min_column_width=340):
        for name, (label, _, _) in PARAMETERS.items():
            errors = survey_errors(card, name)
            if not errors:
                continue
            surveys = max(surveys, *(len(values) for values in errors.values()))
            chart(
                transfer_figure(
                    name,
                    {_name(variant): values for variant, values in errors.items()},
                    reference=VARIANTS["none"][0],
                    chosen=_ours(card),
                    dark=dark(),
                ),
                f"card-transfer-{name}",
                f"rmse of {label} on simulated surveys for {len(errors)} ways of transfer; the table has its numbers",
            )
    st.caption(
        ("The dot is that of one simulated survey" if surveys == 1 else f"A dot is one of {surveys} simulated surveys")
        + ", the bar their mean; further left is better. The dashed line is the mean without transfer. All ways start "
        "from the same networks and see the same unlabelled spectra."
    )
    with card_parts.twin():
        _variants_table(card)


def _variants_table(card: dict) -> None:
    rows, config = [], {"what": st.column_config.TextColumn("What it does")}
    for variant in lookup(card, "metrics", "ablation"):
        row = {"variant": _name(variant)}
        for name in PARAMETERS:
            row |= {f"{name}_{kind}": mean_error(card, variant, name, kind) for kind in ("rmse", "bias")}
        row["distance"] = mean_error(card, variant, "latent_distance", "mean")
        rows.append(row | {"what": VARIANTS.get(variant, ("", ""))[1]})
    places = {"distance": 2}
    for name, (label, unit, decimals) in PARAMETERS.items():
        for kind in ("rmse", "bias"):
            places[f"{name}_{kind}"] = decimals + (name != "teff")
            config[f"{name}_{kind}"] = st.column_config.NumberColumn(
                f"{label} {kind} [{unit}]",
                help=wording.RMSE if kind == "rmse" else "Mean of found minus true value.",
            )
    config["variant"] = st.column_config.TextColumn("Way of transfer", pinned=True)
    config["distance"] = st.column_config.NumberColumn(
        "Latent distance",
        help="Mean distance of an observed spectrum to the nearest grid point, in latent space.",
    )
    signed = [column for column in places if column.endswith("_bias")]
    shown = tables.number_table(rows, places, signed=signed)
    st.dataframe(
        shown, hide_index=True, column_config=config, alt="Errors of every way of transfer, mean of the surveys"
    )


def _name(variant: str) -> str:
    return VARIANTS.get(variant, (variant, ""))[0]


def _gain(card: dict) -> str:
    """The gain in words."""
    changes = {name: number(card, "metrics", "gain", name) for name in PARAMETERS}
    smaller, larger, same = [], [], []
    for name, change in changes.items():
        if change is None:
            continue
        words = f"{format_number(abs(100 * change), 0)} % in {PARAMETERS[name][0]}"
        if abs(change) < 0.005:
            same.append(PARAMETERS[name][0])
        else:
            (smaller if change < 0 else larger).append(words)
    parts = [
        f"{word} {wording.listed(found)}"
        for word, found in (("smaller by", smaller), ("larger by", larger), ("the same in", same))
        if found
    ]
    return f"With “{_ours(card)}”, the way of this program, errors are {'; '.join(parts)}." if parts else ""


def _distance(card: dict) -> str:
    """That a smaller distance is no smaller error, where the card shows it."""
    near = closest(card)
    if near is None:
        return ""
    elsewhere = [PARAMETERS[n][0] for n in PARAMETERS if least_error(card, n) not in (near, None)]
    text = f"Nearest to the models in latent space, though, come the spectra of “{_name(near)}”"
    if not elsewhere:
        return f"Nearest to the models in latent space come the spectra of “{_name(near)}”, which errs least here."
    return (
        f"{text}, and another way errs less in {wording.listed(elsewhere)}: a smaller distance is not a smaller error."
    )


def _surveys(card: dict) -> None:
    st.markdown("### Simulated surveys it has not seen")
    survey = lookup(card, "metrics", "survey")
    if not survey:
        card_parts.lacking("simulated surveys")
        return
    columns = {"rmse (bias)": [PARAMETERS[name][0] for name in PARAMETERS]}
    levels = lookup(card, "metrics", "survey_at_snr") or {}
    kinds = {"No transfer": survey.get("before"), "With transfer": survey.get("after")}
    for title, errors in (kinds | {f"S/N {snr}": level for snr, level in levels.items()}).items():
        columns[title] = [_error(name, errors) for name in PARAMETERS]
    tables.text_table(columns, "Errors on simulated surveys, before and after the transfer and at single noise levels")
    st.caption(
        f"{number(survey, 'stars') or 0:,.0f} simulated observations at the parameters of the published stars, of "
        "mixed noise in the first two columns. In brackets the bias, the mean of found minus true."
    )


def _error(name: str, errors: object) -> str:
    rmse, bias = number(errors, name, "rmse"), number(errors, name, "bias")
    if rmse is None:
        return "–"
    text = with_unit(name, rmse)
    if bias is None:
        return text
    places = len(format_significant(rmse).partition(".")[2])
    return f"{text} ({'+' if rounded(bias, places) > 0 else ''}{format_number(bias, places)})"


def _gap(card: dict) -> None:
    st.markdown("### The gap between models and observations")
    gap = lookup(card, "metrics", "gap")
    if not gap:
        card_parts.lacking("the gap")
        return
    names = {
        "flux": "Distance in flux",
        "latent_before": "Distance of latents, no transfer",
        "latent_after": "Distance of latents, with transfer",
        "mse_before": "Reconstruction, no transfer",
        "mse_after": "Reconstruction, with transfer",
    }
    published = {key: format_significant(value, 3 if key == "flux" else 2) for key, value in PUBLISHED["gap"].items()}
    published |= {key: format_significant(PUBLISHED["gap"][key], 1) for key in ("mse_before", "mse_after")}
    here = [number(gap, key) for key in names]
    tables.text_table(
        {
            "Mean over the spectra": list(names.values()),
            "Here": ["–" if value is None else format_significant(value, 2) for value in here],
            "Published": [published.get(key, "–") for key in names],
        },
        "Distances of observed spectra to the nearest grid point and errors of their reconstruction",
    )
    st.caption(
        "Distances to the nearest grid point. Those of latents compare within one set of networks only, as each "
        "has units of its own. Simulated spectra here, CARMENES spectra in the publication."
    )
