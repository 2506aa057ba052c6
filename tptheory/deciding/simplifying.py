"""The shortest expression that equals another under hypotheses, with a certificate that it does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from numbers import Real
from time import perf_counter
from typing import Any
from unicodedata import combining

from sympy import (
    Add,
    Expr,
    Identity,
    Inverse,
    MatAdd,
    MatrixBase,
    MatrixExpr,
    MatrixSymbol,
    OneMatrix,
    Pow,
    Symbol,
    Transpose,
    ZeroMatrix,
)
from sympy.core.function import AppliedUndef

from tptheory.checking import check_seconds
from tptheory.claims.claim import flatten_given
from tptheory.claims.vocabulary import Equal
from tptheory.deciding.answers import prove
from tptheory.deciding.verdicts import Proved
from tptheory.errors import InvalidTypeError, InvalidValueError, UnsupportedExpressionError, complain, raised
from tptheory.keywords import known_keywords
from tptheory.proving.back_translation import letter_count
from tptheory.proving.certificate import Certificate
from tptheory.proving.normal_forms import Cost, normal_forms
from tptheory.symbolic.arguments import as_expression
from tptheory.symbolic.expressions import Pinv
from tptheory.symbolic.layers import layer_symbols
from tptheory.symbolic.rebuilding import rebuild, terms_alone
from tptheory.symbolic.substitution import substitute
from tptheory.typesetting.expressions import latex_of
from tptheory.typesetting.notebook import ShownAsMathematics
from tptheory.typesetting.spelling import text_of

SHARE_OF_SEARCH = 0.5
"""What part of the time the search for normal forms may take; the proofs have the rest."""
RESERVED_NAMES = frozenset({"I", "Pinv", "Inverse", "Trace", "LogPdet", "Determinant"})
"""What the notation itself writes: an expression with a symbol of such a name would read as another one."""


@dataclass(frozen=True, repr=False)
class Simplified(ShownAsMathematics):
    """An expression, and a shorter one that is proved to be equal.

    Attributes:
        original: the expression as it was given.
        expression: the shortest equal expression that was found, in the symbols of the original and in names.
        where: what each name in it stands for.
        verdict: the proof that the two are equal, with the names replaced by what they stand for.
    """

    original: Any
    expression: Any
    where: Mapping[Any, Any]
    verdict: Proved

    @property
    def certificate(self) -> Certificate:
        """The certificate of the equality."""
        return self.verdict.certificate

    def explain(self) -> str:
        """Return the equation, what the names in it stand for, and the proof."""
        return f"{self}\n{self.verdict.explain()}"

    def latex(self) -> str:
        """Return the equation in LaTeX, for math mode, with what the names in it stand for."""
        where = ",\\quad ".join(rf"{latex_of(name)} = {latex_of(value)}" for name, value in self.where.items())
        equation = rf"{latex_of(self.original)} = {latex_of(self.expression)}"
        return rf"{equation} \qquad \text{{where }} {where}" if where else equation

    def __str__(self) -> str:
        """Show the shorter expression, and what the names in it stand for."""
        where = ", ".join(f"{name} = {text_of(value)}" for name, value in self.where.items())
        return text_of(self.expression) + (f", where {where}" if where else "")

    def __repr__(self) -> str:
        """Show the shorter expression."""
        return f"<simplified: {self}>"

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex()}$"


@known_keywords
def simplify(
    expression: Any,
    given: Any = (),
    *,
    names: Mapping[str, Any] | None = None,
    cost: Cost | None = None,
    seconds: float = 10.0,
) -> Simplified:
    """Return the shortest expression that is found to equal an expression under hypotheses, and prove that it does.

    Normal forms are taken by completion in several term orders, and written with few letters: common factors once, and
    whatever has a name by its name. The cheapest of them that has a proof is returned; where none is cheaper, that is
    the expression itself. Nothing says that there is no shorter one.

    Args:
        expression: a matrix or scalar expression.
        given: the hypotheses.
        names: what may be written by a name, such as ``{"e": net.error}``.
        cost: takes an expression and returns a number, or a tuple of numbers of which the first difference decides;
            `cost_to_read` if it is None.
        seconds: how long to search, proofs included.

    Raises:
        InvalidTypeError: if an argument is of the wrong type, or ``cost`` returns no number.
        InvalidValueError: if a name is that of a symbol in the expression or the hypotheses, or does not read as the
            name of a symbol; if ``cost`` raises; or ``seconds`` is not a positive number.
        UnsupportedExpressionError: if not even ``expression = expression`` can be proved; it says why.

    >>> from sympy import MatrixSymbol, symbols
    >>> from tptheory import DeepLinearNetwork, TargetProp, full_row_rank, matmul
    >>> A, B = MatrixSymbol("A", *symbols("m n")), MatrixSymbol("B", *symbols("n m"))
    >>> simplify(A * Pinv(A) * A * B + A * B * A * B - A * B)
    <simplified: A*B*A*B>
    >>> net, rule = DeepLinearNetwork(depth=2), TargetProp()
    >>> W2 = net.weight(2)
    >>> moved = matmul(W2, rule.target(net, 1) - net.activation(1))
    >>> found = simplify(moved, given=[full_row_rank(W2)], names={"e": net.error})
    >>> print(found)
    -alpha*e, where e = W_2*W_1*x - y
    >>> found.certificate.check().accepted
    True
    """
    expression, cost = as_expression("expression", expression), _comparable(cost or cost_to_read)
    check_seconds(seconds)
    if layer_symbols(expression):
        return _at_a_layer(expression, given, names, cost, seconds)
    ends = perf_counter() + seconds
    claim = Equal(expression, expression, given)
    given, where = claim.given, _symbols_of(names, claim)
    deadline = perf_counter() + SHARE_OF_SEARCH * seconds
    for candidate in _candidates(claim, where, cost, deadline):
        verdict = prove(Equal(expression, substitute(candidate, where), given), max(ends - perf_counter(), 0.1))
        if isinstance(verdict, Proved):
            used = {name: value for name, value in where.items() if candidate.has(name)}
            return Simplified(expression, candidate, used, verdict)
    verdict = prove(claim, seconds)
    if not isinstance(verdict, Proved):
        raise UnsupportedExpressionError(f"'expression' must have a proof that it equals itself: {verdict.reason}.")
    return Simplified(expression, expression, {}, verdict)


def _comparable(cost: Any) -> Cost:
    """Return a cost function whose values can be compared with each other: tuples of real numbers.

    Raises:
        InvalidTypeError: if the cost is no function; where it is called, if it returns anything else.
        InvalidValueError: where it is called, if the cost raises.
    """
    if not callable(cost):
        raise InvalidTypeError(complain("cost", "a function of an expression", cost))
    expected = "a function of an expression that returns a real number, or a tuple of real numbers"

    def compared(expression: Any) -> tuple[Any, ...]:
        try:
            value = cost(expression)
        except Exception as error:  # the user's own code may raise anything
            raise InvalidValueError(f"'cost' must be {expected} (got one that raised {raised(error)}).") from error
        numbers = value if isinstance(value, tuple) else (value,)
        if not numbers or not all(map(_is_real, numbers)):
            raise InvalidTypeError(complain("cost", expected, value, f"It returned this for {text_of(expression)}."))
        return numbers

    return compared


def _is_real(value: Any) -> bool:
    """Whether a value is a real number of Python, NumPy or SymPy, and not the float that is none."""
    number = isinstance(value, Real) or (isinstance(value, Expr) and value.is_number and value.is_extended_real)
    return bool(number) and value == value


def _candidates(claim: Equal, where: Mapping[Any, Any], cost: Cost, deadline: float) -> list[Any]:
    """Return what may equal the left side of a claim under its hypotheses, and is cheaper: the cheapest first."""
    definitions = [Equal(name, value) for name, value in where.items()]
    replaced = [*(name for name in where if isinstance(name, MatrixSymbol)), *_alone(where)]
    found = normal_forms(claim.under([*claim.given, *definitions]), claim.lhs, replaced, cost, deadline)
    cheaper = {candidate for candidate in found if cost(candidate) < cost(claim.lhs)}
    return sorted(cheaper, key=lambda candidate: (cost(candidate), str(candidate)))


def _at_a_layer(expression: Any, given: Any, names: Any, cost: Cost, seconds: float) -> Simplified:
    """Simplify an expression at a layer: what is proved holds for any matrices in the place of the layers' own.

    Raises:
        InvalidValueError: if there are hypotheses, which may speak of other layers.
    """
    if flatten_given(given):
        mend = "Simplify without them, or give the network a depth."
        raise InvalidValueError(complain("given", "empty where the depth is a symbol", given, mend))
    spoken = [expression, *(as_expression("names", value) for value in (names or {}).values())]
    away = _symbols_at_a_layer(spoken)
    back = {value: key for key, value in away.items()}
    plain_names = {name: _moved(value, away) for name, value in (names or {}).items()}
    found = simplify(_moved(expression, away), names=plain_names, cost=cost, seconds=seconds)
    where = {name: _moved(value, back) for name, value in found.where.items()}
    return Simplified(expression, _moved(found.expression, back), where, found.verdict)


def _symbols_at_a_layer(expressions: list[Any]) -> dict[Any, Any]:
    """Return a symbol for each member of a sequence, and for each size at a layer, of which expressions speak."""
    members = {M: _plain(M) for e in expressions for M in (*layer_symbols(e), *_sized_by_layers(e))}
    sizes = {n: _plain_size(n) for M in members if isinstance(M, MatrixExpr) for n in M.shape}
    return {**members, **sizes}


def _moved(expression: Any, replaced: Mapping[Any, Any]) -> Any:
    """Replace matrices and sizes in an expression, the sizes of identities, zeros and ones among them."""

    def leaf(part: Any) -> Any:
        if isinstance(part, Identity | ZeroMatrix | OneMatrix):
            return part.func(*(replaced.get(n, n) for n in part.args))
        return replaced.get(part, part)

    return rebuild(expression, leaf)


def _sized_by_layers(expression: Any) -> list[MatrixSymbol]:
    """Return the matrices that are no members of a sequence, but have a size at a layer, such as the target."""
    found = [M for M in expression.atoms(MatrixSymbol) if any(n.has(AppliedUndef) for n in M.shape)]
    return sorted(found, key=str)


def _plain(member: Any) -> Any:
    """Return a symbol that stands for a member of a sequence, with sizes that are symbols of their own."""
    if not isinstance(member, MatrixExpr):
        return Symbol(str(member), real=True)
    return MatrixSymbol(str(member), *map(_plain_size, member.shape))


def _plain_size(n: Any) -> Any:
    """Return a symbol that stands for a size at a layer; any other size as it is."""
    return Symbol(str(n), integer=True, positive=True) if n.has(AppliedUndef) else n


def cost_to_read(expression: Any) -> tuple[int, int, int, int, int]:
    """Return what orders expressions by how much there is to read; the first difference decides.

    These are the numbers of letters; of inverses and pseudo-inverses; of plus signs; of transposes; and of numbers.

    >>> from sympy import MatrixSymbol
    >>> A = MatrixSymbol("A", 2, 3)
    >>> cost_to_read(A * Pinv(A) * A + 2 * A), cost_to_read(3 * A)
    ((4, 1, 1, 0, 1), (1, 0, 0, 0, 1))
    """
    nodes = list(_nodes(expression))
    return (
        letter_count(expression),
        sum(isinstance(n, Pinv | Inverse) or (isinstance(n, Pow) and n.exp.is_negative is True) for n in nodes),
        sum(len(n.args) - 1 for n in nodes if isinstance(n, Add | MatAdd)),
        sum(isinstance(n, Transpose) for n in nodes),
        sum(bool(n.is_Rational) and abs(n) != 1 for n in nodes),
    )


def _nodes(expression: Any) -> Iterator[Any]:
    """Run through the nodes that are written when an expression is: those inside of symbols and of sizes are not."""
    yield expression
    if not (getattr(expression, "is_symbol", False) or isinstance(expression, Identity | ZeroMatrix | OneMatrix)):
        for argument in expression.args:
            yield from _nodes(argument)


def _symbols_of(names: Any, claim: Equal) -> dict[Any, Any]:
    """Return a symbol for each name, with what it stands for.

    Raises:
        InvalidTypeError: if ``names`` is no mapping from names to expressions.
        InvalidValueError: if a name is taken, or reads as an expression.
    """
    if names is not None and not isinstance(names, Mapping):
        raise InvalidTypeError(complain("names", "a dict from names to expressions", names, 'Try {"e": net.error}.'))
    taken = {str(symbol) for symbol in claim.symbols()}
    found: dict[Any, Any] = {}
    for name, value in (names or {}).items():
        if not isinstance(name, str) or not name:
            raise InvalidTypeError(complain("names", "a dict whose keys are names", name))
        if not _reads_as_a_name(name) or name in RESERVED_NAMES:
            mend = "Use letters, digits and _, and none of the notation's own names."
            raise InvalidValueError(complain("names", "names that a symbol could have", name, mend))
        if name in taken:
            raise InvalidValueError(complain("names", "names that no symbol has yet", name, "Choose another name."))
        value = as_expression(f"names[{name!r}]", value)
        matrix = isinstance(value, MatrixExpr | MatrixBase)
        found[MatrixSymbol(name, *value.shape) if matrix else Symbol(name, real=True)] = value
    return found


def _reads_as_a_name(name: str) -> bool:
    """Whether a text is a letter, and then letters, digits, accents and underscores."""
    return name[0].isalpha() and all(c.isalnum() or c == "_" or combining(c) for c in name)


def _alone(where: Mapping[Any, Any]) -> list[MatrixSymbol]:
    """Return the symbols that are one term of what a name stands for, and stand nowhere else: ``y`` in ``W x - y``."""
    sums = [value for value in where.values() if isinstance(value, MatAdd)]
    symbols = {symbol for total in sums for symbol, _ in terms_alone(total)}
    return sorted((s for s in symbols if sum(value.has(s) for value in where.values()) == 1), key=str)
