"""Interface: what ``import dtl`` offers, the whole way from a file to an answer. In: files, names of bundles.

Out: spectra, results and their tables, adapted bundles, figures.
May use: everything but the command line and the pages; `dtl` itself gives these names away when one is asked for.
"""
