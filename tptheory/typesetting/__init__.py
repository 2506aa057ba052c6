"""One notation for claims and certificates: letters, polynomials, reasons and proofs, as text, LaTeX and HTML."""
