"""From a claim to the smallest exact counterexample."""
