"""Parts of the page Spectrum: files in, what was understood, parameters, figures.

In: the visit. Out: widgets.
May use: `dtl` and the core of the pages.
"""
