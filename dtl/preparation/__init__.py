"""Preparation: from a spectrum as read to one as the networks want it. In: a `Spectrum` and a `PreparationTarget`.

Out: a `PreparedSpectrum` with each step kept for display.
May use: the words of the ground floor.
"""
