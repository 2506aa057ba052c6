"""Learning rules simulated on numbers: steps, flows, ensembles and closed forms, all of which give trajectories."""
