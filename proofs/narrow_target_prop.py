r"""Has TP exactly one law at depth 2 if the hidden layer is narrow, at any widths?

Yes: if n_1 < n_0 + n_2, the log-determinant (`log_determinant.py`) is the only quantity that TP's flow conserves for
all data, near almost every point; that is new here.

The proof shows one point at which the Lie algebra of the
velocities has all dimensions but one. As its rank is that of a matrix of rational functions, it is so at almost every
point, and the differential of a conserved quantity vanishes on it.

Write U = W_1 (n_1 by n_0) and V = W_2 (n_2 by n_1). Sums of velocities of single samples are v_G: dU = V+ G, dV = G U',
up to sign, for any G (n_2 by n_0). A combination with coefficients that vary over the space of weights has the same
orbits, so that K below may be any constant matrix.

Wide, n_2 < n_1. With G = V V' K the field is X_K: dU = V'K, dV = V V' K U' (`polynomial_velocities`). Let r = n_1 -
n_2, which is below n_0, and take a point where V V' = I, V U = 0 and U has rank r. There is a unit column f with U f =
0. Directions (dU, dV) there:

 1. (V'K, K U') is X_K itself.
 2. Brackets of three fields give (0, a m'U') for all columns a and m (`second_brackets`, `rows_apart`): hence (0, K U')
    and, by 1, (V'K, 0) for all K.
 3. Brackets [X_K, X_M] are (U Z, Y V) with Z = K'M - M'K, Y = M K' - K M' (`first_brackets`). With K = a f' and M = b
    f' these are (0, Y V), for all skew Y; with K = a k' and M = a m' they are (U Z, 0), for all skew Z.
 4. Along f, where U f = 0, brackets of four fields give (0, S V), where the symmetric part of S is -2 (a b' + b a') for
    orthonormal a and b, c = d = a (`symmetric_brackets`). In all orthonormal bases such matrices span the symmetric
    ones of trace 0. With 3: all (0, S V) with tr S = 0.
 5. Other brackets of four have (I - V'V) dU = -2 U m n' for all m and n that f is orthogonal to (`columns_apart`). What
    else they have lies in 2 to 4, but for the trace of S, which the law fixes. With the U Z of 3, where Z may be
    f m' - m f', dU may be any U R.

These are n_2 n_0 + n_2 r + (n_2^2 - 1) + r n_0 = n_1 (n_0 + n_2) - 1 dimensions: all but one.

Tall or square, n_1 <= n_2. With G = V K the field is x_K: dU = K, dV = V K U', and with a G of which V'G = 0 it is y_G:
dU = 0, dV = G U' (`tall_velocities`). At a point with U = 0 and V of full column rank there are (K, 0); the brackets
[x_K, y_G], which are (0, G K'), and so all (0, H) with V'H = 0; and (0, V S) with tr S = 0, as in 3 and 4
(`tall_brackets`). These are n_1 n_0 + n_1 (n_2 - n_1) + n_1^2 - 1: all but one.
"""

from tptheory.preamble import *

h, p, q = symbols("h p q", integer=True, positive=True)
U, V = MatrixSymbol("U", h, p), MatrixSymbol("V", q, h)
u = MatrixSymbol("u", h, 1)
K, M, N, G = (MatrixSymbol(name, q, p) for name in "KMNG")
a, b, c, d = (MatrixSymbol(name, q, 1) for name in "abcd")
f, m, n = (MatrixSymbol(name, p, 1) for name in "fmn")
F, W = matmul(V, T(V)), matmul(V, U)
POINT = [Equal(F, Identity(q)), Zero(W)]
APART = [*POINT, Zero(matmul(U, f)), *(Equal(matmul(T(x), x), Identity(1)) for x in (a, f))]


def field(K, U):
    """Return X_K."""
    return matmul(T(V), K), matmul(V, T(V), K, T(U))


def bracket(X, Y, U=U):
    """Return the bracket of two vector fields on (U, V): the derivative of Y along X less that of X along Y."""
    along_X, along_Y = dict(zip((U, V), X, strict=True)), dict(zip((U, V), Y, strict=True))
    return [matadd(derivative(y, along_X), matmul(-1, derivative(x, along_Y))) for x, y in zip(X, Y, strict=True)]


def skew(K, M):
    """Return K M' - M K'."""
    return matadd(matmul(K, T(M)), matmul(-1, M, T(K)))


@theorem("$G = V V' K$ makes TP's velocity of $U$ a polynomial, $V' K$; of $G$ this is the only form at full row rank")
def polynomial_velocities():
    """By Penrose's equations, $V^+ V V' = V'$; and $V V'$ has an inverse at full row rank. New here."""
    inverse = Pinv(F)
    return [
        Equal(matmul(Pinv(V), F, K), matmul(T(V), K)),
        Equal(matmul(F, inverse, G), G, given=full_row_rank(V)),
    ]


@theorem(
    "$[X_K, X_M]$ moves $U$ by $U Z$ with a skew $Z$, and at $V V' = I$, $V U = 0$ it moves $V$ by $(M K' - K M') V$"
)
def first_brackets():
    """By the product rule. New here."""
    Z = matadd(matmul(T(K), F, M), matmul(-1, T(M), F, K))
    first, second = bracket(field(K, U), field(M, U))
    return [Equal(first, matmul(U, Z)), Equal(second, matmul(skew(M, K), V), given=POINT)]


@theorem("At $V V' = I$, $V U = 0$, $[X_N, [X_K, X_M]]$ less a field $X$ moves $V$ alone, by a multiple of $U'$")
def second_brackets():
    """With $Q = I + U'U$ the multiple is $K Q N'M - M Q N'K + N Q Z$. New here."""
    Z, Q = skew(T(K), T(M)), matadd(Identity(p), matmul(T(U), U))
    first, second = bracket(field(N, U), bracket(field(K, U), field(M, U)))
    rest = matadd(matmul(N, Z), matmul(skew(M, K), N))
    multiple = matadd(matmul(K, Q, T(N), M), matmul(-1, M, Q, T(N), K), matmul(N, Q, Z), rest)
    return [Equal(first, matmul(T(V), rest), given=POINT), Equal(second, matmul(multiple, T(U)), given=POINT)]


@theorem("Where $U f = 0$ as well, $[X_K, [X_K, X_M]]$ with $K = a f'$, $M = a m'$ moves $V$ by $3 a m' U'$")
def rows_apart():
    """$X_M$ moves it by $a m' U'$, and $U$ alike; $f$ and $a$ have norm 1, and $m$ is orthogonal to $f$. New here."""
    given = [*APART, Zero(matmul(T(f), m))]
    K, M = matmul(a, T(f)), matmul(a, T(m))
    first, second = bracket(field(K, U), bracket(field(K, U), field(M, U)))
    return [
        Equal(first, matmul(T(V), M), given=given),
        Equal(second, matmul(3, M, T(U)), given=given),
    ]


@theorem("At $V V' = I$, $u = 0$, brackets of four fields of one column move $V$ by $S V$, and $S$ is not skew")
def symmetric_brackets():
    """With $Y = b a' - a b'$ it is $S = c d' Y - Y d c' + 2 d c' Y$. New here."""
    Y = skew(b, a)
    inner = bracket(field(c, u), bracket(field(a, u), field(b, u), u), u)
    first, second = bracket(field(d, u), inner, u)
    S = matadd(matmul(c, T(d), Y), matmul(-1, Y, d, T(c)), matmul(2, d, T(c), Y))
    given = [Equal(F, Identity(q)), Zero(u)]
    return [Zero(first, given=given), Equal(second, matmul(S, V), given=given)]


@theorem("Where $U f = 0$ as well, a bracket of four fields moves $U$ apart from the rows of $V$ by $-2 U m n'$")
def columns_apart():
    """It is $[X_K, [X_N, [X_K, X_M]]]$ with $K = a f'$, $M = a m'$, $N = a n'$. New here."""
    K, M, N = (matmul(a, T(x)) for x in (f, m, n))
    first, _ = bracket(field(K, U), bracket(field(N, U), bracket(field(K, U), field(M, U))))
    given = [*APART, Zero(matmul(T(f), m)), Zero(matmul(T(f), n))]
    apart = matadd(Identity(h), matmul(-1, T(V), V))
    return Equal(matmul(apart, first), matmul(-2, U, m, T(n)), given=given)


k, l = (MatrixSymbol(name, h, p) for name in "kl")
s, t, v, w = (MatrixSymbol(name, h, 1) for name in "stvw")


def tall(K, U):
    """Return x_K."""
    return K, matmul(V, K, T(U))


@theorem("At full column rank $G = V K$ gives TP's velocity $K$ of $U$, and $G$ with $V' G = 0$ gives none")
def tall_velocities():
    """A left inverse at full column rank, and Penrose's equations. New here."""
    return [
        Equal(matmul(Pinv(V), V, k), k, given=full_column_rank(V)),
        Zero(matmul(Pinv(V), G), given=Zero(matmul(T(V), G))),
    ]


@theorem("At $U = 0$ the brackets of tall velocities are $(0, G K')$, $(0, V Y)$ with a skew $Y$, and $(0, V S)$")
def tall_brackets():
    """With $Y = t s' - s t'$ it is $S = v w' Y - Y w v' - 2 Y v w'$, which is not skew. New here."""
    across = matadd(Identity(q), matmul(-1, V, Pinv(V)))
    outside = (matmul(0, U), matmul(across, G, T(U)))
    rank = [full_column_rank(V), Zero(U)]
    turned = bracket(tall(k, U), tall(l, U))
    mixed = bracket(tall(k, U), outside)
    Y = skew(t, s)
    inner = bracket(tall(v, u), bracket(tall(s, u), tall(t, u), u), u)
    first, second = bracket(tall(w, u), inner, u)
    S = matadd(matmul(v, T(w), Y), matmul(-1, Y, w, T(v)), matmul(-2, Y, v, T(w)))
    return [
        Zero(mixed[0], given=rank),
        Equal(mixed[1], matmul(across, G, T(k)), given=rank),
        Zero(turned[0], given=Zero(U)),
        Equal(turned[1], matmul(V, skew(l, k)), given=Zero(U)),
        Zero(first, given=Zero(u)),
        Equal(second, matmul(V, S), given=Zero(u)),
    ]
