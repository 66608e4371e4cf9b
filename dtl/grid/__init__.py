"""Grids: libraries of synthetic spectra, their nodes and their download. In: a folder of a library and settings.

Out: a `Grid` of normalised spectra with their parameters.
May use: preparation and the words of the ground floor.
"""
