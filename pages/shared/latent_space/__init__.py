"""Parts of the page Latent space: maps, neighbours, the synthetic gap, the latent traversal.

In: the visit. Out: widgets.
May use: `dtl` and the core of the pages.
"""
