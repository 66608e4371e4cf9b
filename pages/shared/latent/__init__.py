"""The parts of the latent space page."""
