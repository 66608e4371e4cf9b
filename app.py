"""Entry point of the app: ``streamlit run app.py``."""

import streamlit as st

from dtl.resources import asset
from pages.shared.core import serving, speed

#: What `st.Page` takes for each page, in the order of the navigation; the first opens.
PAGES = (
    dict(
        page="pages/spectrum.py",
        title="Spectrum",
        icon=":material/show_chart:",
        url_path="start",
        help="Upload spectra or see an example: parameters, reconstruction, how the file was read and prepared.",
    ),
    dict(
        page="pages/latent_space.py",
        title="Latent space",
        icon=":material/scatter_plot:",
        url_path="latent-space",
        help="Where a spectrum lies among the model spectra, and which of them are nearest.",
    ),
    dict(
        page="pages/hr_diagram.py",
        title="HR diagram",
        icon=":material/star:",
        url_path="hr-diagram",
        help="Your stars among 286 M dwarfs of the solar neighbourhood.",
    ),
    dict(
        page="pages/literature.py",
        title="Literature",
        icon=":material/library_books:",
        url_path="literature-values",
        help="The published stars and yours against the literature, and one star in all sources.",
    ),
    dict(
        page="pages/adapt.py",
        title="Adapt",
        icon=":material/tune:",
        url_path="adapt-networks",
        help="Let the networks learn from spectra of your own how your stars differ from models.",
    ),
    dict(
        page="pages/model.py",
        title="Model",
        icon=":material/neurology:",
        url_path="model-card",
        help="Performance of the trained networks: errors, intervals, limits, real stars, how to cite.",
    ),
    dict(
        page="pages/export.py",
        title="Export",
        icon=":material/inventory_2:",
        url_path="keep-results",
        help="Save this session and restore it, take tables, figures and a report with you.",
    ),
)


def list_pages() -> list[st.Page]:
    """All pages, in the order of the navigation."""
    return [st.Page(**entry, default=number == 0) for number, entry in enumerate(PAGES)]


if __name__ == "__main__":  # as Streamlit runs it, for each visit and each change
    serving.wait()
    from pages.shared.core import glossary, opening, tour

    # The icon comes first: with one of its own the browser does not ask a font server for that of the page.
    st.set_page_config(page_icon=str(asset("icon.svg")), layout="wide")
    st.html(asset("app.css"))
    page = st.navigation(list_pages(), position="top")
    st.set_page_config(page_title=f"{page.title} · M dwarf parameters")
    opening.start()
    tour.offer()
    try:
        page.run()
        glossary.show(page.url_path or PAGES[0]["url_path"])
    finally:
        speed.opened(page.url_path)
else:  # as the server imports it, once
    app = st.App(__file__, lifespan=serving.lifespan, middleware=[*serving.middleware(), *speed.middleware()])
