"""Verdicts on claims: each result of a search is confirmed by evaluating the claim as it was typed."""
