"""Parts of the page Model: what a card says of accuracy, trust, transfer and provenance.

In: the card of a bundle. Out: widgets.
May use: `dtl` and the core of the pages.
"""
