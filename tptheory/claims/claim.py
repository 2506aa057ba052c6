"""What every claim has: hypotheses, equations, symbols, a statement; and how its arguments are checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar

from sympy import MatrixBase, MatrixExpr, MatrixSymbol, S, Symbol, latex, sympify

from tptheory.claims.hypotheses import Hypothesis
from tptheory.claims.symbols import refuse_two_of_one_name
from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError, complain
from tptheory.symbolic.expressions import as_matrix, matadd, matmul
from tptheory.symbolic.layers import standing


class Claim:
    """A statement about matrices of any size, under hypotheses.

    A claim that is a set of equations says so by `equations`: it holds where both sides agree in each.
    """

    given: tuple[Any, ...]

    readers: ClassVar[tuple[tuple[str, Callable[[str, Any], Any]], ...]] = ()
    """The arguments, each with how it is read: called with its name and value, returns what is kept, or raises."""

    is_hypothesis: ClassVar[bool] = False
    """Whether other claims may assume it: it is a set of matrix equations."""

    def __post_init__(self) -> None:
        """Read the arguments, then the hypotheses, then check them together."""
        for name, read in self.readers:
            object.__setattr__(self, name, read(name, getattr(self, name)))
        object.__setattr__(self, "given", flatten_given(self.given))
        refuse_two_of_one_name(self)
        self.check()
        self._refuse_taken_symbols()

    def check(self) -> None:
        """Refuse arguments that mean nothing together."""

    def equations(self) -> tuple[tuple[Any, Any], ...]:
        """Return the two sides of each equation, in the symbols of the claim and of its `definitions`."""
        raise NotImplementedError(f"{type(self).__name__} is not a set of equations")

    def definitions(self) -> tuple[tuple[MatrixSymbol, Any, str], ...]:
        """Return the symbols that `equations` introduces: each with what it stands for, and why."""
        return ()

    def residuals(self) -> tuple[Any, ...]:
        """Return the expressions that must vanish, in the symbols of the claim alone."""
        return tuple(minus(lhs, rhs) for lhs, rhs in self.equations())

    def conjuncts(self) -> Iterator[Claim]:
        """Run through the claims that make up this one."""
        yield self

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return what is claimed, with ``say`` turning each expression into text."""
        raise NotImplementedError

    def statement(self) -> str:
        """Return the claim in plain text: ``if ... then ...``."""
        conclusion = self.conclusion(str)
        return f"if {'; '.join(h.statement() for h in self.given)}, then {conclusion}" if self.given else conclusion

    def latex(self) -> str:
        """Return the claim in LaTeX text mode."""
        conclusion = self.conclusion(lambda e: f"${latex(e)}$")
        assumed = "; ".join(h.latex().removesuffix(".") for h in self.given)
        return f"If {assumed}, then {conclusion}." if assumed else f"{conclusion}."

    def assumptions(self) -> tuple[tuple[Any, str], ...]:
        """Return the expressions that the hypotheses say vanish, each with its reason."""
        return tuple(assumed for h in self.given for assumed in _assumed(h))

    def witnesses(self) -> tuple[MatrixSymbol, ...]:
        """Return the symbols that the hypotheses say exist."""
        return tuple(w for h in self.given if isinstance(h, Hypothesis) for w in h.witnesses)

    def expressions(self) -> tuple[Any, ...]:
        """Return every expression that the conclusion speaks of."""
        return tuple(side for equation in self.equations() for side in equation)

    def _refuse_taken_symbols(self) -> None:
        """Refuse a claim that speaks of a symbol that a hypothesis says exists, or that stands for a velocity."""
        taken = {symbol for symbol, _, _ in self.definitions()}
        for h in self.given:
            taken |= _symbols(h.equations) - _symbols(h.matrices) if isinstance(h, Hypothesis) else set()
        if both := self.symbols() & taken:
            name = min(map(str, both))
            raise InvalidValueError(
                f"a claim must not speak of the symbols that its hypotheses or its flow bring in (got {name}). "
                "Give yours another name."
            )

    def symbols(self) -> set[Any]:
        """Return the matrices, scalars and sizes that the claim and its hypotheses speak of."""
        assumed = (h.matrices if isinstance(h, Hypothesis) else h.residuals() for h in self.given)
        return _symbols(self.expressions(), *assumed)

    def _repr_markdown_(self) -> str:
        return self.latex()


def _symbols(*groups: Iterable[Any]) -> set[Any]:
    return {s for group in groups for e in group for s in standing(sympify(e), MatrixSymbol, Symbol)}


def _assumed(hypothesis: Any) -> tuple[tuple[Any, str], ...]:
    if isinstance(hypothesis, Hypothesis):
        return hypothesis.assumptions()
    return tuple((equation, hypothesis.statement()) for equation in hypothesis.residuals())


def flatten_given(given: Any) -> tuple[Any, ...]:
    """Check and flatten the hypotheses of a claim."""
    if isinstance(given, Hypothesis | Claim):
        given = (given,)
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise InvalidTypeError(complain("given", "a list of hypotheses", given, "Try given=[full_row_rank(W)]."))
    flat: list[Any] = []
    for item in given:
        if isinstance(item, list | tuple):
            flat.extend(flatten_given(item))
        elif isinstance(item, Hypothesis) or (isinstance(item, Claim) and item.is_hypothesis and not item.given):
            flat.append(item)
        else:
            raise InvalidTypeError(
                complain("given", "hypotheses such as full_row_rank(W), or Equal(...)", item, "See tptheory.claims.")
            )
    return tuple(flat)


def as_expression(argument: str, value: Any) -> Any:
    """Return a matrix or scalar expression; text is never parsed."""
    if isinstance(value, MatrixExpr | MatrixBase):
        return as_matrix(argument, value)
    if isinstance(value, str):
        raise InvalidTypeError(complain(argument, "a SymPy expression", value, "Text is never evaluated: build it."))
    try:
        return sympify(value, strict=True)
    except (TypeError, ValueError):
        raise InvalidTypeError(complain(argument, "a SymPy expression", value)) from None


def minus(lhs: Any, rhs: Any) -> Any:
    """Subtract matrices or scalars of one shape; the number 0 stands for a zero matrix."""
    left, right = isinstance(lhs, MatrixExpr | MatrixBase), isinstance(rhs, MatrixExpr | MatrixBase)
    if left and right:
        if lhs.shape != rhs.shape:
            raise ShapeError(
                f"'rhs' must have the shape of 'lhs', {lhs.shape} (got {rhs.shape}). "
                "Transpose one side, or check the layer indices."
            )
        return matadd(lhs, matmul(-1, rhs))
    if left != right:
        if S.Zero in (rhs, lhs):
            return lhs if left else matmul(-1, rhs)
        raise ShapeError(f"'rhs' must be a {'matrix' if left else 'scalar'} as 'lhs' is (got {rhs}).")
    return lhs - rhs
