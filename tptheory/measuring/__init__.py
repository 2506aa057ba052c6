"""Claims on numbers: instances that meet the hypotheses, cross-checks of what is claimed, and orders in ``eta``."""
