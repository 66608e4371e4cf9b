"""What all pages share: the visit, the bundles, figures, tables, links and the server.

In: what a visitor does. Out: widgets and state.
May use: `dtl`; nothing of the folders of single pages.
"""
