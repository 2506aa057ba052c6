"""What can be said about a network: claims, hypotheses, theorems."""
