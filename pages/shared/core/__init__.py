"""What all pages share: the visit, its uploads, examples and bundles, figures, tables, links, the server.

In: what a visitor does. Out: widgets and state.
May use: `dtl`; nothing of the folders of single pages.
"""
