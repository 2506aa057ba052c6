"""Trajectories by formula and quadrature, without an integrator of differential equations."""
