"""Parts of the page Literature: figures, tables and the search for a star.

In: the visit. Out: widgets.
May use: `dtl` and the core of the pages.
"""
