"""Catalogue: published stars, what the literature says of them, and online services. In: names of stars.

Out: tables of parameters with their sources, luminosities, populations.
May use: the words of the ground floor.
"""
