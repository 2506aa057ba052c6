"""What is found, on paper: mathematics in LaTeX and MathML, figures, and the report."""
