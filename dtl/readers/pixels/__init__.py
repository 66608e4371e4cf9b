"""Pixels in order. In: stretches of wavelengths and fluxes.

Out: one stretch, orders chosen and joined, without bad pixels and padding, and what its wavelengths give away.
May use: `words`.
"""
