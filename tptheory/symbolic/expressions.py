"""The matrix expressions that SymPy lacks, and products and sums that are built without being simplified.

SymPy 1.14 rewrites some products on sight, and a few of the rewrites are wrong (``Inverse(C.T*C)*C.T*C`` becomes
the identity even where ``C.T*C`` is singular). tptheory therefore builds its own expressions by `matmul`, `matadd` and
`transpose` below, which flatten, drop identities and zeros, and collect equal terms. They are faster than SymPy's
operators; the expressions that ``*``, ``+``, ``-`` and ``/`` build are understood as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from sympy import (
    Adjoint,
    Expr,
    Identity,
    MatAdd,
    MatMul,
    MatrixBase,
    MatrixExpr,
    Mul,
    OneMatrix,
    S,
    Trace,
    Transpose,
    ZeroMatrix,
    log,
    sqrt,
    sympify,
)
from sympy.core.basic import Basic
from sympy.matrices.expressions.matexpr import MatrixElement
from sympy.printing.precedence import PRECEDENCE
from sympy.printing.pretty.stringpict import prettyForm

from tptheory.errors import InvalidTypeError, ShapeError, complain
from tptheory.symbolic.of_one_matrix import OfOneMatrix
from tptheory.typesetting.expressions import node_latex
from tptheory.typesetting.spelling import product_text


def as_matrix(argument: str, value: Any) -> MatrixExpr:
    """Return ``value`` as a matrix expression; ``argument`` is the name that an error gives it.

    A product of a number and a matrix that is written as one of numbers, as SymPy does within itself where it looks at
    signs, is written as the matrix that it is.

    Raises:
        InvalidTypeError: if ``value`` is no SymPy matrix.
    """
    if isinstance(value, MatrixExpr):
        return value
    if isinstance(value, MatrixBase):
        return value.as_immutable()
    if isinstance(value, Mul) and any(isinstance(factor, MatrixExpr) for factor in value.args):
        return matmul(*value.args)
    raise InvalidTypeError(
        complain(argument, "a SymPy matrix expression", value, "Build it from net.weight(l) or MatrixSymbol.")
    )


def evaluated(A: MatrixExpr, hints: Mapping[str, Any]) -> tuple[Any, bool]:
    """Return a matrix as SymPy's ``doit`` evaluates it, and whether it is one of numbers."""
    A = A.doit(**hints) if hints.get("deep", True) else A
    return A, isinstance(A, MatrixBase) and not A.free_symbols


def size_symbols(matrix: MatrixExpr) -> set[Any]:
    """Return the symbols that the sizes of a matrix are made of: none for a matrix whose sizes are integers."""
    return {symbol for size in matrix.shape for symbol in sympify(size).free_symbols}


class Pinv(OfOneMatrix, MatrixExpr):
    """The Moore-Penrose inverse ``A+`` of a matrix of any shape.

    The only ``X`` with ``AXA = A``, ``XAX = X``, ``(AX)' = AX``, ``(XA)' = XA`` (Penrose, 1955).
    Shape ``(n, m)`` for ``A`` of shape ``(m, n)``.

    >>> from sympy import MatrixSymbol
    >>> A = MatrixSymbol("A", 2, 3)
    >>> Pinv(A).shape, Pinv(Pinv(A)) == A, str(Pinv(A))
    ((3, 2), True, 'Pinv(A)')
    """

    code = "{pinv}({A})"

    def __new__(cls, argument: Any) -> Any:
        """Build the node; ``Pinv(Pinv(A))`` is ``A``, and the inverses of ``0`` and ``I`` are known."""
        argument = as_matrix("argument", argument)
        if isinstance(argument, Pinv):
            return argument.arg
        if isinstance(argument, Identity):
            return argument
        if isinstance(argument, ZeroMatrix):
            return ZeroMatrix(argument.cols, argument.rows)
        return Basic.__new__(cls, argument)

    def _entry(self, i: Any, j: Any, **_: Any) -> Expr:
        return MatrixElement(self, i, j)

    @property
    def shape(self) -> tuple[Expr, Expr]:
        """``(n, m)`` for an argument of shape ``(m, n)``."""
        rows, columns = self.arg.shape
        return (columns, rows)

    def differential(self, dA: MatrixExpr) -> MatrixExpr:
        """Return the change of ``A+`` for a change ``dA`` of ``A`` that leaves the rank of ``A`` as it is.

        ``-A+ dA A+ + A+ A+' dA' (I - A A+) + (I - A+ A) dA' A+' A+``   (Golub and Pereyra, 1973).
        """
        P, (left_rest, right_rest) = self, self._rests()
        return matadd(
            matmul(-1, P, dA, P),
            matmul(P, transpose(P), transpose(dA), left_rest),
            matmul(right_rest, transpose(dA), transpose(P), P),
        )

    def pullback(self, seed: MatrixExpr) -> MatrixExpr:
        """Return ``S`` with ``<S, dA> = <seed, d(A+)>``: the adjoint of `differential`."""
        P, (left_rest, right_rest) = self, self._rests()
        return matadd(
            matmul(-1, transpose(P), seed, transpose(P)),
            matmul(left_rest, transpose(seed), P, transpose(P)),
            matmul(transpose(P), P, transpose(seed), right_rest),
        )

    def _rests(self) -> tuple[MatrixExpr, MatrixExpr]:
        """Return the projections ``I - A A+`` and ``I - A+ A``, off the image of ``A`` and onto its kernel."""
        A, P = self.arg, self
        return matadd(Identity(A.rows), matmul(-1, A, P)), matadd(Identity(A.cols), matmul(-1, P, A))

    def doit(self, **hints: Any) -> Any:
        """Evaluate the argument; SymPy computes the pseudo-inverse of a matrix of numbers.

        A matrix with symbols stays inside the node: its rank, and with it the formula, depends on their values.
        """
        A, known = evaluated(self.arg, hints)
        return A.pinv() if known else Pinv(A)

    def _pretty(self, printer: Any) -> prettyForm:
        base = printer._print(self.arg)
        if not self.arg.is_symbol:
            base = prettyForm(*base.parens())
        return base ** prettyForm("+")


class LogPdet(OfOneMatrix, Expr):
    """The logarithm of the pseudo-determinant: the sum of the logarithms of the nonzero singular values.

    For an invertible matrix it is ``log |det A|``. Its differential at constant rank is ``tr(A+ dA)``.

    >>> from sympy import MatrixSymbol, symbols
    >>> from tptheory import evaluate
    >>> A = MatrixSymbol("A", 2, 2)
    >>> float(evaluate(LogPdet(A), {A: [[1, 0], [0, 0]]}))
    0.0
    """

    is_commutative = True
    code = "{sum}({log}({svd}({A}, compute_uv=False)[: {matrix_rank}({A})]))"

    def __new__(cls, argument: Any) -> Any:
        """Build the node from a matrix of any shape."""
        return Expr.__new__(cls, as_matrix("argument", argument))

    def doit(self, **hints: Any) -> Any:
        """Evaluate the argument, and the logarithm of a matrix of numbers; one with symbols stays inside the node."""
        A, known = evaluated(self.arg, hints)
        if not known:
            return LogPdet(A)
        squared = abs((A * A.T).charpoly().all_coeffs()[A.rank()])  # the product of the eigenvalues but the zeros
        return log(sqrt(squared))


class Chain(MatMul):
    """A product that prints in time proportional to its length, and is otherwise SymPy's `MatMul`.

    SymPy's printer asks once for each factor whether a minus sign can be extracted from the product, and rebuilds the
    product each time; here the coefficient alone answers. Products of a `Chain` by ``*`` are not simplified.
    """

    _op_priority = 12.0

    def __mul__(self, other: Any) -> MatrixExpr:
        """Multiply from the right, and simplify nothing."""
        return matmul(self, other)

    def __rmul__(self, other: Any) -> MatrixExpr:
        """Multiply from the left, and simplify nothing."""
        return matmul(other, self)

    def could_extract_minus_sign(self) -> bool:
        """Tell whether the scalar coefficient carries a minus sign."""
        return not isinstance(self.args[0], MatrixExpr) and bool(self.args[0].could_extract_minus_sign())

    @property
    def precedence(self) -> int:
        """How tightly the product binds when it is printed; SymPy would read all factors for this, once for each."""
        return PRECEDENCE["Add"] if self.could_extract_minus_sign() else PRECEDENCE["Mul"]

    def __eq__(self, other: object) -> bool:
        """Equal a `MatMul` of the same factors."""
        return isinstance(other, MatMul) and self.args == other.args

    def __hash__(self) -> int:
        """Hash as `MatMul` does."""
        return hash(("MatMul", *self._hashable_content()))

    def _sympystr(self, printer: Any) -> str:
        return product_text(self, printer)

    def _latex(self, printer: Any, *_: Any) -> str:
        return node_latex(self)


def matmul(*factors: Any) -> MatrixExpr:
    """Return the product of scalars and matrices: flattened, identities dropped, nothing else simplified.

    It is for speed and looks, not for correctness: ``2*A*B`` is understood as well wherever ``matmul(2, A, B)`` is.
    Only a product that cancels an inverse, ``Inverse(X.T*X)*X.T*X``, is built otherwise by SymPy, as the identity.

    Raises:
        ShapeError: if the shapes of two neighbours do not compose.

    >>> from sympy import MatrixSymbol, symbols
    >>> A = MatrixSymbol("A", 2, 3)
    >>> matmul(2, A, A.T, 3)
    6*A*A.T
    """
    coefficient, matrices = _flattened(factors)
    if not matrices:
        raise InvalidTypeError(complain("factors", "at least one matrix", factors))
    _check_that_they_compose(matrices)
    rows, columns = matrices[0].rows, matrices[-1].cols
    if coefficient == 0 or any(isinstance(M, ZeroMatrix) for M in matrices):
        return ZeroMatrix(rows, columns)
    first, *others = [M for M in matrices if not isinstance(M, Identity)] or [Identity(rows)]
    if not others:
        return _multiple(coefficient, first)
    head = () if coefficient == 1 else (coefficient,)
    return Chain(*head, first, *others, evaluate=False)


def _multiple(coefficient: Any, matrix: MatrixExpr) -> MatrixExpr:
    """Return a scalar times one matrix; a minus in front of a sum goes to each of its terms."""
    if coefficient == 1:
        return matrix
    if coefficient == -1 and isinstance(matrix, MatAdd):
        return matadd(*(matmul(-1, term) for term in matrix.args))
    return Chain(coefficient, matrix, evaluate=False)


def _flattened(factors: Iterable[Any]) -> tuple[Any, list[MatrixExpr]]:
    """Return the product of the scalars among some factors, and their matrices."""
    coefficient: Any = S.One
    matrices: list[MatrixExpr] = []
    for factor in factors:
        if isinstance(factor, MatMul):
            scalar, parts = factor.as_coeff_matrices()
            coefficient *= scalar
            matrices.extend(parts)
        elif isinstance(factor, MatrixExpr | MatrixBase):
            matrices.append(as_matrix("factors", factor))
        else:
            coefficient *= sympify(factor, strict=True)
    return coefficient, matrices


def _check_that_they_compose(matrices: list[MatrixExpr]) -> None:
    """Raise ShapeError if the shapes of two neighbours in a product do not fit."""
    for left, right in pairwise(matrices):
        if left.cols != right.rows:
            raise ShapeError(
                f"'factors' must have shapes that compose (got {left} of shape {left.shape} "
                f"before {right} of shape {right.shape}). Transpose one of them, or change its widths."
            )


def matadd(*terms: Any) -> MatrixExpr:
    """Return the sum of matrices: flattened, equal terms collected, zeros dropped, nothing else simplified.

    It is for speed and looks, not for correctness: ``A + B`` is understood as well wherever ``matadd(A, B)`` is.

    Raises:
        ShapeError: if the terms differ in shape.

    >>> from sympy import MatrixSymbol, symbols
    >>> A = MatrixSymbol("A", 2, 3)
    >>> matadd(A, A)
    2*A
    """
    parts = [
        part for term in terms for part in (term.args if isinstance(term, MatAdd) else (as_matrix("terms", term),))
    ]
    if not parts:
        raise InvalidTypeError(complain("terms", "at least one matrix", terms))
    shape = parts[0].shape
    for part in parts:
        if part.shape != shape:
            raise ShapeError(f"'terms' must have one shape (got {part} of shape {part.shape} beside {shape}).")
    collected = _collected(parts)
    if not collected:
        return ZeroMatrix(*shape)
    return collected[0] if len(collected) == 1 else MatAdd(*collected, evaluate=False)


def _collected(terms: list[MatrixExpr]) -> list[MatrixExpr]:
    """Return the terms of a sum with equal ones added up, and without those that vanish."""
    coefficients: dict[MatrixExpr, Any] = {}
    for term in terms:
        if isinstance(term, ZeroMatrix):
            continue
        scalar, matrices = term.as_coeff_matrices() if isinstance(term, MatMul) else (S.One, [term])
        core = matmul(*matrices)
        coefficients[core] = coefficients.get(core, S.Zero) + scalar
    return [matmul(scalar, core) for core, scalar in coefficients.items() if scalar != 0]


def transpose(expression: MatrixExpr) -> MatrixExpr:
    """Return the transpose, pushed down to the letters: ``(AB)'`` is ``B'A'``.

    >>> from sympy import MatrixSymbol
    >>> A, B = MatrixSymbol("A", 2, 3), MatrixSymbol("B", 3, 4)
    >>> str(transpose(2 * A * B))
    '2*B.T*A.T'
    """
    if isinstance(expression, Transpose | Adjoint):
        return expression.arg
    if isinstance(expression, MatMul):
        scalar, matrices = expression.as_coeff_matrices()
        return matmul(scalar, *(transpose(M) for M in reversed(matrices)))
    if isinstance(expression, MatAdd):
        return matadd(*(transpose(term) for term in expression.args))
    if isinstance(expression, Identity):
        return expression
    if isinstance(expression, ZeroMatrix | OneMatrix):
        return expression.func(expression.cols, expression.rows)
    if isinstance(expression, MatrixBase):
        return expression.transpose()
    return Transpose(as_matrix("expression", expression))


def trace(expression: MatrixExpr) -> Expr:
    """Return the trace, with scalars pulled out and sums split: a sum of traces of products.

    >>> from sympy import MatrixSymbol, symbols
    >>> A = MatrixSymbol("A", 2, 2)
    >>> trace(2 * A)
    2*Trace(A)
    """
    expression = as_matrix("expression", expression)
    if isinstance(expression, MatAdd):
        return sum((trace(term) for term in expression.args), S.Zero)
    if isinstance(expression, MatMul):
        scalar, matrices = expression.as_coeff_matrices()
        return scalar * Trace(matmul(*matrices))
    return S.Zero if isinstance(expression, ZeroMatrix) else Trace(expression)


def inner(A: MatrixExpr, B: MatrixExpr) -> Expr:
    """Return the Frobenius inner product ``<A, B> = tr(A' B)`` of two matrices of one shape.

    >>> from sympy import MatrixSymbol, symbols
    >>> A, B = MatrixSymbol("A", 2, 3), MatrixSymbol("B", 2, 3)
    >>> inner(A, B)
    Trace(A.T*B)
    """
    return Trace(matmul(transpose(as_matrix("A", A)), as_matrix("B", B)))


def squared_norm(A: MatrixExpr) -> Expr:
    """Return the squared Frobenius norm ``|A|^2 = tr(A' A)``.

    >>> from sympy import MatrixSymbol, symbols
    >>> A = MatrixSymbol("A", 2, 3)
    >>> squared_norm(A)
    Trace(A.T*A)
    """
    return inner(A, A)
