"""From a claim to a certificate, and the checker by which every certificate is judged."""
