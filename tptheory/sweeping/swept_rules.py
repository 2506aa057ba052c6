"""The rules that the cells of a sweep name, built-in ones and those of files, and the parameters that they get."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from sympy import MatrixSymbol

from tptheory.claims.rule_files import is_of_a_file, rule_from
from tptheory.errors import InvalidValueError, TptheoryError, UnknownNameError, complain, unknown_name
from tptheory.numeric.constants import Constants, name_of_constant, read_number
from tptheory.numeric.floats import FloatArithmetic
from tptheory.sweeping.records import digest_of
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rule import Rule, default_values
from tptheory.symbolic.rule_scalars import eta
from tptheory.symbolic.states import all_states
from tptheory.training.task import HIDDEN_WIDTHS

DIGITS = (64, 10)
"""The pixels and the classes at which the rule of a cell of ``training`` is derived; other data change only sizes."""
ABOUT_RULES = {"trajectory": ("tp", (4, 4, 4)), "training": ("bp", (DIGITS[0], *HIDDEN_WIDTHS, DIGITS[1]))}
"""The tasks whose cells name a rule, each with the rule and the widths of a cell that names none."""

Stamp = tuple[str, int, int]
"""The path of a file, when it was written, and its size; results are used again while none of these changes."""


def swept_rule(name: str) -> Rule:
    """Return the rule that a cell names; each worker runs the file itself, once."""
    return _rule(name, _stamp(name))


def numbers_of(constants: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a cell as numbers: a text such as ``1/3`` is the fraction that it says.

    >>> numbers_of({"s": "1/3", "t": 0.5})
    {'s': Fraction(1, 3), 't': 0.5}
    """
    return {name: read_number(name, v) if isinstance(v, str) else v for name, v in constants.items()}


def digest_of_rule(task: str, cell: Mapping[str, Any]) -> str:
    """Return a digest of the formulas of the user's own rule that a cell names; empty for a built-in rule."""
    name = cell.get("rule", ABOUT_RULES[task][0])
    try:
        return _digest(name, _stamp(name), _widths(task, cell)) if is_of_a_file(name) else ""
    except (TptheoryError, TypeError):  # the task will say so itself
        return ""


def check_rules(task: str, axes: Mapping[str, Sequence[Any]], own: Sequence[str], fixed: Sequence[str] = ()) -> None:
    """Refuse rules that do not exist or fail, and parameters that they do not have or that lack an admitted value.

    Every rule is derived once, at the first of the widths, before any cell is run.

    Args:
        task: the name of the task; one that is not about rules is passed over.
        axes: the axes of the grid.
        own: the parameters of the task itself; all other names are parameters of the rules.
        fixed: those of them that were set for all cells, which errors call ``set``.

    Raises:
        UnknownNameError: if there is no such rule, or it has no such parameter; the nearest is suggested.
        InvalidValueError: if a rule's own code fails, a parameter has no value, or one that is not admitted.
    """
    if task not in ABOUT_RULES:
        return
    first = {name: values[0] for name, values in axes.items()}
    widths = _widths(task, first)
    of_rules = {name: values for name, values in axes.items() if name not in own}
    rules = axes.get("rule", ABOUT_RULES[task][:1])
    parameters_of = {rule: _derived(rule, _stamp(rule), widths).parameters for rule in rules}
    for rule, parameters in parameters_of.items():
        if task == "trajectory":
            swept_rule(rule).error_signal(_net(widths), 0)  # a simulation records d_0 too
        for name in of_rules:
            _check_name(name, rule, parameters_of, own, name in fixed)
        for cell in _one_changed(of_rules):
            _check_values(rule, parameters, cell)


def _one_changed(axes: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """Yield cells in which every value comes, beside the first ones of the other names; an empty cell for no names."""
    first = {name: values[0] for name, values in axes.items()}
    yield first
    for name, values in axes.items():
        yield from ({**first, name: value} for value in values[1:])


def _check_name(
    name: str, rule: str, parameters_of: Mapping[str, Sequence[Any]], own: Sequence[str], is_fixed: bool
) -> None:
    """Refuse a name that is no parameter of a rule; errors say whether another rule of the sweep has it."""
    known, meant = [str(symbol) for symbol in parameters_of[rule]], {name, name_of_constant(name)}
    argument = "set" if is_fixed else "grid"
    if meant & set(known):
        return
    if any(str(symbol) in meant for parameters in parameters_of.values() for symbol in parameters):
        has = f"has no parameter {name}" + (f", but {', '.join(known)}" if known else "")
        mend = f"The rule {rule} {has}. Sweep it by a command of its own."
        raise UnknownNameError(complain(argument, "parameters that every rule of it has", name, mend))
    if is_fixed and not known:
        raise InvalidValueError(complain("set", f"empty, since {rule} holds nothing", name))
    raise unknown_name(argument, name, known if is_fixed else [*own, *known])


def _check_values(rule: str, parameters: Sequence[Any], cell: Mapping[str, Any]) -> None:
    """Refuse a value that a parameter may not have, and a parameter with neither a value nor a default."""
    values, defaults = Constants(numbers_of(cell), parameters, repr(swept_rule(rule))), default_values(swept_rule(rule))
    for symbol in parameters:
        if symbol not in values and str(symbol) not in defaults:
            expected = f"one with values of {symbol}, which {swept_rule(rule)!r} uses"
            raise InvalidValueError(complain("grid", expected, sorted(cell), f"Add {symbol}=0.1,1."))
        values.number(symbol, FloatArithmetic(), defaults.get(str(symbol)))


def _stamp(name: Any) -> Stamp | None:
    """Return what tells whether the file of a rule has changed; None for a built-in rule, or no such file."""
    path = Path(name.partition("::")[0]) if is_of_a_file(name) else None
    if path is None or not path.is_file():
        return None
    found = path.stat()
    return str(path.resolve()), found.st_mtime_ns, found.st_size


@lru_cache(maxsize=256)
def _rule(name: str, stamp: Stamp | None) -> Rule:  # noqa: ARG001  # the stamp is what makes it run the file again
    return rule_from(name)


@lru_cache(maxsize=256)
def _digest(name: str, stamp: Stamp | None, widths: tuple[int, ...]) -> str:
    """Return the digest of the step of a rule and of the starts of its states, with all that its parameters declare."""
    derived = _derived(name, stamp, widths)
    said = [f"{symbol}: {change}" for symbol, change in derived.changes.items()]
    said += [f"{symbol} starts from {start}" for symbol, start in derived.starts.items()]
    said += [f"{symbol} {sorted(symbol.assumptions0.items())}" for symbol in derived.parameters]
    said += [f"{name} is {default}" for name, default in derived.defaults.items()]
    return digest_of("\n".join(said))


class _Derived(NamedTuple):
    """A rule at some widths: what a step adds to each parameter of the net and each state, and where states start."""

    changes: Mapping[MatrixSymbol, Any]
    starts: Mapping[MatrixSymbol, Any]
    defaults: Mapping[str, Any]

    @property
    def parameters(self) -> list[Any]:
        """The scalar symbols of the rule that may be given values, by name."""
        expressions = [*self.changes.values(), *(start for start in self.starts.values() if not isinstance(start, str))]
        symbols = set().union(*(expression.free_symbols for expression in expressions))
        return sorted((s for s in symbols if not isinstance(s, MatrixSymbol) and s != eta), key=str)


def _derived(name: str, stamp: Stamp | None, widths: tuple[int, ...]) -> _Derived:
    """Return what a rule says of one step, and of the starts of its states, at these widths."""
    rule, net = _rule(name, stamp), _net(widths)
    return _Derived(rule.step(net), {s.symbol: s.start for s in all_states(rule, net)}, default_values(rule))


def _net(widths: tuple[int, ...]) -> DeepLinearNetwork:
    """Return a net at which a rule is derived."""
    return DeepLinearNetwork(widths=widths, batch=2, biases=True, loss="any")


def _widths(task: str, cell: Mapping[str, Any]) -> tuple[int, ...]:
    """Return the widths of the net of a cell."""
    if task == "training" and "hidden" in cell:
        return (DIGITS[0], *cell["hidden"], DIGITS[1])
    return tuple(cell.get("widths", ABOUT_RULES[task][1]))
