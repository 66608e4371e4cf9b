"""Figures as pages of their own, for the browser and without the app."""

from __future__ import annotations

import html
import re

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

__all__ = ["SCRIPT", "figure_page", "plotly_script"]

#: Name of the file that draws the figures of a folder.
SCRIPT = "plotly.min.js"
_BUTTONS = """
const figure = document.getElementById('{plot_id}');
for (const format of ['png', 'svg']) {
  const button = document.createElement('button');
  button.textContent = 'Save as ' + format.toUpperCase();
  button.style = 'margin: 0 0.5em 1em 0; padding: 0.4em 1em; font: inherit';
  button.onclick = () => Plotly.downloadImage(figure, {format: format, filename: %NAME%, scale: 2});
  figure.after(button);
}
"""


def figure_page(figure: go.Figure, title: str, *, name: str = "figure", script: str | bool = True) -> str:
    """A figure as HTML with buttons that save it as PNG and SVG.

    Args:
        figure: to show.
        title: of the page.
        name: of the pictures that are saved.
        script: address of the script that draws it, as `SCRIPT`; True puts the script, 5 MB, into the page.
    """
    safe = re.sub(r"[^\w.-]+", "-", name)
    text = figure.to_html(
        include_plotlyjs=script,
        config={"displaylogo": False, "responsive": True, "toImageButtonOptions": {"filename": safe, "scale": 2}},
        post_script=_BUTTONS.replace("%NAME%", repr(safe)),
        default_height=f"{figure.layout.height or 600}px",
    )
    return text.replace("<head>", f"<head><title>{html.escape(title)}</title>", 1)


def plotly_script() -> str:
    """The script that draws figures, as it comes with Plotly."""
    return get_plotlyjs()
