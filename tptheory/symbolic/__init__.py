"""What a network is: SymPy matrix expressions in, SymPy matrix expressions out."""
