"""Parts of the page HR diagram: luminosities, tables of the diagrams, populations.

In: the visit. Out: widgets.
May use: `dtl` and the core of the pages.
"""
