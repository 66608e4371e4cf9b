"""Parts of the page HR diagram: diagrams, the chosen star, luminosities, tables, populations.

In: the visit. Out: widgets.
May use: `dtl` and the core of the pages.
"""
