"""Figures: pictures of results, by Plotly. In: results and tables.

Out: figures that know nothing of the page they stand on.
May use: exploration, evaluation and all below them.
"""
