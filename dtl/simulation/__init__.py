"""Simulation: made-up observations whose truth is known. In: a library or a bundle's decoder, and settings.

Out: exposures, surveys, synthetic gaps, faults and strange stars.
May use: inference and all below it.
"""
