"""Gradient flows by a differential equation solver, from matrices alone."""

import numpy as np
from scipy.integrate import solve_ivp

FEEDBACK = {"bp": np.transpose, "tp": np.linalg.pinv}


def integrated(rule, weights, x, y, times):
    """Integrate the flow of BP or TP on a batch; return the weights at each time, as ``[W_1, ..., W_L]``."""
    shapes = [W.shape for W in weights]
    ends = np.cumsum([W.size for W in weights])

    def apart(state):
        return [part.reshape(shape) for part, shape in zip(np.split(state, ends[:-1]), shapes, strict=True)]

    def velocity(_, state):
        W = apart(state)
        seen = forward(W, x)
        d = seen[-1] - y
        moves = []
        for l in range(len(W) - 1, -1, -1):
            moves.insert(0, -(d @ seen[l].T).ravel())
            d = FEEDBACK[rule](W[l]) @ d if l else d
        return np.concatenate(moves)

    start = np.concatenate([W.ravel() for W in weights])
    found = solve_ivp(velocity, (0, times[-1]), start, method="DOP853", rtol=1e-12, atol=1e-14, t_eval=times)
    assert found.success
    return [apart(state) for state in found.y.T]


def forward(weights, x):
    """Return ``x_0, ..., x_L``."""
    seen = [x]
    for W in weights:
        seen.append(W @ seen[-1])
    return seen
