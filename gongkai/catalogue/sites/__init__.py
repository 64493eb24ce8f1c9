"""The life of sites and of their columns: states, what they mean for the public, archive marks."""
