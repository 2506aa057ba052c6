"""A keyword that a public function does not have is refused by name, with the one that was meant; the rest stays."""

import inspect
import pickle
import re

import pytest

import tptheory
from tptheory import (
    Backprop,
    TptheoryError,
    decide,
    derivative,
    error_ray,
    figures,
    order_in_eta,
    simulate,
    tp_closed_form,
    train,
)
from tptheory.errors import UnknownArgumentError, UnknownNameError
from tptheory.keywords import OF_A_RUN, OTHER_NAMES, known_keywords

MOST_PLAIN = 2
"""The most arguments of a function that lets Python tell of unknown ones, if all of them must be given."""
NET = ([[[1.0]], [[2.0]]], [1.0], [1.0])


def doors():
    """Return the public functions that take options or many arguments, but for those whose options are another's."""
    for module in (tptheory, figures):
        for name in module.__all__:
            function = getattr(module, name)
            if inspect.isfunction(function):
                parameters = inspect.signature(function).parameters.values()
                optional = any(p.kind is p.KEYWORD_ONLY or p.default is not p.empty for p in parameters)
                if (optional or len(parameters) > MOST_PLAIN) and not any(p.kind is p.VAR_KEYWORD for p in parameters):
                    yield pytest.param(function, id=f"{module.__name__}.{name}")


@pytest.mark.parametrize("function", [*doors()])
def test_an_unknown_keyword_is_refused_by_name(function):
    """At every door, as an error of this library that is a TypeError too; the known ones are listed."""
    known = [p.name for p in inspect.signature(function).parameters.values() if p.kind is not p.VAR_POSITIONAL]
    with pytest.raises(UnknownArgumentError) as caught:
        function(no_such_argument=1)
    message = str(caught.value)
    has = ", ".join(known) or "none"
    assert message.startswith(f"{function.__name__} has no argument 'no_such_argument' (it has {has}).")
    assert isinstance(caught.value, TypeError)
    assert isinstance(caught.value, UnknownNameError)
    assert isinstance(caught.value, TptheoryError)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: tptheory.simplify(1, assuming=[]), r"Did you mean 'given'\?"),
        (
            lambda: train("bp", learning_rate=0.1),
            r"no argument 'learning_rate' \(it has rule, data, .*\)\. Did you mean 'lr'\?",
        ),
        (
            lambda: train("bp", step=1),
            r"^train has no argument 'step' \(it has rule, data, .*\)\. Did you mean 'steps'\?",
        ),
        (lambda: simulate("bp", *NET, learning_rate=0.1), r"^simulate has no argument .* Did you mean 'lr'\?"),
        (lambda: simulate("bp", *NET, wieghts=1), r"Did you mean 'weights'\?"),
        (lambda: decide(None, given=[]), r"Hypotheses stand in the claim: Equal\(A, B, given=\[\.\.\.\]\)\."),
        (lambda: decide(None, hypotheses=[]), r"Hypotheses stand in the claim"),
        (lambda: figures.spectrum(NET[0], axes=None), r"Did you mean 'ax'\?"),
        (lambda: simulate("bp", *NET, bias=[[1.0]]), r"Did you mean 'biases'\?"),
        (lambda: tp_closed_form(*NET, time=[1.0]), r"^tp_closed_form has no argument 'time' .* Did you mean 'times'\?"),
        (lambda: error_ray(*NET, eta=0.1, steps=1), r"Did you mean 'lr'\?"),
        (
            lambda: order_in_eta(None, eta=3),
            r"seed\)\. A step size is an argument of simulate, simulate_ensemble and train",
        ),
        (lambda: derivative(None, given=[]), r"\(it has expression, by, direction, along, invertible\)\.$"),
        (lambda: derivative(None, hypotheses=[]), r"invertible\)\.$"),
        (lambda: known_keywords(doors)(dark=True), r"^doors has no argument 'dark' \(it has none\)\.$"),
    ],
)
def test_the_keyword_that_was_meant_is_told(call, message):
    """The nearest one, what other libraries call it, or where it belongs."""
    with pytest.raises(UnknownArgumentError, match=message):
        call()


def test_what_others_call_an_argument_is_one_of_some_function():
    """And is no argument itself. A step size belongs where it is said to."""
    every = {name for door in doors() for name in inspect.signature(door.values[0]).parameters}
    assert set(OTHER_NAMES.values()) <= every
    assert not set(OTHER_NAMES) & every
    told = re.findall("simulate_ensemble|simulate|train", OF_A_RUN)
    assert all("lr" in inspect.signature(getattr(tptheory, name)).parameters for name in told)
    assert len(told) == 3


def test_a_function_stays_what_it_is():
    """Its signature, its docstring and its place, by which it is pickled; Python tells the other errors of a call."""

    def run(first, *, lr=0.1):
        """Run."""
        return first, lr

    wrapped = known_keywords(run)
    assert inspect.signature(wrapped) == inspect.signature(run)
    assert (wrapped.__doc__, wrapped(1, lr=2)) == ("Run.", (1, 2))
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'first'"):
        wrapped(lr=2)
    for function in (simulate, train, decide):
        assert pickle.loads(pickle.dumps(function)) is function  # noqa: S301  # what was just pickled
    assert "dtype" in inspect.signature(train).parameters
    assert simulate(rule=Backprop(), weights=NET[0], x=NET[1], y=NET[2], steps=1).steps == 1
