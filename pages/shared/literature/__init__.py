"""Parts of the page Literature: comparison, figures, tables, which star a spectrum is of, the search for a star.

In: the visit. Out: widgets.
May use: `dtl` and the core of the pages.
"""
