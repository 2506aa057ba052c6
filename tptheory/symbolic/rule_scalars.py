"""The scalar symbols that rules share, from the size of a step to the rate of a decay."""

from sympy import Symbol

eta = Symbol("eta", positive=True)
"""The step size."""
alpha = Symbol("alpha", positive=True)
"""The size of a target: ``t_l = x_l - alpha d_l``."""
damping = Symbol("lambda", positive=True)
"""The damping of `DampedTargetProp` and `NaturalGradient`, and the leak of `DynamicInversion`."""
friction = Symbol("mu", positive=True)
"""The friction of a momentum."""
decay = Symbol("c", positive=True)
"""The rate at which weights, or feedback, decay."""
noise = Symbol("sigma", positive=True)
"""The standard deviation of the noise from which feedback learns."""
