"""Networks, learning rules and their motions as SymPy matrix expressions."""
