"""Verdicts, each entered twice: what a search found is confirmed on the claim as it was typed."""
