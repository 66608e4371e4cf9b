"""Figures as they are printed: PDF and SVG at the width of one or two columns of a journal.

In: a figure of Plotly, as the pages show it. Out: the bytes of a file.
May use: nothing of the program but the palette. Matplotlib draws, as it needs no browser and embeds its fonts; what
Plotly offers, Kaleido, starts a Chromium, which a plain server does not have.
"""

from dtl.figures.paper.printing import FORMATS, WIDTHS, print_figure

__all__ = ["FORMATS", "WIDTHS", "print_figure"]
