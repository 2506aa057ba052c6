"""Claims on numbers: instances that meet the hypotheses, cross-checks of the conclusion, and orders in ``eta``."""
