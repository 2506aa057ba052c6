"""The same statements on numbers: evaluation, random instances, simulation, cross-checks."""
