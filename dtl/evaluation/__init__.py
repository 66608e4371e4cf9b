"""Evaluation: everything that measures a bundle, and `make`, which trains, adapts, calibrates and measures one.

In: a bundle, surveys and real stars. Out: figures for the card, calibrations, comparisons, times.
May use: transfer and all below it.
"""
