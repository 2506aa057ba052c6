"""A learning rule is a choice of feedback operator; all else follows from it once, here.

d_L = dLoss/dx_L            the error at the output
d_{l-1} = M_l d_l           the rule's feedback (a direct rule: d_{l-1} = M_l d_L)
t_l = x_l - alpha d_l       the target that it proposes
G_l = d_l x_{l-1}'          what the flow descends: dW_l/dt = -G_l
dW_l = -eta G_l             the update, and db_l = -eta d_l 1
"""

from __future__ import annotations

from typing import Any, ClassVar

from sympy import Identity, MatAdd, MatrixExpr, MatrixSymbol, Symbol

from tptheory.errors import InvalidValueError, MissingMethodError, complain
from tptheory.symbolic.dynamics import Flow, Step, every_layer
from tptheory.symbolic.expressions import matadd, matmul, transpose
from tptheory.symbolic.layers import Recursion
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.one_formula import OF_A_LAYER, is_compared, one_formula
from tptheory.symbolic.own_code import OF_A_NETWORK, naming_failures
from tptheory.symbolic.remembering import remembered
from tptheory.symbolic.rule_scalars import alpha, eta
from tptheory.typesetting.expressions import latex_of
from tptheory.typesetting.spelling import within_sentence


class Rule:
    """A learning rule: subclass it, give `feedback`, and everything else is there.

    A parameter of a rule is a symbol in its formulas, and gets its value where numbers are needed, by
    ``constants={"s": 0.3}``. In a network of any depth a method that branches on the layer (``if l == 2``) is refused
    with the reason.

    >>> from tptheory import Pinv
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
                setattr(cls, method, naming_failures(one_formula(found, method), method))
        for method in OF_A_NETWORK:
            if getattr(cls, method) is not getattr(Rule, method):
                setattr(cls, method, naming_failures(getattr(cls, method), method))

    def __setattr__(self, name: str, value: Any) -> None:
        """Set a parameter, but refuse a method of a layer: only methods of a class are compared at several layers."""
        if name in OF_A_LAYER:
            raise InvalidValueError(complain(name, "defined in a class", value, "Write a subclass of Rule."))
        super().__setattr__(name, value)

    def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``M_l``, which takes ``d_l`` (a direct rule: ``d_L``) to ``d_{l-1}``; for ``l = 2..L``."""
        raise MissingMethodError(complain("rule", "one that defines feedback(net, l)", self, "Define it in its class."))

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
        own = type(self).backward is not Rule.backward  # then d_L is not dLoss/dx_L
        try:
            error = MatrixSymbol("d_L", net.widths[L], 1) if self.direct else MatrixSymbol("d_l", net.widths[l], 1)
            sent = latex_of(matmul(self.feedback(net, l), net.error if self.direct and own else error))
            top = rf"d_{{L}} = {latex_of(matmul(self.backward(net, L), net.error))},\quad " if own else ""
            seen = self.presynaptic(net, l)
            factor = rf"\left({latex_of(seen)}\right)" if isinstance(seen, MatAdd) else latex_of(seen)
        except Exception:  # a rule for numbered layers alone is shown by its `__repr__`, and no repr may fail
            return None
        return rf"$\displaystyle {top}d_{{l-1}} = {sent},\quad \Delta W_{{l}} = -\eta\, d_{{l}}\, {factor}$"


@remembered
def _feedback_products(rule: Rule, net: DeepLinearNetwork) -> Recursion:
    """Return the operators ``M_{l+1} ... M_L`` of a network of any depth, for ``l = 0..L``."""
    n, L = net.widths, net.depth

    def step(k: Any, M: MatrixExpr) -> MatrixExpr:
        return rule.feedback(net, k + 1) if rule.direct else matmul(rule.feedback(net, k + 1), M)

    reason = f"the feedback of {within_sentence(rule.title)}"
    shape = lambda k: (n[k], n[L])  # noqa: E731
    return Recursion.defined(f"M_{rule.name}", 0, L, Identity(n[L]), step, shape, downward=True, reason=reason)
