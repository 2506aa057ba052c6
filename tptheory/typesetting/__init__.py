"""One notation for all that is shown of a certificate: letters, polynomials, reasons and proofs, as text and LaTeX."""
