"""Candidates for conserved quantities: words in the parameters and constants of a rule, and log-determinants.

A letter is a parameter, a constant matrix of the rule, or the transpose of one; a word is a product of letters whose
shapes compose. Widths are symbols here, so that two layers compose only where the network lets them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

from sympy import Inverse, MatrixExpr, MatrixSymbol, Rational, S, Trace

from tptheory.claims.hypotheses import full_column_rank, full_row_rank
from tptheory.claims.vocabulary import ImageWithin, Zero
from tptheory.clock import in_time
from tptheory.errors import InvalidValueError, complain
from tptheory.numeric.jets import Jet
from tptheory.symbolic.dynamics import Flow
from tptheory.symbolic.expressions import LogPdet, Pinv, matadd, matmul, transpose
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.penrose_words import Word, words_of_same_trace

LARGEST_WORDS = 20_000
"""More words than this are refused: they take minutes to multiply."""


class Candidate(NamedTuple):
    """A quantity that may be conserved, alone or as a term of a sum.

    With it come the number of letters of its longest term, the hypotheses that a proof needs, and the rate at which it
    decays.
    """

    quantity: Any
    letters: int
    given: tuple[Any, ...] = ()
    rate: Any = S.Zero


def words(letters: Sequence[MatrixExpr], moving: frozenset[MatrixSymbol], degree: int) -> list[Word]:
    """Return the words of at most ``degree`` letters, of which one moves: shortest first, then as the letters stand."""
    grown: list[Word] = [(letter,) for letter in letters]
    found = list(grown)
    for _ in range(degree - 1):
        grown = [(*word, letter) for word, letter in product(grown, letters) if word[-1].cols == letter.rows]
        found += grown
    return [word for word in found if any(letter.atoms(MatrixSymbol) & moving for letter in word)]


def check_words(letters: Sequence[MatrixExpr], degree: int) -> None:
    """Refuse an ansatz that is too large, before it is written down.

    Raises:
        InvalidValueError: if there are more than `LARGEST_WORDS` words of at most ``degree`` letters.
    """
    ends = Counter(letter.cols for letter in letters)
    total = ends.total()
    for _ in range(degree - 1):
        longer: Counter[Any] = Counter()
        for letter in letters:
            longer[letter.cols] += ends[letter.rows]
        ends = longer
        total += ends.total()
    if total > LARGEST_WORDS:
        came = f"{degree}, for which there are {total:,} words in {len(letters)} letters"
        raise InvalidValueError(complain("degree", f"one with at most {LARGEST_WORDS:,} words", came, "Try 2."))


def letters_of(flow: Flow, constants: Sequence[MatrixSymbol]) -> list[MatrixExpr]:
    """Return the parameters, the constants and their pseudo-inverses, each with its transpose after it.

    Laws in ``(I - B B+) W_l`` need the pseudo-inverses, and so do laws in ``B_l B_{l+1}+``, which turns the feedback of
    a direct rule into feedback from layer to layer.
    """
    return [letter for A in (*flow, *constants, *map(Pinv, constants)) for letter in (A, transpose(A))]


def matrix_groups(found: Sequence[Word]) -> list[list[Word]]:
    """Group the words by shape; of two shapes that are transposes of each other, only the first is kept."""
    groups: dict[tuple[Any, Any], list[Word]] = {}
    for word in found:
        shape = (word[0].rows, word[-1].cols)
        if (shape[1], shape[0]) not in groups or shape[0] == shape[1]:
            groups.setdefault(shape, []).append(word)
    return list(groups.values())


def cyclic_words(found: Sequence[Word]) -> list[Word]:
    """Return the square words, one for each trace: rotations and transposes of a word have the same trace."""
    seen: set[Word] = set()
    chosen = []
    for word in in_time(found):
        if word[0].rows == word[-1].cols and word not in seen:
            chosen.append(word)
            seen.update(words_of_same_trace(word))
    return chosen


def log_candidates(flow: Flow) -> list[Candidate]:
    """Return the log-determinants of the weights, of the matrices that the rule inverts, and of each `joint_gram`."""
    net = flow.net
    data = {net.input, net.error}
    inverted = [node.arg for velocity in flow.values() for node in sorted(velocity.atoms(Inverse, Pinv), key=str)]
    known = [A for A in dict.fromkeys([*net.weights, *inverted]) if not A.atoms(MatrixSymbol) & data]
    joint = [Candidate(LogPdet(joint_gram(net, l)), 2, (apart(net, l),)) for l in net.layers[:-1]]
    return [*(Candidate(LogPdet(A), 1) for A in known), *joint]


def projections(flow: Flow) -> list[Candidate]:
    """Return the projections on the columns of ``W_l`` and the rows of ``W_{l+1}`` together.

    That these columns and rows lie in the image of their Gram matrix is true for all matrices. It stands among the
    hypotheses because the prover does not find the lemma that shows it.
    """
    found = []
    for l in flow.net.layers[:-1]:
        gram, lower, upper = joint_gram(flow.net, l), flow.net.weight(l), flow.net.weight(l + 1)
        within = (ImageWithin(lower, gram), ImageWithin(transpose(upper), gram))
        found.append(Candidate(matmul(gram, Pinv(gram)), 4, within))
    return found


def joint_gram(net: DeepLinearNetwork, l: int) -> MatrixExpr:
    """Return ``W_l W_l' + W_{l+1}' W_{l+1}``: the Gram matrix of the columns of ``W_l`` and the rows of ``W_{l+1}``."""
    lower, upper = net.weight(l), net.weight(l + 1)
    return matadd(matmul(lower, transpose(lower)), matmul(transpose(upper), upper))


def apart(net: DeepLinearNetwork, l: int) -> Zero:
    """Return the hypothesis that the columns of ``W_l`` and the rows of ``W_{l+1}`` span spaces that meet in 0 only."""
    return Zero(matmul(transpose(net.weight(l)), Pinv(joint_gram(net, l)), transpose(net.weight(l + 1))))


def generic_ranks(symbols: Sequence[MatrixSymbol], sizes: Mapping[Any, Any]) -> tuple[Any, ...]:
    """Return the hypotheses that each matrix has full rank, as almost every matrix of its shape at these sizes has."""
    hypotheses: list[Any] = []
    for A in symbols:
        rows, columns = (n.xreplace(dict(sizes)) for n in A.shape)
        hypotheses += [full_row_rank(A)] if rows <= columns else []
        hypotheses += [full_column_rank(A)] if rows >= columns else []
    return tuple(hypotheses)


def values_of(found: Sequence[Word], letters: Mapping[MatrixExpr, Jet]) -> dict[Word, Jet]:
    """Return the value of each word; the product of a word is that of its beginning times its last letter."""
    values: dict[Word, Jet] = {(letter,): value for letter, value in letters.items()}

    def value(word: Word) -> Jet:
        if word not in values:
            values[word] = value(word[:-1]) * letters[word[-1]]
        return values[word]

    return {word: value(word) for word in in_time(found)}


def word_candidate(word: Word, traces: bool) -> Candidate:
    """Return the product of a word, or its trace."""
    return Candidate(Trace(matmul(*word)) if traces else matmul(*word), len(word))


def combination(terms: Sequence[tuple[Rational, Candidate]]) -> Candidate:
    """Return the sum of coefficients times quantities, all matrices or all scalars."""
    if isinstance(terms[0][1].quantity, MatrixExpr):
        total = matadd(*(matmul(c, candidate.quantity) for c, candidate in terms))
    else:
        total = sum(c * candidate.quantity for c, candidate in terms)
    letters = max(candidate.letters for _, candidate in terms)
    return Candidate(total, letters, tuple(h for _, candidate in terms for h in candidate.given))
