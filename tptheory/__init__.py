"""Derive learning rules of deep linear networks, state a conjecture, get a certificate or a counterexample."""

__version__ = "0.1.0"
