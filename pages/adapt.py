"""Adapt page: the networks fine-tuned on spectra of unknown stars, without labels."""

import streamlit as st

from pages.shared.adapt import adaptation, choice, outcome, own_networks, sample_size

st.title("Networks adapted to your spectra", anchor=False)
st.caption(
    "Real stars differ from all models, each spectrograph in its own way. Here the encoder of the networks learns that "
    "difference, the synthetic gap, from spectra whose parameters nobody has to know. It takes some ten minutes."
)
now = adaptation.collect()
plan, place = choice.ask()
with place:
    reason = sample_size.guard(plan)
    if now.job is None:
        st.button(
            "Simulate and adapt" if plan.stars else "Adapt the networks", key="adapt-start",
            icon=":material/play_arrow:", disabled=reason is not None, help=reason, on_click=adaptation.begin,
            args=(plan,),
        )  # fmt: skip
    else:
        adaptation.watch(now.job)
    adaptation.tell()
sample_size.measured(sample_size.stars_of(plan))
if now.adapted is not None:
    outcome.show(now.adapted)
own_networks.listed()
own_networks.loader()
