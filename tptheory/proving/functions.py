"""What is known of functions of numbers: the signs of exponentials and powers, and which of its arguments a maximum is.

The logarithm of a product is first written as a sum of logarithms; that of a rational number, as a sum over its primes.
Each function becomes a letter (`opaque`), and what is true of its values joins the hypotheses:

- an exponential is not below 0, and neither is a hyperbolic cosine;
- a power ``b^(p/q)`` of a number that is not below 0 is not below 0, and its ``q``-th power is ``b^p``;
- a maximum ``m`` is not below any of its arguments, and equals one of them: ``r_1^2 = m - x_1``, ``r_2^2 = m - x_2``
  and ``r_1 r_2 = 0``. A minimum is minus the maximum of minus the arguments, and ``|x|`` that of ``x`` and ``-x``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import mul

from sympy import Abs, Expr, Max, Min, Pow, Trace, cosh, exp, expand_log, log

from tptheory.claims.tacit import NotNegative, shows
from tptheory.proving.knowledge import Knowledge
from tptheory.proving.opaque import function_of_numbers
from tptheory.proving.term_order import DEFINED, PLAIN
from tptheory.proving.translating import Reason
from tptheory.proving.words import Polynomial

NONNEGATIVE = (exp, cosh)
"""The functions whose values are not below 0 at any number."""
LARGEST_FACTORED = 10**12
"""Larger numbers are not factored: that may take for ever."""
LARGEST_ROOT = 6
"""Of a root, and of the power under it, no more than this is multiplied out."""
ROOTS: Reason = ("definition", "a root to its power")
ONE_OF_ITS_ARGUMENTS: Reason = ("definition", "a maximum or minimum is one of its arguments")


def function(translator: Knowledge, s: Expr) -> Polynomial:
    """Return the letter of a function of numbers, or a sum of logarithms, and assume what is known of its value."""
    if isinstance(s, log) and (expanded := _expanded(s)) != s:
        return translator(expanded)
    arguments = [translator(argument) for argument in s.args]
    level = DEFINED if is_root(s) and s.has(Trace) else PLAIN  # squares of norms are rewritten into traces
    value = function_of_numbers(translator, s.func, arguments, str(s), level)
    if translator.maybe_nonreal is None:  # what is said here is said of real numbers
        _assume_values(translator, s, value, arguments)
    return value


def _expanded(logarithm: log) -> Expr:
    """Write the logarithm of a product of positive numbers as a sum, and a small rational as a product of primes."""
    coefficient, _ = logarithm.args[0].as_coeff_Mul()
    is_small = coefficient.is_Rational and max(abs(coefficient.p), coefficient.q) <= LARGEST_FACTORED
    return expand_log(logarithm, factor=bool(is_small))


def _assume_values(translator: Knowledge, s: Expr, value: Polynomial, arguments: Sequence[Polynomial]) -> None:
    """Assume what is known of the value of a function of real numbers."""
    if isinstance(s, NONNEGATIVE):
        translator.note_nonnegative(value)
    elif is_root(s):
        translator.note_nonnegative(value)
        _to_its_power(translator, value, s)
    elif isinstance(s, Max):
        _greatest(translator, value, arguments)
    elif isinstance(s, Min):
        _greatest(translator, value.scale(-1), [x.scale(-1) for x in arguments])
    elif isinstance(s, Abs):
        _greatest(translator, value, [arguments[0], arguments[0].scale(-1)])


def is_root(s: Expr) -> bool:
    """Whether a number is a real power of a number that is known not to be below 0.

    That is known by declaration, or by the form of the number, as of a sum of squared norms; where the exponent is
    below 0, the claim says that such a number is positive.
    """
    if not isinstance(s, Pow):
        return False
    return bool(s.base.is_nonnegative and s.is_real) or (s.exp.is_Rational and shows(NotNegative(s.base), ()))


def _to_its_power(translator: Knowledge, value: Polynomial, s: Pow) -> None:
    """Assume ``value^q = base^p`` for a power ``base^(p/q)`` with small ``p`` and ``q``."""
    exponent = s.exp
    if exponent.is_Rational and max(abs(exponent.p), exponent.q) <= LARGEST_ROOT:
        power = reduce(mul, [value] * int(exponent.q))
        translator.assume(power - translator(s.base**exponent.p), ROOTS)


def _greatest(translator: Knowledge, value: Polynomial, arguments: Sequence[Polynomial]) -> None:
    """Assume that a value is the greatest of some numbers: not below any, and equal to one of them."""
    roots = []
    for x in arguments:
        above = value - x
        translator.assume(translator.root_defect(above), ("nonnegative", above.data()))
        roots.append(translator.root(above))
    translator.assume(reduce(mul, roots), ONE_OF_ITS_ARGUMENTS)
