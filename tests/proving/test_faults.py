"""What the prover found and lost again by a fault of its own: each true claim beside a false one."""

from proving.pairs import check_proved, check_refuted, each_false, each_true
from sympy import BlockMatrix, ZeroMatrix

from tptheory import decide
from tptheory.preamble import *

s, z, a = Symbol("s", real=True), Symbol("z", nonnegative=True), Symbol("a", positive=True)
I, R, H = Identity(n), MatrixSymbol("R", n, n), MatrixSymbol("H", n, n)
G, N, O = MatrixSymbol("G", n, n), MatrixSymbol("N", n - 1, n - 1), MatrixSymbol("O", n - m, n - m)
bordered = BlockMatrix([[G, ZeroMatrix(n, 1)], [ZeroMatrix(1, n), Identity(1)]])
gram = bordered * bordered.T
zero_weights = [ForAll(Zero(deep.weight(k)), (k, 1, L))]
signal = matmul(BP.error_signal(deep, l), deep.activation(l).T)
PAIRS = {
    "a size that is one less than another": (
        Zero(s, given=[Equal(s * (n - 1), 0), symmetric(N)]),
        Zero(s, given=[Equal(s * (n - 2), 0), symmetric(N)]),
    ),
    "a size that is a difference": (
        Zero(s, given=[Equal(s * (n - m), 0), symmetric(O)]),
        Zero(s, given=[Equal(s * (n - m - 1), 0), symmetric(O)]),
    ),
    "a case that always holds": (
        AtMost(n, Rank(I - R) + Rank(R), given=[AnyOf(Equal(R, R), Zero(R))]),
        Equal(Rank(I - R) + Rank(R), n, given=[AnyOf(Equal(R, R), Zero(R))]),
    ),
    "a number beside the identity of a block": (
        Equal(gram * bordered, bordered, given=[Equal(gram * gram, gram)]),
        Equal(bordered * bordered, bordered, given=[Equal(gram * gram, gram)]),
    ),
    "a multiple of a block": (
        Equal(bordered**2, bordered, given=[Equal(z * bordered.T, bordered), Equal(bordered**3, bordered**2)]),
        Equal(bordered**2, bordered, given=[Equal(z * bordered.T, bordered)]),
    ),
    "roots that are brought in within a case": (
        Equal(Pinv(R) * R, I, given=[AnyOf(Equal(R, G * G.T + a * I), Equal(R, H * H.T + a * I))]),
        Equal(Pinv(R) * R, I, given=[AnyOf(Equal(R, G * G.T + a * I), Equal(R, H * H.T + z * I))]),
    ),
    "roots within a case of a product": (
        Equal(s * Pinv(R) * R * G, s * G, given=[Equal(s * R, s * (G * G.T + z * H * H.T))]),
        Equal(s * Pinv(R) * R * H, s * H, given=[Equal(s * R, s * (G * G.T + z * H * H.T))]),
    ),
    "a semidefinite matrix at a layer": (
        ForAll(NonNegative(signal), (l, 1, L), given=zero_weights),
        ForAll(NonNegative(signal), (l, 1, L)),
    ),
}


@each_true(PAIRS)
def test_what_is_true_is_proved(claim):
    """The checker accepts the proof, and it is known again."""
    check_proved(claim)


@each_false(PAIRS)
def test_what_is_false_beside_it_is_refuted(claim):
    """A number, a hypothesis or a side is another."""
    check_refuted(claim)


def test_a_logarithm_at_a_layer_is_left_open():
    """What is known of logarithms in order is known of matrices that stand at no layer."""
    found = decide(ForAll(NonNegative(LogPdet(deep.weight(l)) ** 2 + 1), (l, 1, L)), seconds=5)
    assert found.proved, found.reason
    assert "report" not in decide(ForAll(NonNegative(LogPdet(deep.weight(l))), (l, 1, L)), seconds=1).evidence
