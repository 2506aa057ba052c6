"""Values for symbols that equations tie to others: they are guessed, or the equations are solved for them."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any

from flint import fmpq_mat
from sympy import MatrixSymbol

from tptheory.clock import require_time
from tptheory.measuring.premises import Instance, Premises, Unknowns, residuals_of
from tptheory.measuring.random_matrices import Random, full_rank, one_of
from tptheory.numeric.affine_equations import AffineSystem, is_affine
from tptheory.numeric.evaluation import evaluate
from tptheory.symbolic.expressions import Pinv, matadd, matmul, transpose


class Ties:
    """The equations that a claim assumes, and how its symbols are brought to meet them.

    Symbols are first guessed, for matrices that often solve an equation are zeros, transposes, pseudo-inverses and
    matrices of full rank; equations that are affine in a symbol are then solved for it. Of several alternatives, one is
    chosen at random. Whether all equations hold at last is for the caller to test.

    Attributes:
        matrices: the symbols that stand in an equation.
        systems: by symbol, the equations that can be solved for it.
    """

    def __init__(
        self,
        premises: Premises,
        unknowns: Unknowns,
        properties: Mapping[Any, frozenset[str]],
        built: Container[Any],
        admits: Callable[[MatrixSymbol, fmpq_mat], bool],
    ) -> None:
        """Take the hypotheses, and what is known of those that speak of one symbol only.

        Args:
            premises: the hypotheses.
            unknowns: the symbols.
            properties: by symbol, the names of its properties.
            built: the symbols that are built to meet the equations about them alone.
            admits: whether a value of a symbol meets the hypotheses about it alone.
        """
        self.properties, self.symbols, self.admits = properties, unknowns.symbols, admits
        self.matrices = sorted((A for A in _tied(premises, built) if A in properties), key=str)
        self.systems = self._systems(premises.equations)
        self._case_systems = [[self._systems(residuals_of(each)) for each in case] for case in premises.cases]

    def _systems(self, equations: Sequence[Any]) -> dict[Any, AffineSystem]:
        """Return the equations that can be solved for a symbol, by symbol."""
        found = {A: self._system(A, equations) for A in self.matrices}
        return {A: system for A, system in found.items() if system is not None}

    def _system(self, A: MatrixSymbol, equations: Sequence[Any]) -> AffineSystem | None:
        affine = [e for e in equations if e.has(A) and is_affine(e, A)]
        if affine and "symmetric" in self.properties[A]:
            affine.append(matadd(A, matmul(-1, transpose(A))))
        return AffineSystem(A, affine, self.symbols) if affine else None

    def meet(self, rng: Random, values: Instance) -> Instance:
        """Replace symbols that equations tie to others, chosen at random: by guesses, and by solving equations."""
        values = dict(values)
        for A in self.matrices:
            guess = self._guess(rng, A, values)
            if guess is not None and self.admits(A, guess):
                values[A] = guess
        waiting = [item for item in self.systems.items() if rng.integers(0, 4)]
        for alternatives in self._case_systems:
            waiting += one_of(rng, alternatives).items()
        return _solved_in_turn(rng, values, waiting)

    def solved(self, rng: Random, values: Instance, kept: Container[Any]) -> Instance:
        """Solve equations for symbols that they tie to others, in a random order, except for those that are kept."""
        return _solved_in_turn(rng, values, [item for item in self.systems.items() if item[0] not in kept])

    def _guess(self, rng: Random, A: MatrixSymbol, values: Instance) -> fmpq_mat | None:
        """Return a likely solution for a symbol: the transpose or the pseudo-inverse of another symbol, or zero."""
        rows, columns = values[A].nrows(), values[A].ncols()
        choice = int(rng.integers(0, 6))
        if choice < 2:
            turned = [B for B in self.matrices if B != A and (values[B].ncols(), values[B].nrows()) == (rows, columns)]
            if turned:
                other = one_of(rng, turned)
                return evaluate((Pinv(other), transpose(other))[choice], values, arithmetic="exact")
        if choice == 2:
            return fmpq_mat(rows, columns)
        if choice == 3:
            return full_rank(rng, rows, columns)
        return None


def _solved_in_turn(rng: Random, values: Instance, waiting: list[tuple[MatrixSymbol, AffineSystem]]) -> Instance:
    """Solve each system that has a solution for its symbol, in a random order, and return all values."""
    values = dict(values)
    while waiting:
        require_time()
        A, system = waiting.pop(int(rng.integers(0, len(waiting))))
        if (solution := system.solve(values)) is not None:
            values[A] = solution
    return values


def _tied(premises: Premises, built: Container[Any]) -> set[MatrixSymbol]:
    """Return the symbols that an equation ties to others, and those in equations that are not built to meet them."""
    in_cases = [r for case in premises.cases for alternative in case for r in residuals_of(alternative)]
    spoken_of = [e.atoms(MatrixSymbol) for e in (*premises.equations, *in_cases)]
    return {A for symbols in spoken_of for A in symbols if len(symbols) > 1 or A not in built}
