"""All latents of a star side by side, among those of the models."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dtl.exploration.latent_profile import profile
from dtl.exploration.position import STATES
from dtl.figures.latent_profile import profile_figure
from dtl.result import PARAMETERS, InferenceResult
from pages.shared.core import bundles, tables, wording
from pages.shared.core.chart import chart, dark
from pages.shared.latent_space.positions import has_transfer, meanings, places

__all__ = ["parallel_view"]

_ORDERS = {"number": "By number"} | {name: f"By {label}" for name, (label, _, _) in PARAMETERS.items()}


@st.fragment
def parallel_view(result: InferenceResult) -> None:
    """The latent vector of the star shown, before and after the transfer, over the range of the models."""
    bundle = bundles.of_result(result)
    table, words = meanings(bundle.name)
    by = st.segmented_control(
        "Order",
        list(_ORDERS),
        format_func=_ORDERS.get,
        default="number",
        required=True,
        key="latent-order",
        persist_state="session",
        help="By a parameter: the latents that go with it most closely, over all models, come first.",
    )
    order = np.arange(len(words))
    if by != "number":
        order = np.argsort(-np.abs(table[:, list(PARAMETERS).index(by)]), kind="stable")
    place = places([result])[0]
    states = ["after", "before"] if has_transfer(bundle) else ["after"]
    found = profile(np.stack([place[state].latent for state in states]), bundle.latents)
    name = wording.label(result, short=True)
    chart(
        profile_figure(
            found,
            order,
            [f"{name}, {STATES[state].lower()}" for state in states] if len(states) > 1 else [name],
            meanings=words,
            dark=dark(),
        ),
        key="parallel-view",
        alt=f"{len(words)} latents of {wording.label(result)} over the range of the models; the table has the numbers",
    )
    beyond = int(found.outside[0].sum())
    idle = int(found.dead.sum())
    st.caption(
        "Each number that the networks keep of a spectrum, in standard deviations of the models from their mean. "
        + f"{beyond or 'None'} {'lies' if beyond < 2 else 'lie'} outside the range of the models. "
        + (f"{idle} say nothing: they are the same for all models." if idle else "")
    )
    twin = st.expander("Data table", icon=":material/table:", on_change="rerun", key="parallel-table")
    if twin.open:
        columns = {"latent": order + 1}
        for row, when in enumerate(states):
            columns |= {
                f"{when} [σ]": found.values[row, order],
                f"{when}, % of models below": found.percentile[row, order],
            }
        columns |= {
            f"r with {label if n != 'vsini' else 'ln v sin i'}": table[order, i]
            for i, (n, (label, _, _)) in enumerate(PARAMETERS.items())
        }
        digits = {name: 0 if name.endswith("below") else 2 for name in columns if name != "latent"}
        twin.dataframe(
            tables.number_table(columns, digits),
            hide_index=True,
            alt="The latents of the star and what each goes with",
        )
