"""Arithmetics (exact, of many digits, floating-point) and the evaluation of any expression in them."""
