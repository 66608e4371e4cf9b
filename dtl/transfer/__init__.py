"""Transfer: adaptation of a bundle to observed spectra, without labels. In: a bundle and spectra.

Out: a bundle with an encoder for observed spectra and the learned gap.
May use: training and all below it.
"""
