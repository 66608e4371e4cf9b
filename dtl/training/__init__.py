"""Training: the networks of a bundle. In: a grid and settings.

Out: autoencoder, regressors and maps; searches for settings; the engine that runs jobs in parallel.
May use: simulation and all below it.
"""
