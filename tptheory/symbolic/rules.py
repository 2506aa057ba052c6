"""The learning rules by name. A rule is a choice of feedback operator; all else follows from it once, in `Rule`.

Rules that modify another rule, by a momentum or a decay of the weights, take it by its name too. They stand here, where
the names are.

d_L = dLoss/dx_L            the error at the output
d_{l-1} = M_l d_l           the rule's feedback (a direct rule: d_{l-1} = M_l d_L)
t_l = x_l - alpha d_l       the target that it proposes
G_l = d_l x_{l-1}'          what the flow descends: dW_l/dt = -G_l
dW_l = -eta G_l             the update, and db_l = -eta d_l 1

>>> from tptheory import alpha, damping, eta
>>> list(RULES)[:3], eta, alpha, damping
(['bp', 'tp', 'damped-tp'], eta, alpha, lambda)
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, ClassVar

from sympy import MatrixExpr, MatrixSymbol

from tptheory.errors import InvalidTypeError, InvalidValueError, complain, unknown_name
from tptheory.symbolic.curvature_rules import Kaczmarz, NaturalGradient, Newton, RecursiveLeastSquares
from tptheory.symbolic.equilibrium_rules import DynamicInversion, EquilibriumPropagation, PredictiveCoding
from tptheory.symbolic.expressions import matadd, matmul
from tptheory.symbolic.feedback_rules import (
    Backprop,
    DampedTargetProp,
    DirectFeedbackAlignment,
    FeedbackAlignment,
    GaussNewton,
    TargetProp,
)
from tptheory.symbolic.learned_feedback import KolenPollack, LearnedInverse, WeightMirror
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rule import Rule
from tptheory.symbolic.rule_of_another import RuleOfAnother
from tptheory.symbolic.rule_scalars import coefficient, decay, eta, friction
from tptheory.symbolic.states import State


class ModifiedRule(RuleOfAnother):
    """A rule that is another rule in everything but what a subclass modifies.

    Args:
        rule: the other rule, or its name; BP unless given.

    Raises:
        InvalidTypeError: if it is no rule, and no name.
        UnknownNameError: if there is no rule of that name.
        InvalidValueError: if it overrides ``flow`` or ``step``, which cannot be rebuilt from its updates.
    """

    def __init__(self, rule: Rule | str | None = None) -> None:
        rule = Backprop() if rule is None else as_rule(rule)
        for method in ("flow", "step"):
            if getattr(type(rule), method) is not getattr(Rule, method):
                expected = f"one that defines its update, not its {method} as a whole"
                raise InvalidValueError(complain("rule", expected, rule, "Define update(net, l) and velocity(net, l)."))
        super().__init__(rule)


class Momentum(ModifiedRule):
    r"""A rule with heavy-ball momentum: $\dot W_l = V_l$, $\dot V_l = -\mu V_l - G_l$ (Polyak, 1964).

    The momentum ``V_l`` has the shape of ``W_l`` and starts from 0; ``v_l`` is that of the bias. What drives it is the
    rule's own velocity, ``-G_l`` for BP. A step is semi-implicit: ``V_l`` moves first, and ``W_l`` with the new one,

    ``V_l <- V_l + eta (-mu V_l - G_l)``, ``W_l <- W_l + eta V_l``,

    which in the steps ``p_l = eta V_l`` is the classical heavy ball, with momentum ``1 - eta mu`` and rate ``eta^2``:
    ``p_l <- (1 - eta mu) p_l - eta^2 G_l``, ``W_l <- W_l + p_l``. States of the rule itself move as without momentum.

    Args:
        rule: the rule whose updates drive the momentum, or its name; BP unless given.
        mu: the friction.
        letter: the name of the momentum, a capital; in lower case that of the biases.

    >>> from tptheory import DeepLinearNetwork
    >>> net, rule = DeepLinearNetwork(depth=1), Momentum()
    >>> flow = rule.flow(net)
    >>> W, V = flow
    >>> str(flow[W]), str(flow[V])
    ('V_1', '-mu*V_1 - (W_1*x - y)*x.T')

    Raises:
        InvalidTypeError: if ``rule`` is no rule, ``mu`` no number and no scalar, or ``letter`` no string.
        InvalidValueError: if ``mu`` is negative or not finite, or ``letter`` no capital letter.
    """

    name = "momentum"
    defaults: ClassVar = {friction: 1}
    title = property(lambda self: f"{self.rule.full_title} with momentum")
    phrase = property(lambda self: f"{self.rule.full_phrase} with momentum")

    def __init__(self, rule: Rule | str | None = None, mu: Any = friction, letter: str = "V") -> None:
        super().__init__(rule)
        self.mu, self.letter = coefficient("mu", mu), letter
        if not isinstance(letter, str):
            raise InvalidTypeError(complain("letter", "a capital letter such as 'V'", letter))
        if not (letter.isalpha() and letter.isupper()):
            raise InvalidValueError(complain("letter", "a capital letter such as 'V'", letter))

    def momentum(self, net: DeepLinearNetwork, l: int) -> MatrixSymbol:
        """Return the symbol ``V_l`` of shape ``(n_l, n_{l-1})``."""
        net.check_layer(l)
        return net.layer_matrix(self.letter, l, lambda k: (net.widths[k], net.widths[k - 1]))

    def bias_momentum(self, net: DeepLinearNetwork, l: int) -> MatrixSymbol:
        """Return the symbol ``v_l`` of shape ``(n_l, 1)``."""
        net.check_layer(l)
        return net.layer_matrix(self.letter.lower(), l, lambda k: (net.widths[k], 1))

    def states(self, net: DeepLinearNetwork, l: int) -> tuple[State, ...]:
        """Return the states of the rule, the momentum of the weight, and that of the bias if there is one."""
        driving = self.rule.velocity(net, l), self.rule.update(net, l)
        kept = (*self.rule.states(net, l), self._state(self.momentum(net, l), *driving))
        if not net.biases:
            return kept
        driving = self.rule.bias_velocity(net, l), self.rule.bias_update(net, l)
        return (*kept, self._state(self.bias_momentum(net, l), *driving))

    def _state(self, V: MatrixSymbol, velocity: MatrixExpr, update: MatrixExpr) -> State:
        """Return the momentum that the rule's velocity drives in the flow, and its update in a step."""
        slowed = matmul(-self.mu, V)
        return State(V, matadd(slowed, velocity), matadd(matmul(eta, slowed), update))

    def velocity(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``V_l``."""
        return self.momentum(net, l)

    def bias_velocity(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``v_l``."""
        return self.bias_momentum(net, l)

    def update(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``dW_l``, by the momentum after the step."""
        return self._moved(self.momentum(net, l), self.rule.update(net, l))

    def bias_update(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``db_l``, by the momentum after the step."""
        return self._moved(self.bias_momentum(net, l), self.rule.bias_update(net, l))

    def _moved(self, V: MatrixSymbol, update: MatrixExpr) -> MatrixExpr:
        """Return ``eta`` times the momentum after a step: ``eta ((1 - eta mu) V + update)``."""
        return matadd(matmul(eta * (1 - eta * self.mu), V), matmul(eta, update))


class Nesterov(Momentum):
    r"""A rule with Nesterov's accelerated gradient at constant momentum (Nesterov, 1983; Sutskever et al., 2013).

    With momentum ``m = 1 - eta mu`` and rate ``eta^2`` Sutskever et al. take the gradient where the momentum leads:
    ``p <- m p - eta^2 G(theta + m p)``, ``theta <- theta + p``. As Bengio et al. (2013) do, the weights are here the
    place at which the gradient is taken, ``W = theta + m p``, and ``p = eta V``, which makes the step

    ``V_l <- m V_l - eta G_l``, ``W_l <- W_l + eta m V_l - eta^2 G_l`` with the new ``V_l``,

    the same trajectory without a gradient elsewhere. As ``eta`` tends to 0 at constant ``mu`` this step and that of
    `Momentum` agree to first order: the flow is the same, ``dW_l/dt = V_l``, ``dV_l/dt = -mu V_l - G_l``, and a
    statement about it does not tell the two apart. Arguments and states are those of `Momentum`.

    >>> from tptheory import DeepLinearNetwork, Momentum
    >>> net = DeepLinearNetwork(depth=2)
    >>> dict(Nesterov().flow(net)) == dict(Momentum().flow(net)), Nesterov().step(net) == Momentum().step(net)
    (True, False)
    """

    name = "nesterov"
    title = property(lambda self: f"{self.rule.full_title} with Nesterov's momentum")
    phrase = property(lambda self: f"{self.rule.full_phrase} with Nesterov's momentum")

    def _moved(self, V: MatrixSymbol, update: MatrixExpr) -> MatrixExpr:
        """Return ``eta (m (m V + update) + update)`` with ``m = 1 - eta mu``."""
        m = 1 - eta * self.mu
        return matadd(matmul(eta * m**2, V), matmul(eta * (1 + m), update))


class WeightDecay(ModifiedRule):
    r"""A rule whose weights decay beside its updates: $\dot W_l = -G_l - c W_l$; biases do not (Krogh and Hertz, 1992).

    For BP this descends `DeepLinearNetwork.penalised_loss`, the loss plus ``c/2`` times the sum of all ``|W_l|^2``. The
    decay acts on the weights themselves, which makes a difference beside a momentum: ``Momentum(WeightDecay(rule, c))``
    feeds the gradient of the penalty into the momentum (coupled decay), ``WeightDecay(Momentum(rule), c)`` shrinks the
    weights past it, ``dW_l = p_l - eta c W_l`` (decoupled decay; Loshchilov and Hutter, 2019, algorithm 1).

    Args:
        rule: the rule, or its name; BP unless given.
        decay: the rate ``c``; 0 for none.

    >>> from tptheory import DeepLinearNetwork, Momentum
    >>> net = DeepLinearNetwork(depth=1)
    >>> W = net.weight(1)
    >>> str(WeightDecay().flow(net)[W]), str(WeightDecay(Momentum()).flow(net)[W])
    ('-c*W_1 - (W_1*x - y)*x.T', '-c*W_1 + V_1')

    Raises:
        InvalidTypeError: if ``rule`` is no rule, or the decay no number and no scalar.
        InvalidValueError: if the decay is negative or not finite.
    """

    name = "weight-decay"
    defaults: ClassVar = {decay: Fraction(1, 100)}
    title = property(lambda self: f"{self.rule.full_title} with weight decay")
    phrase = property(lambda self: f"{self.rule.full_phrase} with weight decay")

    def __init__(self, rule: Rule | str | None = None, decay: Any = decay) -> None:
        super().__init__(rule)
        self.decay = coefficient("decay", decay)

    def descent(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``G_l + c W_l``."""
        return matadd(self.rule.descent(net, l), matmul(self.decay, net.weight(l)))

    def velocity(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the rule's velocity less ``c W_l``."""
        return matadd(self.rule.velocity(net, l), matmul(-self.decay, net.weight(l)))

    def update(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the rule's update less ``eta c W_l``."""
        return matadd(self.rule.update(net, l), matmul(-eta * self.decay, net.weight(l)))


RULES: dict[str, type[Rule]] = {
    rule.name: rule
    for rule in (
        Backprop,
        TargetProp,
        DampedTargetProp,
        FeedbackAlignment,
        DirectFeedbackAlignment,
        LearnedInverse,
        GaussNewton,
        Kaczmarz,
        Newton,
        RecursiveLeastSquares,
        Momentum,
        Nesterov,
        WeightDecay,
        KolenPollack,
        WeightMirror,
        NaturalGradient,
        PredictiveCoding,
        EquilibriumPropagation,
        DynamicInversion,
    )
}
"""Every rule by the name that the command line gives it."""


def rule_named(name: str) -> Rule:
    """Return the rule of that name.

    >>> rule_named("tp")
    TargetProp()

    Raises:
        InvalidTypeError: if ``name`` is not a string.
        UnknownNameError: if there is no such rule; the message suggests the nearest.
    """
    if not isinstance(name, str):
        raise InvalidTypeError(complain("rule", "a string such as 'tp'", name))
    if name not in RULES:
        raise unknown_name("rule", name, RULES)
    return RULES[name]()


def as_rule(rule: Any) -> Rule:
    """Return a rule, which may be given by its name.

    >>> as_rule("tp")
    TargetProp()

    Raises:
        InvalidTypeError: if it is neither a name nor an instance of `Rule`.
        UnknownNameError: if there is no rule of that name; the nearest is suggested.
    """
    rule = rule_named(rule) if isinstance(rule, str) else rule
    if isinstance(rule, type) and issubclass(rule, Rule):
        mend = f"Add parentheses: {rule.__name__}()."
    else:
        mend = "Try TargetProp()."
    if not isinstance(rule, Rule):
        raise InvalidTypeError(complain("rule", "a name such as 'tp', or a Rule", rule, mend))
    return rule
