"""What is found, on paper: mathematics in LaTeX and HTML, figures, and the report."""
