"""Parts of the page Adapt: choice of spectra, the work itself, its outcome, bundles of the visit.

In: the visit. Out: widgets and bundles of the visit.
May use: `dtl` and the core of the pages.
"""
