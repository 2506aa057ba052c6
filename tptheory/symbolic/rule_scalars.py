"""The scalar symbols that rules share: the size of a step, of a target, and of a damping."""

from sympy import Symbol

eta = Symbol("eta", positive=True)
"""The step size."""
alpha = Symbol("alpha", positive=True)
"""The size of a target: ``t_l = x_l - alpha d_l``."""
damping = Symbol("lambda", positive=True)
"""The damping of `DampedTargetProp`."""
