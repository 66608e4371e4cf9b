"""Bundles: trained networks with all that belongs to them. In: a name, a folder or a zip file.

Out: a `ModelBundle`; which bundle suits a spectrum; places of spectra among the nodes.
May use: networks, preparation, readers and the words of the ground floor.
"""
