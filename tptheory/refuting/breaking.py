"""Whether numbers break a claim: compiled once, decided exactly."""

from __future__ import annotations

from typing import Any

from flint import fmpq_mat
from sympy import MatrixExpr, ZeroMatrix

from tptheory.claims.motions import Conserved, Nonincreasing
from tptheory.claims.vocabulary import Claim, RankAtMost
from tptheory.errors import InvalidValueError
from tptheory.numeric.evaluation import compile_expression
from tptheory.numeric.instances import Instance, Instances, is_zero
from tptheory.symbolic.expressions import LogPdet, Pinv


class Breaker:
    """Tell, exactly and fast, whether an instance breaks a claim: its expressions are compiled once."""

    def __init__(self, claim: Claim, source: Instances) -> None:
        self.claim = claim
        self.symbols = [*source.matrices, *source.scalars]
        self.steady = [
            self._compiled(node.arg)
            for node in (claim.quantity.atoms(Pinv, LogPdet) if isinstance(claim, Conserved | Nonincreasing) else ())
        ]
        if isinstance(claim, RankAtMost):
            self.expressions = [self._compiled(claim.matrix)]
            self.bounds = [self._compiled(b) if isinstance(b, MatrixExpr) else b for b in claim.bound]
        else:
            residuals = [claim.rate()] if isinstance(claim, Nonincreasing) else claim.residuals()
            self.expressions = [self._compiled(r) for r in residuals if not isinstance(r, ZeroMatrix)]

    def _compiled(self, expression: Any) -> Any:
        return compile_expression(expression, self.symbols, arithmetic="exact")

    def __call__(self, values: Instance) -> bool:
        """Whether the claim fails at these values, and pseudo-inverses that a flow moves cannot jump there."""
        arrays = [values[s] for s in self.symbols]
        try:
            if any(_is_deficient(argument(*arrays)) for argument in self.steady):
                return False
            if isinstance(self.claim, RankAtMost):
                rank = self.expressions[0](*arrays).rank()
                sizes = {s: n for s, n in values.items() if isinstance(n, int)}
                return rank > min(b(*arrays).rank() if callable(b) else int(b.subs(sizes)) for b in self.bounds)
            if isinstance(self.claim, Nonincreasing):
                return bool(self.expressions[0](*arrays) > 0)
            return any(not is_zero(expression(*arrays)) for expression in self.expressions)
        except InvalidValueError:  # what the claim inverts is singular here: it says nothing of this instance
            return False


def _is_deficient(A: fmpq_mat) -> bool:
    return A.rank() < min(A.nrows(), A.ncols())
