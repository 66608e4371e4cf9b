"""Stellar parameters of M dwarfs by autoencoders and deep transfer learning.

The method is that of Mas-Buitrago et al. (2024, A&A 687, A205).
"""

__version__ = "0.1.0"
