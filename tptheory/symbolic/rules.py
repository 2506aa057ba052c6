"""The learning rules. A rule is a choice of feedback operator; all else follows from it once, in `Rule`.

d_L = dLoss/dx_L            the error at the output
d_{l-1} = M_l d_l           the rule's feedback (a direct rule: d_{l-1} = M_l d_L)
t_l = x_l - alpha d_l       the target that it proposes
G_l = d_l x_{l-1}'          what the flow descends: dW_l/dt = -G_l
dW_l = -eta G_l             the update, and db_l = -eta d_l 1

>>> list(RULES)[:3], eta, alpha, damping
(['bp', 'tp', 'damped-tp'], eta, alpha, lambda)
"""

from __future__ import annotations

from typing import Any, ClassVar

from sympy import Identity, Inverse, MatrixExpr, MatrixSymbol, Symbol

from tptheory.errors import InvalidTypeError, InvalidValueError, complain, unknown_name
from tptheory.symbolic.dynamics import Flow, Step, every_layer
from tptheory.symbolic.expressions import Pinv, matadd, matmul, transpose
from tptheory.symbolic.layers import Recursion
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.one_formula import OF_A_LAYER, is_compared, one_formula
from tptheory.symbolic.remembering import remembered
from tptheory.typesetting.expressions import latex_of
from tptheory.typesetting.spelling import within_sentence

eta = Symbol("eta", positive=True)
"""The step size."""
alpha = Symbol("alpha", positive=True)
"""The size of a target: ``t_l = x_l - alpha d_l``."""
damping = Symbol("lambda", positive=True)
"""The damping of `DampedTargetProp`."""


class Rule:
    """A learning rule: subclass it, give `feedback`, and everything else is there.

    In a network of any depth a method that branches on the layer (``if l == 2``) is refused with the reason.

    >>> class Mixed(Rule):
    ...     '''Half the transpose, half the pseudo-inverse.'''
    ...     name, title = "mixed", "Mixed"
    ...     def feedback(self, net, l):
    ...         W = net.weight(l)
    ...         return (W.T + Pinv(W)) / 2
    >>> str(Mixed().update(DeepLinearNetwork(depth=2), 1))
    '-eta*((1/2)*Pinv(W_2) + (1/2)*W_2.T)*(W_2*W_1*x - y)*x.T'
    """

    name: ClassVar[str]
    """What the command line calls the rule; the name of the class unless given."""
    title: ClassVar[str]
    """What people call the rule; the name of the class unless given."""
    direct: ClassVar[bool] = False
    """Whether ``M_l`` takes the output error ``d_L`` straight to layer ``l - 1``."""

    def __init_subclass__(cls, **options: Any) -> None:
        """Name a rule after its class where it has no name of its own."""
        super().__init_subclass__(**options)
        for attribute, value in (("name", cls.__name__.lower()), ("title", cls.__name__)):
            if attribute not in vars(cls):
                setattr(cls, attribute, value)
        for method in sorted(OF_A_LAYER):  # those of a class beside this one in its bases are compared as well
            found = getattr(cls, method)
            if found is not getattr(Rule, method) and not is_compared(found):
                setattr(cls, method, one_formula(found, method))

    def __setattr__(self, name: str, value: Any) -> None:
        """Set a parameter, but refuse a method of a layer: only methods of a class are compared at several layers."""
        if name in OF_A_LAYER:
            raise InvalidValueError(complain(name, "defined in a class", value, "Write a subclass of Rule."))
        super().__setattr__(name, value)

    def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``M_l``, which takes ``d_l`` (a direct rule: ``d_L``) to ``d_{l-1}``; for ``l = 2..L``."""
        raise NotImplementedError(f"{type(self).__name__} must define feedback(net, l)")

    def presynaptic(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the right factor ``N_l`` of the update ``dW_l = -eta d_l N_l``: ``x_{l-1}'`` unless rescaled."""
        return transpose(net.activation(l - 1))

    def state_changes(self, net: DeepLinearNetwork) -> dict[MatrixSymbol, MatrixExpr]:
        """Return the change in one step of each state that the rule keeps beside the parameters."""
        return {}

    def error_signal(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``d_l`` of shape ``(n_l, B)``, for ``l = 0..L``: ``M_{l+1} ... M_L d_L``."""
        return matmul(self.backward(net, l), net.error)

    def backward(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the operator ``M_{l+1} ... M_L`` of shape ``(n_l, n_L)`` that takes ``d_L`` to ``d_l``."""
        net.check_layer(l, lowest=0)
        if net.any_depth:
            return _feedback_products(self, net)(l)
        if self.direct and l < net.depth:
            return self.feedback(net, l + 1)
        return matmul(Identity(net.widths[l]), *(self.feedback(net, k) for k in range(l + 1, net.depth + 1)))

    def target(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the target ``t_l = x_l - alpha d_l`` of layer ``l``, for ``l = 0..L``."""
        return matadd(net.activation(l), matmul(-alpha, self.error_signal(net, l)))

    def descent(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``G_l = d_l x_{l-1}'`` of shape ``(n_l, n_{l-1})``; the gradient of the loss under BP."""
        net.check_layer(l)
        return matmul(self.error_signal(net, l), self.presynaptic(net, l))

    def bias_descent(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``g_l = d_l 1`` of shape ``(n_l, 1)``: the sum of ``d_l`` over the batch."""
        return matmul(self.error_signal(net, l), transpose(net.ones))

    def update(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``dW_l = -eta G_l``, for ``l = 1..L``."""
        return matmul(-eta, self.descent(net, l))

    def bias_update(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``db_l = -eta g_l``, for ``l = 1..L``."""
        return matmul(-eta, self.bias_descent(net, l))

    def flow(self, net: DeepLinearNetwork) -> Flow:
        """Return the flow ``dW_l/dt = -G_l``, ``db_l/dt = -g_l``; matrices that the rule holds fixed stand still.

        Raises:
            InvalidValueError: if the rule keeps a state that is defined step by step only.
        """
        if self.state_changes(net):
            raise InvalidValueError(
                complain("rule", "a rule whose state has a continuous time", self, "Use rule.step(net).")
            )
        weight, bias = (lambda l: matmul(-1, self.descent(net, l))), (lambda l: matmul(-1, self.bias_descent(net, l)))
        return Flow(self, net, every_layer(net, weight, bias))

    def step(self, net: DeepLinearNetwork) -> Step:
        """Return one step: ``dW_l = -eta G_l``, ``db_l = -eta g_l``, and the change of the rule's own state."""
        changes = every_layer(net, lambda l: self.update(net, l), lambda l: self.bias_update(net, l))
        states = self.state_changes(net)
        return Step(self, net, {**changes, **states} if states else changes)

    def __eq__(self, other: object) -> bool:
        """Compare by class and attributes."""
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        """Hash what `__eq__` compares."""
        return hash((type(self), tuple(sorted(vars(self).items()))))

    def __repr__(self) -> str:
        """Show the call that builds this rule."""
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in vars(self).items())})"

    def _repr_latex_(self) -> str | None:
        """Show the rule at a layer ``l`` of a network of any depth; nothing if it does not speak of such a layer."""
        L, l = Symbol("L", integer=True), Symbol("l", integer=True)
        net = DeepLinearNetwork(depth=L)
        above = L if self.direct else l
        try:
            sent = latex_of(matmul(self.feedback(net, l), MatrixSymbol(f"d_{above}", net.widths[above], 1)))
            seen = latex_of(self.presynaptic(net, l))
        except Exception:  # a rule for numbered layers alone is shown by its `__repr__`, and no repr may fail
            return None
        return rf"$\displaystyle d_{{l-1}} = {sent},\quad \Delta W_{{l}} = -\eta\, d_{{l}}\, {seen}$"


@remembered
def _feedback_products(rule: Rule, net: DeepLinearNetwork) -> Recursion:
    """Return the operators ``M_{l+1} ... M_L`` of a network of any depth, for ``l = 0..L``."""
    n, L = net.widths, net.depth

    def step(k: Any, M: MatrixExpr) -> MatrixExpr:
        return rule.feedback(net, k + 1) if rule.direct else matmul(rule.feedback(net, k + 1), M)

    reason = f"the feedback of {within_sentence(rule.title)}"
    shape = lambda k: (n[k], n[L])  # noqa: E731
    return Recursion.defined(f"M_{rule.name}", 0, L, Identity(n[L]), step, shape, downward=True, reason=reason)


class Backprop(Rule):
    """Backpropagation: $M_l = W_l'$, so that $G_l$ is the gradient (Rumelhart, Hinton and Williams, 1986).

    >>> from tptheory import DeepLinearNetwork
    >>> Backprop().feedback(DeepLinearNetwork(depth=2), 2)
    W_2.T
    """

    name, title = "bp", "Backpropagation"

    def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``W_l'``."""
        return transpose(net.weight(l))


class TargetProp(Rule):
    """Difference target propagation with exact pseudo-inverses: $M_l = W_l^+$ (Lee et al., 2015; Bengio, 2020).

    >>> from tptheory import DeepLinearNetwork
    >>> TargetProp().feedback(DeepLinearNetwork(depth=2), 2)
    Pinv(W_2)
    """

    name, title = "tp", "Target propagation"

    def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``W_l+``."""
        return Pinv(net.weight(l))


class DampedTargetProp(Rule):
    r"""Target propagation with a damped inverse: $M_l = W_l' (W_l W_l' + \lambda I)^{-1}$ (Meulemans et al., 2020).

    >>> from tptheory import DeepLinearNetwork
    >>> DampedTargetProp().feedback(DeepLinearNetwork(depth=2), 2)
    W_2.T*(lambda*I + W_2*W_2.T)**(-1)
    """

    name, title = "damped-tp", "Damped target propagation"

    def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``W_l' (W_l W_l' + lambda I)^-1``: TP as lambda tends to 0, BP over lambda as it grows."""
        W = net.weight(l)
        gram = matadd(matmul(W, transpose(W)), matmul(damping, Identity(W.rows)))
        return matmul(transpose(W), Inverse(gram))


class FeedbackAlignment(Rule):
    """Feedback alignment: $M_l = B_l$, a fixed matrix of shape $(n_{l-1}, n_l)$ (Lillicrap et al., 2016).

    >>> from tptheory import DeepLinearNetwork
    >>> FeedbackAlignment().feedback(DeepLinearNetwork(depth=2), 2)
    B_2
    """

    name, title = "fa", "Feedback alignment"

    def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the symbol ``B_l``."""
        net.check_layer(l)
        return net.layer_matrix("B", l, lambda k: (net.widths[k - 1], net.widths[k]))


class LearnedInverse(Rule):
    """Difference target propagation with a learned inverse $V_l$ of shape $(n_{l-1}, n_l)$ (Lee et al., 2015).

    ``V_l`` stands still along `flow` and in `step`: how it is trained is the trainer's business.

    >>> from tptheory import DeepLinearNetwork
    >>> LearnedInverse().feedback(DeepLinearNetwork(depth=2), 2).shape
    (n_1, n_2)
    """

    name, title = "dtp", "Learned-inverse target propagation"

    def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the symbol ``V_l``."""
        net.check_layer(l)
        return net.layer_matrix("V", l, lambda k: (net.widths[k - 1], net.widths[k]))


class DirectFeedbackAlignment(Rule):
    """Direct feedback alignment: $d_l = B_l d_L$ with fixed $B_l$ of shape $(n_l, n_L)$ (Nøkland, 2016).

    >>> from tptheory import DeepLinearNetwork
    >>> DirectFeedbackAlignment().error_signal(DeepLinearNetwork(depth=3), 1).shape
    (n_1, 1)
    >>> DirectFeedbackAlignment().feedback(DeepLinearNetwork(depth=3), 2).shape
    (n_1, n_3)
    """

    name, title, direct = "dfa", "Direct feedback alignment", True

    def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the symbol ``B_{l-1}``, which takes ``d_L`` to ``d_{l-1}``."""
        net.check_layer(l)
        return net.layer_matrix("B", l - 1, lambda k: (net.widths[k], net.widths[net.depth]))


class GaussNewton(Rule):
    r"""Gauss-Newton targets: $d_l = (W_L \cdots W_{l+1})^+ d_L$, the least-norm move (Meulemans et al., 2020).

    >>> from tptheory import DeepLinearNetwork
    >>> GaussNewton().error_signal(DeepLinearNetwork(depth=3), 1)
    Pinv(W_3*W_2)*(W_3*W_2*W_1*x - y)
    """

    name, title, direct = "gn", "Gauss-Newton targets", True

    def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``(W_L ... W_l)+``."""
        net.check_layer(l)
        return Pinv(net.product(net.depth, l))


class Kaczmarz(GaussNewton):
    """The Kaczmarz step: the least change of one layer that removes the error (Kaczmarz, 1937; NLMS for one layer).

    ``dW_l = -eta (W_L ... W_{l+1})+ d_L x_{l-1}+``, where ``x+ = x' / |x|^2``; a batch gives the block step.

    >>> from tptheory import DeepLinearNetwork
    >>> Kaczmarz().update(DeepLinearNetwork(depth=1), 1)
    -eta*(W_1*x - y)*Pinv(x)
    """

    name, title = "kaczmarz", "Kaczmarz"

    def presynaptic(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``x_{l-1}+``."""
        return Pinv(net.activation(l - 1))


class Newton(Rule):
    """Newton's step in one layer at a time: gradient times inverse Hessian, block by block.

    For the squared error the Hessian in ``W_l`` is ``(X_{l-1} X_{l-1}') (x) (A'A)``, ``A = W_L ... W_{l+1}``, so that
    ``dW_l = -eta (A'A)^-1 A' E X_{l-1}' (X_{l-1} X_{l-1}')^-1``; both Gram matrices must be invertible.

    >>> from tptheory import DeepLinearNetwork
    >>> Newton().update(DeepLinearNetwork(depth=1, batch=5), 1)
    -eta*(W_1*X - Y)*X.T*(X*X.T)**(-1)
    """

    name, title, direct = "newton", "Newton, layer by layer", True

    def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``(A'A)^-1 A'`` for ``A = W_L ... W_l``."""
        net.check_layer(l)
        A = net.product(net.depth, l)
        return matmul(Inverse(matmul(transpose(A), A)), transpose(A))

    def presynaptic(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``X_{l-1}' (X_{l-1} X_{l-1}')^-1``."""
        X = net.activation(l - 1)
        return matmul(transpose(X), Inverse(matmul(X, transpose(X))))


class RecursiveLeastSquares(Backprop):
    """Recursive least squares, or FORCE (Haykin, 2002; Sussillo and Abbott, 2009), on errors that BP carries down.

    Each layer keeps ``P_l``, symmetric, the running inverse correlation of its input, of shape ``(n_{l-1}, n_{l-1})``.
    With the gain ``K_l = (I + X'P_l X)^-1 X'P_l``: ``dW_l = -eta d_l K_l`` and ``dP_l = -P_l X K_l``, ``X = X_{l-1}``.

    >>> from tptheory import DeepLinearNetwork
    >>> RecursiveLeastSquares().state_changes(DeepLinearNetwork(depth=1))
    {P_1: -P_1*x*(I + x.T*P_1*x)**(-1)*x.T*P_1}
    """

    name, title = "rls", "Recursive least squares"

    def state(self, net: DeepLinearNetwork, l: int) -> MatrixSymbol:
        """Return the symbol ``P_l`` of shape ``(n_{l-1}, n_{l-1})``."""
        net.check_layer(l)
        return net.layer_matrix("P", l, lambda k: (net.widths[k - 1], net.widths[k - 1]))

    def presynaptic(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the gain ``K_l`` of shape ``(B, n_{l-1})``."""
        X, P = net.activation(l - 1), self.state(net, l)
        innovation = matadd(Identity(X.cols), matmul(transpose(X), P, X))
        return matmul(Inverse(innovation), transpose(X), P)

    def state_changes(self, net: DeepLinearNetwork) -> dict[MatrixSymbol, MatrixExpr]:
        """Return ``dP_l = -P_l X_{l-1} K_l`` for every layer."""
        return {
            self.state(net, l): matmul(-1, self.state(net, l), net.activation(l - 1), self.presynaptic(net, l))
            for l in net.layers
        }


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
