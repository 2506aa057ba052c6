"""Run a rule on many networks of the same widths at once, with one call of BLAS or LAPACK a layer for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from tptheory.errors import ShapeError, complain, unknown_name
from tptheory.keywords import known_keywords
from tptheory.numeric.arithmetic import shape_of
from tptheory.numeric.floats import StackedArithmetic
from tptheory.simulation.arguments import read_network, step_count, step_size
from tptheory.simulation.compiled_rule import CompiledRule, norm
from tptheory.simulation.losses import output_error
from tptheory.simulation.rank_changes import Ranks, rank_change_sentence
from tptheory.simulation.recording import TrajectoryRecord
from tptheory.simulation.steps import Steps
from tptheory.simulation.trajectories import Ensemble
from tptheory.symbolic.rule import Rule
from tptheory.symbolic.rules import as_rule

DTYPES = ("float32", "float64")


@known_keywords
def simulate_ensemble(
    rule: str | Rule,
    weights: Sequence[Any],
    x: Any,
    y: Any,
    *,
    lr: Any = None,
    steps: int | None = None,
    dtype: str = "float64",
    biases: Sequence[Any] | None = None,
    loss: Any = "squared",
    constants: Mapping[Any, Any] | None = None,
    seed: int | np.random.Generator | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> Ensemble:
    """Run a rule on ``N`` networks of the same widths, as `simulate` does on each of them.

    A member stops if its numbers would no longer be finite, or if its rule needs an inverse that does not exist, be it
    at the start. It is not advanced any further, and the other members are not affected.

    >>> from tptheory.symbolic.rules import TargetProp
    >>> rng = np.random.default_rng(0)
    >>> weights = [rng.standard_normal((1000, 3, 4)), rng.standard_normal((1000, 2, 3))]
    >>> run = simulate_ensemble(TargetProp(), weights, np.ones(4), np.ones(2), lr=0.05, steps=20)
    >>> run.weights[0].shape, run.loss.shape, float(np.median(run.loss[-1] / run.loss[0])) < 0.1
    ((21, 1000, 3, 4), (21, 1000), True)
    >>> run.member(7).weights[0].shape
    (21, 3, 4)

    Args:
        rule: the learning rule, or the name of a built-in one, such as ``"tp"``.
        weights: ``[W_1, ..., W_L]``, with ``W_l`` of shape ``(N, n_l, n_{l-1})``.
        x: the inputs: ``(n_0,)``, one for all; ``(N, n_0)``, one for each; or batches, ``(N, n_0, B)``, or
            ``(1, n_0, B)`` for all.
        y: the targets, in the same way.
        lr: the step size ``eta``; one hundredth unless given.
        steps: how many steps to take; 200 unless given. All of them are kept in memory.
        dtype: ``"float64"`` or ``"float32"``.
        biases: ``[b_1, ..., b_L]``, with ``b_l`` of shape ``(n_l,)`` for all or ``(N, n_l)``; None without biases.
        loss: as for `simulate`; a user's function gets arrays of shape ``(N, n_L, B)``, and may return the losses, of
            shape ``(N,)``, beside ``d_L``.
        constants: as for `simulate`, with matrices for all or one for each, of shape ``(N, rows, columns)``. One that
            is not given is drawn for each member.
        seed: the seed of the random draws; None is the seed 0.
        on_progress: is called now and then with the part of the run that is done, from 0 to 1.

    Raises:
        InvalidTypeError: if an argument is of the wrong type.
        InvalidValueError: if a number is not finite, ``lr`` is not positive, ``steps`` is negative, or a parameter
            of the rule has no value, or one that its assumptions do not admit.
        ShapeError: if shapes do not chain, or the numbers of members differ.
        UnknownNameError: if ``rule``, ``dtype``, ``loss`` or a constant is not known.
    """
    rule = as_rule(rule)
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise unknown_name("dtype", str(dtype), DTYPES)
    kind = StackedArithmetic(dtype)
    _refuse_lists_of_networks(weights)
    size, count = step_size(kind, lr), step_count(steps)
    with np.errstate(all="ignore"):  # a member that overflows says so in its status
        net, values = read_network(kind, weights, x, y, biases, loss, np.ndim(x) < 3)
        compiled = _StackedRule(rule, net, kind, output_error(kind, loss, values[str(net.target)]))
        members = compiled.members = _member_count(values.values())
        fixed, states = compiled.settings(constants, compiled.drawing(seed, (members,)), values)
        values, fixed, states = (
            {name: _for_each_member(value, members) for name, value in part.items()} for part in (values, fixed, states)
        )
        record = TrajectoryRecord(compiled, members)
        record.follow(Steps(compiled, size, count), values | fixed | states, on_progress)
        record.extend_to(count)
    return _ensemble(record, count, fixed, lr=size, dtype=dtype)


def _ensemble(record: TrajectoryRecord, count: int, constants: Mapping[str, Any], lr: float, dtype: str) -> Ensemble:
    """Return what was recorded, and how each member ended."""
    members, stops = len(record.input), record.stops
    message = f"{members - len(stops)} of {members} members completed {count} steps."
    if stops:
        first = min(stops)
        message += f" {len(stops)} diverged; member {first}: {stops[first][1].message}"
    return Ensemble(
        dtype=dtype,
        lr=lr,
        times=lr * np.arange(count + 1),
        steps=np.array([stops[i][0] if i in stops else count for i in range(members)]),
        status=np.array([stops[i][1].status if i in stops else "completed" for i in range(members)]),
        messages={i: stop.message for i, (_, stop) in stops.items()},
        message=message + rank_change_sentence(record.rank_changes),
        constants={name: record.constant(value) for name, value in constants.items()},
        **record.fields(),
    )


def _refuse_lists_of_networks(weights: Any) -> None:
    """Refuse weights whose parts are networks of several layers, where they should be layers of several networks.

    Raises:
        ShapeError: if a part holds matrices of several shapes.
    """
    for i, layer in enumerate(weights if isinstance(weights, list | tuple) else ()):
        shapes = [shape_of(part) for part in layer] if isinstance(layer, list | tuple) else []
        if len(set(shapes)) > 1 and all(len(shape) == 2 for shape in shapes):
            expected = f"one stack of shape (N, n_{i + 1}, n_{i}), the W_{i + 1} of all N networks"
            came = "matrices of shapes " + ", ".join(map(str, dict.fromkeys(shapes)))
            mend = "From a list of networks: [np.stack(layer) for layer in zip(*networks)]."
            raise ShapeError(complain(f"weights[{i}]", expected, came, mend))


def _member_count(arrays: Iterable[np.ndarray]) -> int:
    """Return the number of members."""
    sizes = {len(A) for A in arrays if A.ndim == 3} - {1} or {1 if any(A.ndim == 3 for A in arrays) else 0}
    if len(sizes) > 1 or 0 in sizes:
        expected = "of one number of members, the first axis of (N, n_l, n_{l-1})"
        raise ShapeError(complain("weights", expected, sorted(sizes), "Each x and y may be shared."))
    return sizes.pop()


def _for_each_member(value: Any, members: int) -> Any:
    """Return a matrix as one for each member, and a number as it is."""
    return np.broadcast_to(value, (members, *value.shape[-2:])) if np.ndim(value) else value


class _StackedRule(CompiledRule):
    """A compiled rule for a stack of networks, in which a member in trouble does not stop the others."""

    kind: StackedArithmetic

    def input_signal(self, feedback: Callable[[Mapping[str, Any]], Any], values: Mapping[str, Any]) -> Any:
        """Return ``d_0``, with NaN for members where it does not exist; such a member does not stop for that."""
        noted = self.kind.undefined()
        signal = feedback(values)
        self.kind.undefined()
        self.kind.mark_undefined(noted)
        return signal

    def lacking_signal(self, name: str, values: Mapping[str, Any]) -> Any:
        """Return NaN for each member, in the shape of an error signal that the rule does not define."""
        return np.full_like(values[self.activations[self.signals.index(name)]], np.nan)

    def failures(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return by reason which members cannot go on: out of range, or without an inverse."""
        reasons = {self.not_finite(name): ~fine for name, fine in self.in_range(values).items()}
        undefined = np.broadcast_to(self.kind.undefined(), len(values[self.error]))
        return reasons | {"the rule is no longer defined: an inverse does not exist": undefined}

    def evaluate(self, values: dict[str, Any]) -> tuple[dict[str, Any], Ranks, dict[str, Any]]:
        self.forward(values)
        return *self.respond(values), self.failures(values)

    def norm_of_weights(self, values: Mapping[str, Any], place: int) -> str:
        """Return the norm of the weights of the member at a place, in words."""
        return norm([values[W][place] for W in self.weights])
