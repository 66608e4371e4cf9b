"""Exploration: looking around in a trained bundle. In: a bundle and spectra.

Out: positions among the models, latent traversals and profiles, choices among the nodes.
May use: transfer and all below it.
"""
