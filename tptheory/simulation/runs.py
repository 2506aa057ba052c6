"""Run a learning rule on numbers, step by step or along its flow, from the rule's own definition."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from tptheory.errors import InvalidValueError, complain
from tptheory.keywords import known_keywords
from tptheory.numeric.arithmetic_names import dtype_named
from tptheory.simulation.arguments import increasing, is_flat, read_network, step_count, step_size
from tptheory.simulation.compiled_rule import CompiledRule
from tptheory.simulation.flows import Integration
from tptheory.simulation.losses import output_error
from tptheory.simulation.rank_changes import rank_change_sentence
from tptheory.simulation.recording import TrajectoryRecord
from tptheory.simulation.steps import Steps
from tptheory.simulation.trajectories import Run
from tptheory.symbolic.rule import Rule
from tptheory.symbolic.rules import as_rule


@known_keywords
def simulate(
    rule: str | Rule,
    weights: Sequence[Any],
    x: Any,
    y: Any,
    *,
    lr: Any = None,
    steps: int | None = None,
    times: Any = None,
    dtype: str = "float64",
    biases: Sequence[Any] | None = None,
    loss: Any = "squared",
    constants: Mapping[Any, Any] | None = None,
    seed: int | np.random.Generator | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> Run:
    """Run a rule on a network, and record every weight, activation, error, error signal and update.

    Each step is ``W_l <- W_l + dW_l``, ``b_l <- b_l + db_l``, and each state of the rule by its own change, with
    everything evaluated at the state before the step. With ``times``, the rule's flow, such as ``dW_l/dt = -G_l``,
    ``db_l/dt = -g_l``, is integrated instead, states included, by DOP853 (Hairer, Norsett and Wanner, 1993) in
    float64, with an error in each of its steps below 1e-12 times the entry plus 1e-13 times the largest entry at the
    start (or 1e-13, if that is larger). All expressions are the rule's own, so a rule that a user subclasses runs
    unchanged; one that defines `update`, and no `feedback`, takes steps too.

    A matrix that the rule pseudo-inverts may change its rank, and there the pseudo-inverse jumps. Steps go on, and
    `Run.rank_changes` and the message say so; a flow stops there, or where a singular value comes close to it, since it
    is not defined across.

    >>> from tptheory.symbolic.rules import TargetProp
    >>> run = simulate(TargetProp(), [[[1.0, 0.5]], [[2.0]]], [1.0, 1.0], [1.0], lr=0.05, steps=100)
    >>> run.weights[0].shape, bool(run.loss[-1] < 1e-6 * run.loss[0])
    ((101, 1, 2), True)
    >>> from fractions import Fraction
    >>> exact = simulate(TargetProp(), [[[1, 2]], [[2]]], [1, 1], [1], lr=Fraction(1, 10), steps=1, dtype="exact")
    >>> str(exact.weights[1][1, 0, 0])
    '1/2'
    >>> flow = simulate(TargetProp(), [[[1.0]], [[2.0]]], [1.0], [1.0], times=[0, 0.5, 1])
    >>> flow.loss.shape, bool(flow.loss[-1] < flow.loss[0])
    ((3,), True)

    Args:
        rule: the learning rule, or the name of a built-in one, such as ``"tp"``.
        weights: ``[W_1, ..., W_L]``, with ``W_l`` of shape ``(n_l, n_{l-1})``.
        x: the input of shape ``(n_0,)``, or a batch with samples in columns: ``(n_0, B)``.
        y: the target of shape ``(n_L,)`` or ``(n_L, B)``.
        lr: the step size ``eta``; one hundredth unless given. A float is read as it is: at many digits 0.01 is not
            ``Fraction(1, 100)``.
        steps: how many steps to take; 200 unless given.
        times: instead of ``lr`` and ``steps``: the increasing times at which to record the flow, from the start on.
            The solver takes 20,000 steps at most. Now and then it estimates by its pace how many are to come; where
            they are far too many and the pace does not grow, the run stops and says which time it would reach.
        dtype: ``"float64"`` or ``"float32"``; ``"mp50"``, or any number of digits from 15 to 1000, by mpmath;
            ``"exact"``, where all numbers must be integers or fractions: their length multiplies with each step, and
            the run stops before 20,000 bits.
        biases: ``[b_1, ..., b_L]`` with ``b_l`` of length ``n_l``; None for a network without biases.
        loss: ``"squared"``, which is ``1/2 |x_L - y|^2``; ``"cross-entropy"`` of the softmax of ``x_L``, with ``y`` of
            probabilities; or a function of ``x_L`` and ``y``, arrays of shape ``(n_L, B)``, that returns ``d_L``, or
            the pair of ``d_L`` and the loss.
        constants: by symbol or name, numbers for the parameters of the rule (``lambda``, or an ``s`` of your own),
            matrices for what it holds fixed (``B_l``), and where its states start (``P_l``, ``V_l``). A matrix that is
            not given is drawn: standard normal entries over the square root of its number of columns, the same in
            every dtype. A number is the rule's default unless given: ``lambda``, ``mu`` and ``sigma`` are 1, ``c`` is
            1/100. A state starts as the rule says: ``P_l`` from the identity, a momentum from 0, feedback that learns
            from a draw.
        seed: the seed of the random draws; None is the seed 0. The same seed gives the same bits.
        on_progress: is called now and then with the part of the run that is done, from 0 to 1.

    Returns:
        A `Run`. Where the loss or a weight would leave the finite numbers (in every dtype: those of float64), the run
        stops before that step and says so, with the step and the norm.

    Raises:
        InvalidTypeError: if an argument is of the wrong type.
        InvalidValueError: if a number is not finite, ``lr`` is not positive, ``steps`` is negative, times do not
            increase, ``times`` comes with steps or in another dtype than float64, a parameter of the rule has no value
            or one that its assumptions do not admit, or the rule needs an inverse that does not exist at the start.
        MissingMethodError: if a change uses an error signal, and the rule defines no feedback.
        ShapeError: if shapes do not chain.
        UnknownNameError: if ``rule``, ``dtype``, ``loss`` or a constant is not known.
    """
    rule = as_rule(rule)
    kind = dtype_named(dtype)
    flow = times is not None
    if flow:
        _check_flow(lr, steps, dtype)
    moments = increasing(times) if flow else np.zeros(0)
    size, count = step_size(kind, lr), step_count(steps)
    with np.errstate(all="ignore"):  # a run that overflows says so in its status
        net, values = read_network(kind, weights, x, y, biases, loss, is_flat(x))
        compiled = CompiledRule(rule, net, kind, output_error(kind, loss, values[str(net.target)]), flow)
        fixed, states = compiled.settings(constants, compiled.drawing(seed), values)
        stepper = Integration(compiled, moments) if flow else Steps(compiled, size, count)
        record = TrajectoryRecord(compiled)
        record.follow(stepper, values | fixed | states, on_progress)
    return _run(record, stepper, fixed, lr=None if flow else kind.entries(size).item(), dtype=dtype)


def _check_flow(lr: Any, steps: Any, dtype: str) -> None:
    """Refuse arguments that belong to steps where a flow is followed.

    Raises:
        InvalidValueError: if a step size, a number of steps or a dtype other than float64 is given.
    """
    for name, given in (("lr", lr), ("steps", steps)):
        if given is not None:
            raise InvalidValueError(complain(name, "left out where a flow is followed", given))
    if dtype != "float64":
        raise InvalidValueError(complain("dtype", "'float64' for a flow", dtype, "Leave out 'times' for steps."))


def _run(record: TrajectoryRecord, stepper: Steps | Integration, constants: Mapping[str, Any], **rest: Any) -> Run:
    """Return what was recorded, and how it ended."""
    stop = record.stops[0][1] if record.stops else None
    message = stepper.completed(record.last_loss()) if stop is None else stop.message
    return Run(
        steps=record.steps,
        status="completed" if stop is None else stop.status,
        message=message + rank_change_sentence(record.rank_changes),
        times=np.array(record.times),
        constants={name: record.constant(value) for name, value in constants.items()},
        **record.fields(),
        **rest,
    )
