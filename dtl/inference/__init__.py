"""Inference: what a bundle says of spectra. In: files or prepared spectra, and a bundle.

Out: `InferenceResult`, least-squares fits, attributions to wavelengths.
May use: bundles, grids, readers, preparation and the words of the ground floor.
"""
