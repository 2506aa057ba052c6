"""From a claim to a certificate, and from a certificate to a yes or a no."""
