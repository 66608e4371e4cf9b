"""Which array is what. In: the arrays of a file with their names, units and sentences.

Out: wavelengths, flux, uncertainties, masks, sky and blaze, of each spectrum of the file; decided here for all formats.
May use: `words`, `facts`, `pixels`.
"""
