"""Conserved quantities of the learning rules."""
