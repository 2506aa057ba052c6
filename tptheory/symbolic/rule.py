"""What a learning rule is: a feedback operator, from which all else follows once, in `Rule`.

d_L = dLoss/dx_L            the error at the output
d_{l-1} = M_l d_l           the rule's feedback (a direct rule: d_{l-1} = M_l d_L)
t_l = x_l - alpha d_l       the target that it proposes
G_l = d_l x_{l-1}'          what it descends
dW_l/dt = -G_l              the flow, in which states that the rule keeps move too
dW_l = -eta G_l             the update, and db_l = -eta d_l 1
"""

from __future__ import annotations

from abc import ABCMeta
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from inspect import signature
from numbers import Real
from typing import Any, ClassVar

from sympy import Identity, MatrixExpr, MatrixSymbol, Symbol

from tptheory.errors import InvalidTypeError, InvalidValueError, MissingMethodError, TptheoryError, complain
from tptheory.symbolic.dynamics import Flow, Step
from tptheory.symbolic.expressions import matadd, matmul, transpose
from tptheory.symbolic.layers import LayerSymbol, Recursion, Sequence
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.one_formula import (
    OF_A_LAYER,
    exempt_from_comparison,
    is_compared,
    mark_as_compared,
    one_formula,
    one_formula_of_motion,
)
from tptheory.symbolic.own_code import OF_A_NETWORK, naming_failures, of_a_network, with_canonical_lambdas
from tptheory.symbolic.remembering import one_question, remembered
from tptheory.symbolic.rule_scalars import alpha, damping, eta
from tptheory.symbolic.states import State, motion_of, states_at
from tptheory.typesetting.expressions import latex_of
from tptheory.typesetting.notebook import ShownAsMathematics


class RuleClass(ABCMeta):
    """The class of classes of rules: whenever such a class gets a method of a layer or a network, it is wrapped.

    What a wrapped method learns of symbolic layers, depths and sizes is watched, it is compared at numbers, and what it
    raises is told with its name.
    """

    def __setattr__(cls, name: str, value: Any) -> None:
        """Set an attribute, and wrap it if it is such a method; defaults are checked."""
        if name == "defaults":
            _check_defaults(value)
        super().__setattr__(name, value)
        cls._wrap(name)

    def _wrap(cls, name: str) -> None:
        """Wrap a method of the class, or of another one in its bases, unless it is wrapped or no method of a rule."""
        wrap = one_formula if name in OF_A_LAYER else one_formula_of_motion if name in OF_A_NETWORK else None
        if wrap and not is_compared(found := getattr(cls, name)):
            compared = naming_failures(wrap(with_canonical_lambdas(found), name), name)
            super().__setattr__(name, mark_as_compared(of_a_network(compared, name)))


class Rule(ShownAsMathematics, metaclass=RuleClass):
    """A learning rule: subclass it, give `feedback`, and everything else is there.

    A rule that remembers gives `states` too, and `velocity` where weights do not move by ``-G_l``.

    A parameter of a rule is a symbol in its formulas, and gets its value where numbers are needed, by
    ``constants={"s": 0.3}``. A class may say what it is where no value is given: ``defaults = {"s": 0.5}``, by name or
    by symbol, is read by `simulate`, `train` and sweeps. Such a class has no other defaults; without the attribute
    ``lambda`` is 1. Other attributes of the class are ``name``, what the command line calls the rule, ``title``, what
    people call it, and ``direct``, whether ``M_l`` takes the output error straight to layer ``l - 1``.

    Where layers, depths or sizes are symbols, a method that branches on them (``if l == 2``, ``if W.is_square``) is
    refused with the reason.

    >>> from tptheory import DeepLinearNetwork, Pinv
    >>> class Mixed(Rule):
    ...     '''Half the transpose, half the pseudo-inverse.'''
    ...     name, title = "mixed", "Mixed"
    ...     def feedback(self, net, l):
    ...         W = net.weight(l)
    ...         return (W.T + Pinv(W)) / 2
    >>> str(Mixed().update(DeepLinearNetwork(depth=2), 1))
    '-eta*((1/2)*Pinv(W_2) + (1/2)*W_2.T)*(W_2*W_1*x - y)*x.T'
    """

    name: ClassVar[str] = "rule"
    """What the command line calls the rule; the name of the class in lower case unless given."""
    title: ClassVar[str] = "Rule"
    """What people call the rule; the name of the class unless given."""
    phrase: ClassVar[str] = "Rule"
    """The title as it is written within a sentence, with its article if it needs one; the title itself unless given."""
    told_by_title: ClassVar[frozenset[str]] = frozenset()
    """The parameters that the title speaks of, so that it need not be followed by their values."""
    direct: ClassVar[bool] = False
    """Whether ``M_l`` takes the output error ``d_L`` straight to layer ``l - 1``."""

    defaults: ClassVar[Mapping[Symbol | str, int | Fraction | float]] = {damping: 1}
    """By symbol or name, the numbers that simulations and training give to the rule's scalars unless told others."""

    def __init_subclass__(cls, **options: Any) -> None:
        """Name the rule after its class if it has no name of its own, and wrap its methods."""
        super().__init_subclass__(**options)
        own = vars(cls)
        _check_defaults(own.get("defaults", {}))
        for attribute, value in (("name", cls.__name__.lower()), ("title", cls.__name__)):
            if attribute not in own:
                setattr(cls, attribute, value)
        if "phrase" not in own:
            cls.phrase = own["title"]
        for method in (*sorted(OF_A_LAYER), *OF_A_NETWORK):  # those of a class beside this one in its bases, too
            if getattr(cls, method) is not getattr(Rule, method):
                cls._wrap(method)

    def __setattr__(self, name: str, value: Any) -> None:
        """Set a parameter, but refuse a method of a layer or a network: only methods of a class are compared."""
        if name in OF_A_LAYER or name in OF_A_NETWORK:
            raise InvalidValueError(complain(name, "defined in a class", value, "Write a subclass of Rule."))
        super().__setattr__(name, value)

    def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``M_l``, which takes ``d_l`` (a direct rule: ``d_L``) to ``d_{l-1}``; for ``l = 2..L``."""
        raise MissingMethodError(complain("rule", "one that defines feedback(net, l)", self, "Define it in its class."))

    def presynaptic(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the right factor ``N_l`` of the update ``dW_l = -eta d_l N_l``: ``x_{l-1}'`` unless rescaled."""
        return transpose(net.activation(l - 1))

    def states(self, net: DeepLinearNetwork, l: int) -> tuple[State, ...]:
        """Return the states that the rule keeps beside the parameters of layer ``l``, for ``l = 1..L``; none here."""
        return ()

    def error_signal(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``d_l`` of shape ``(n_l, B)``, for ``l = 0..L``: what `backward` makes of ``d_L``."""
        return matmul(self.backward(net, l), net.error)

    @one_question()
    def backward(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the operator of shape ``(n_l, n_L)`` that takes ``d_L`` to ``d_l``.

        It is ``M_{l+1} ... M_L``, or ``M_{l+1}`` alone for a direct rule.
        """
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
        """Return ``G_l = d_l N_l`` of shape ``(n_l, n_{l-1})``, ``N_l`` of `presynaptic`; the gradient under BP."""
        net.check_layer(l)
        return matmul(self.error_signal(net, l), self.presynaptic(net, l))

    def bias_descent(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``g_l = d_l 1`` of shape ``(n_l, 1)``: the sum of ``d_l`` over the batch."""
        return matmul(self.error_signal(net, l), transpose(net.ones))

    def velocity(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``dW_l/dt`` along the flow, for ``l = 1..L``: ``-G_l`` unless the rule differs."""
        return matmul(-1, self.descent(net, l))

    def bias_velocity(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``db_l/dt`` along the flow, for ``l = 1..L``: ``-g_l`` unless the rule differs."""
        return matmul(-1, self.bias_descent(net, l))

    def update(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``dW_l``, what one step adds to ``W_l``, for ``l = 1..L``: ``eta`` times the velocity."""
        return matmul(eta, self.velocity(net, l))

    def bias_update(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``db_l``, what one step adds to ``b_l``, for ``l = 1..L``: ``eta`` times the velocity."""
        return matmul(eta, self.bias_velocity(net, l))

    @one_question()
    def flow(self, net: DeepLinearNetwork) -> Flow:
        """Return the flow: how weights, biases and states move; matrices that the rule holds fixed stand still.

        Raises:
            InvalidTypeError: if the rule's states are no states.
            InvalidValueError: if the rule defines an update, or a state, step by step only, or two states of one name.
        """
        for part in rules_within(self):
            for velocity, update in (("velocity", "update"), ("bias_velocity", "bias_update")):
                if _is_defined_after(type(part), update, velocity):
                    expected = f"one whose {velocity}(net, l) is defined where its {update}(net, l) is"
                    raise InvalidValueError(complain("rule", expected, part, "Define it, or use rule.step(net)."))
        weight, bias = (lambda l: self.velocity(net, l)), (lambda l: self.bias_velocity(net, l))
        return Flow(self, net, motion_of(self, net, weight, bias, self._velocity_of))

    def _velocity_of(self, state: State) -> MatrixExpr:
        """Return the velocity of a state; refuse a state that has none."""
        if state.velocity is None:
            expected = "a rule whose state has a continuous time"
            mend = f"{state.symbol} moves step by step only: use rule.step(net)."
            raise InvalidValueError(complain("rule", expected, self, mend))
        return state.velocity

    @one_question()
    def step(self, net: DeepLinearNetwork) -> Step:
        """Return one step: what it adds to weights, biases and states, all evaluated before the step.

        Raises:
            InvalidTypeError: if the rule's states are no states.
            InvalidValueError: if two states share a name.
        """
        weight, bias = (lambda l: self.update(net, l)), (lambda l: self.bias_update(net, l))
        return Step(self, net, motion_of(self, net, weight, bias, lambda state: state.change))

    def __eq__(self, other: object) -> bool:
        """Compare by class and attributes."""
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        """Hash what `__eq__` compares.

        Raises:
            InvalidTypeError: if an attribute has no hash, such as a list.
        """
        for name, value in vars(self).items():
            try:
                hash(value)
            except TptheoryError:  # a rule within this one has named its attribute
                raise
            except TypeError as error:
                mend = "Use a tuple in the place of a list, and an ImmutableMatrix in that of a Matrix."
                expected = f"an attribute of {type(self).__name__} that has a hash"
                raise InvalidTypeError(complain(name, expected, value, mend)) from error
        return hash((type(self), tuple(sorted(vars(self).items()))))

    @property
    def full_title(self) -> str:
        """The title, and the values of the parameters that the rule was built with: ``Mixed at s = 1/2``."""
        return self.title + self._at_values()

    @property
    def full_phrase(self) -> str:
        """The phrase, and the values of the parameters that the rule was built with."""
        return self.phrase + self._at_values()

    def _at_values(self) -> str:
        """Say which parameters are not what they are unless given; one that is a symbol of its own name says nothing.

        So rules of one class that are not equal have different titles, but for symbols of one name that are declared
        differently. A rule within this one is told by its title.
        """
        usual = {name: repr(p.default) for name, p in signature(type(self)).parameters.items()}
        told = [
            f"{name} = {value.full_title if isinstance(value, Rule) else value}"
            for name, value in vars(self).items()
            if name not in self.told_by_title and repr(value) != usual.get(name) and str(value) != name
        ]
        return f" at {', '.join(told)}" if told else ""

    def __repr__(self) -> str:
        """Show the call that builds this rule."""
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in vars(self).items())})"

    def _repr_latex_(self) -> str | None:
        """Show the rule at a layer ``l`` of a network of any depth; nothing if it does not speak of such a layer."""
        L, l = Symbol("L", integer=True), Symbol("l", integer=True)
        net, two = DeepLinearNetwork(depth=L), DeepLinearNetwork(depth=2)
        try:
            self.update(net, l)  # raises where the rule branches, which its copy with letters does not
            states_at(self, net, l)
            own = self.error_signal(two, 2) != two.error  # then d_L is not dLoss/dx_L
            lettered = with_signals(self, _signal_at_a_layer)
            error = MatrixSymbol("d_L", net.widths[L], 1) if self.direct else MatrixSymbol("d_l", net.widths[l], 1)
            lines = [("d_{L}", self.error_signal(net, L))] if own else []
            lines += [("d_{l-1}", matmul(self.feedback(net, l), net.error if self.direct and own else error))]
            lines += [(r"\Delta W_{l}", lettered.update(net, l))]
            for state in states_at(lettered, net, l):
                lines.append((rf"\Delta {latex_of(state.symbol)}", state.change))
            parts = [f"{name} = {latex_of(value)}" for name, value in lines]
            where = _recursions_of([value for _, value in lines], net, l)
        except Exception:  # a rule for numbered layers alone is shown by its `__repr__`, and no repr may fail
            return None
        defined = r"\quad \text{where } " + r",\quad ".join(where) if where else ""
        return r"$\displaystyle " + r",\quad ".join(parts) + defined + "$"


for _name in (*sorted(OF_A_LAYER), *OF_A_NETWORK):  # those of a subclass are wrapped when it is made
    type.__setattr__(Rule, _name, of_a_network(getattr(Rule, _name), _name))


@remembered
def _feedback_products(rule: Rule, net: DeepLinearNetwork) -> Recursion:
    """Return the operators that take ``d_L`` to ``d_l`` in a network of any depth, for ``l = 0..L``; see `backward`."""
    n, L = net.widths, net.depth

    def step(k: Any, M: MatrixExpr) -> MatrixExpr:
        return rule.feedback(net, k + 1) if rule.direct else matmul(rule.feedback(net, k + 1), M)

    reason = f"the feedback of {rule.phrase}"
    shape = lambda k: (n[k], n[L])  # noqa: E731
    return Recursion.defined(f"M_{rule.name}", 0, L, Identity(n[L]), step, shape, downward=True, reason=reason)


def _recursions_of(expressions: list[MatrixExpr], net: DeepLinearNetwork, l: Symbol) -> list[str]:
    """Return in LaTeX how the recursions are defined that expressions speak of, but for those of the network itself."""
    known = {net.product_from_the_first, net.product_to_the_last, net.activation(l).sequence}
    named = {member.sequence for value in expressions for member in value.atoms(LayerSymbol)} - known
    lines = []
    for recursion in sorted((s for s in named if isinstance(s, Recursion)), key=lambda s: s.name):
        for definition in recursion.laws():
            member, value = (latex_of(side.xreplace({definition.index: l})) for side in definition[:2])
            lines.append(f"{member} = {value}")
    return lines


def _is_defined_after(rule: type[Rule], method: str, other: str) -> bool:
    """Whether a method is overridden in a subclass of the class that defines another one."""
    defines = [next(i for i, cls in enumerate(rule.__mro__) if name in vars(cls)) for name in (method, other)]
    return defines[0] < defines[1]


def default_values(rule: Rule) -> dict[str, int | Fraction | float]:
    """Return by name the default numbers of a rule's scalars, with those of the rules that it is made of."""
    return {str(symbol): number for part in rules_within(rule) for symbol, number in part.defaults.items()}


def _check_defaults(given: Any) -> None:
    """Refuse defaults that are not numbers by symbol or name.

    Raises:
        InvalidTypeError: if they are no mapping, a key is neither a symbol nor a name, or a value is no number.
        InvalidValueError: if a parameter has two defaults, by its symbol and by its name.
    """
    mend = "Write defaults = {'s': 0.5} in the class."
    if not isinstance(given, Mapping):
        raise InvalidTypeError(complain("defaults", "a mapping from symbols or names to numbers", given, mend))
    for key, number in given.items():
        if not isinstance(key, Symbol | str):
            raise InvalidTypeError(complain("defaults", "a mapping from symbols or names to numbers", key, mend))
        if isinstance(number, bool) or not isinstance(number, Real):
            raise InvalidTypeError(complain(f"defaults[{key}]", "a number", number, mend))
    if len(set(map(str, given))) < len(given):
        raise InvalidValueError(complain("defaults", "a mapping that gives each parameter once", dict(given)))


def rules_within(rule: Rule) -> Iterator[Rule]:
    """Run through a rule and the rules that it is made of."""
    yield rule
    for part in vars(rule).values():
        if isinstance(part, Rule):
            yield from rules_within(part)


def _signal_at_a_layer(net: DeepLinearNetwork, l: Any) -> MatrixExpr:
    """Return the symbol ``d_l``, for ``l = 0..L``."""
    shape = lambda k: (net.widths[k], net.samples)  # noqa: E731
    return Sequence("d", shape, 0, net.depth)(l) if net.any_depth else MatrixSymbol(f"d_{l}", *shape(l))


def with_signals(rule: Rule, signal: Callable[[Any, Any], MatrixExpr]) -> Rule:
    """Return a rule with symbols for its error signals ``d_l`` wherever its other definitions use them.

    Rules that the rule is made of get the same symbols.

    Args:
        rule: the rule.
        signal: takes a network and a layer, and returns the symbol.
    """

    class Lettered(type(rule)):  # type: ignore[misc]  # the base is known only now
        name, title, phrase, direct = rule.name, rule.title, rule.phrase, rule.direct

        def error_signal(self, net: Any, l: int) -> MatrixExpr:
            return signal(net, l)

    exempt_from_comparison(Lettered)
    Lettered.__name__ = type(rule).__name__
    lettered = object.__new__(Lettered)
    for attribute, value in vars(rule).items():
        lettered.__dict__[attribute] = with_signals(value, signal) if isinstance(value, Rule) else value
    return lettered
