"""Arithmetic, exact, of many digits and floating, and the evaluation of any expression in it."""
