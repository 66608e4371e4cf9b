"""Networks: modules of torch only. In: numbers of points and of latents.

Out: autoencoders and regressors of either layout, untrained.
May use: torch and the words of the ground floor.
"""
