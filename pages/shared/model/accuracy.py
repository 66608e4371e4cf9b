"""How well the networks measure, as their card says: expected errors, test spectra, intervals."""

from __future__ import annotations

import streamlit as st

from dtl.bundle.card import PUBLISHED, lookup, number
from dtl.figures.performance import reconstruction_errors
from dtl.result import PARAMETERS
from dtl.rounding import format_number, format_significant
from pages.shared.core import tables, wording
from pages.shared.core.chart import chart, dark
from pages.shared.core.wording import with_unit
from pages.shared.model import card_parts
from pages.shared.model.card_figures import coverage_figure

__all__ = ["intervals", "measured", "summary"]

_PUBLISHED_GRID = "Teff 2300–4500 K, [M/H] −1.0 to 0.8"


def summary(card: dict) -> None:
    """The error to expect, parameter by parameter."""
    errors = lookup(card, "metrics", "survey", "after")
    before, stars = lookup(card, "metrics", "survey", "before"), number(card, "metrics", "survey", "stars")
    if not errors:
        return
    with st.grid(4, min_column_width=190, key="expected-errors"):
        for name, (label, _, _) in PARAMETERS.items():
            earlier = number(before, name, "rmse")
            st.metric(
                label,
                with_unit(name, number(errors, name, "rmse")),
                f"{with_unit(name, earlier)} without transfer" if earlier else None,
                delta_color="off",
                delta_arrow="off",
                help=wording.RMSE,
                border=True,
            )
    st.caption(
        f"Size of a typical error on {stars or 0:,.0f} simulated observations that the networks had not seen, with "
        "noise and with what real stars have and models lack. No real star has a parameter that is known without error."
    )


def measured(card: dict) -> None:
    """Test spectra of the grid, beside what the publication gives."""
    card_parts.heading("Measured on model spectra, beside the publication", "measured", wording.RMSE)
    if number(card, "metrics", "autoencoder_mse") is None:
        card_parts.lacking("test spectra")
        return
    left, right = st.columns(2, gap="large")
    with left:
        _reconstruction(card)
    with right:
        _parameters(card)
    ends = lookup(card, "parameters", "teff", "range")
    of_grid = f" (Teff {ends[0]:.0f}–{ends[1]:.0f} K)" if ends else ""
    nodes = number(card, "metrics", "test_nodes")
    st.caption(
        f"The test spectra differ: {f'{nodes:,.0f} ' if nodes else ''}nodes of the grid of these networks{of_grid} "
        f"here, nodes of a wider grid ({_PUBLISHED_GRID}) there. In both, the neighbours of a test node were "
        "trained on. Here the mean of the ensemble is judged, there the worst of the networks kept."
    )


def _reconstruction(card: dict) -> None:
    metrics, n_latent = card["metrics"], int(number(card, "architecture", "n_latent") or 32)
    ours, noisy = metrics["autoencoder_mse"], number(metrics, "autoencoder_mse_snr100")
    pca = {int(k): float(v) for k, v in (metrics.get("pca_mse") or {}).items()}
    st.markdown("### The reconstruction of a spectrum")
    text = (
        f"The autoencoder encodes a spectrum in {n_latent} latents and rebuilds it with a mean squared error of "
        f"{format_significant(ours)}; published are {format_significant(PUBLISHED['autoencoder_mse'], 1)}."
    )
    if n_latent in pca:
        better = "less" if pca[n_latent] < ours else "more"
        text += (
            f" Principal components (PCA), which cost no training, leave {format_significant(pca[n_latent])}: {better}."
        )
    st.markdown(text)
    networks = {"This autoencoder": ours} | ({"This autoencoder, S/N 100": noisy} if noisy else {})
    chart(
        reconstruction_errors(pca, networks, PUBLISHED["autoencoder_mse"], n_latent=n_latent, dark=dark()),
        "card-reconstruction",
        f"Mean squared error of the reconstruction with {', '.join(map(str, pca)) or 'no'} principal components, of "
        f"this autoencoder and of the published one",
    )
    few, many = (
        format_number(n / 1e6, places) for n, places in zip(PUBLISHED["autoencoder_parameters"], (1, 0), strict=True)
    )
    rows = [("Autoencoder, noise-free", format_significant(ours), format_significant(PUBLISHED["autoencoder_mse"], 1))]
    if noisy:
        rows.append(("Autoencoder, S/N 100", format_significant(noisy), "–"))
    rows += [(f"PCA, {k} components", format_significant(value), "–") for k, value in pca.items()]
    if weights := number(metrics, "autoencoder_parameters"):
        rows.append(("Weights of the autoencoder", f"{weights / 1e6:.1f} million", f"{few}–{many} million"))
    dead = number(metrics, "dead_latents")
    if dead is not None:
        rows.append(("Latents that never vary", f"{dead:.0f} of {n_latent}", "–"))
    with card_parts.twin():
        names, here, there = zip(*rows, strict=True)
        tables.text_table(
            {"Mean squared error": names, "These networks": here, "Published": there},
            "Errors of the reconstruction, here and in the publication",
        )


def _parameters(card: dict) -> None:
    st.markdown("### The parameters")
    clean, noisy = (lookup(card, "metrics", f"rmse_{kind}") for kind in ("noise_free", "snr100"))
    if not clean:
        card_parts.lacking("the parameters of test spectra")
        return
    worse = [PARAMETERS[name][0] for name in PARAMETERS if (number(clean, name) or 0.0) > PUBLISHED["rmse"][name]]
    st.markdown(
        "Without noise the errors are "
        + (
            f"larger than the published ones in {wording.listed(worse)}."
            if worse
            else "smaller than the published ones in every parameter."
        )
        + " Real spectra have noise and differ from all models: what to expect of them is in the next section."
    )
    tables.text_table(
        {
            "rmse": [PARAMETERS[name][0] for name in PARAMETERS],
            "Noise-free": [with_unit(name, number(clean, name)) for name in PARAMETERS],
            "S/N 100": [with_unit(name, number(noisy, name)) for name in PARAMETERS],
            "Published": [with_unit(name, PUBLISHED["rmse"][name], 3 if name == "teff" else 2) for name in PARAMETERS],
        },
        "Errors of the parameters on test spectra, here and in the publication",
    )


def intervals(card: dict) -> None:
    """Whether the intervals hold what they claim."""
    card_parts.heading(
        "Whether the intervals hold",
        "intervals",
        "An interval of 1 sigma should hold the true value in 68.3 of 100 cases: less often, and the errors are "
        "larger than stated; more often, and they are smaller.",
    )
    covered = lookup(card, "metrics", "coverage_1_sigma")
    if not covered:
        card_parts.lacking("its intervals")
        return
    parts = [part for level in covered.values() for part in level.values()]
    low, high = (format_number(100 * part, 0) for part in (min(parts), max(parts)))
    st.markdown(
        f"Of 100 true values 68 should lie inside their interval. Here {low} to {high} do, over all parameters and "
        f"signal-to-noise ratios of {wording.listed(list(covered))}."
    )
    left, right = st.columns([3, 2], gap="large")
    with left:
        chart(
            coverage_figure(covered, dark=dark()),
            "card-coverage",
            f"Part of the true values inside their interval: {low} to {high} %, ideal are 68.3 %",
        )
    with right:
        names = {"Inside the interval": [PARAMETERS[name][0] for name in PARAMETERS]}
        inside = {
            f"S/N {snr}": [_percent(number(level, name)) for name in PARAMETERS] for snr, level in covered.items()
        }
        tables.text_table(names | inside, "Per cent of the true values inside their interval")
        calibration = lookup(card, "calibration")
        if calibration:
            tables.text_table(
                {
                    "Calibration": [PARAMETERS[name][0] for name in PARAMETERS],
                    "Spread times": [_scale(number(calibration, name, "scale")) for name in PARAMETERS],
                    "At least": [with_unit(name, number(calibration, name, "floor")) for name in PARAMETERS],
                },
                "How the spread of the networks is turned into an interval",
            )
            st.caption(
                "The interval is the spread of the networks times a factor, and never less than the error that all of "
                "them share (added in squares). Both were fitted on simulated spectra."
            )


def _percent(part: float | None) -> str:
    return "–" if part is None else f"{format_number(100 * part, 0)} %"


def _scale(value: float | None) -> str:
    return "–" if value is None else format_significant(value)
