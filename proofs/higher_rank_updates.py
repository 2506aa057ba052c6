"""What is gained by updates of higher rank, or by scaling those of rank one, as Newton's method, RLS and FORCE do?

One step solves a sample, a batch or the whole layer where BP needs many; what was learned before is kept only by the
methods that remember it.
"""

from tptheory.preamble import *

batch, pair = DeepLinearNetwork(depth=1, batch=B), DeepLinearNetwork(depth=1, batch=2)
x, W, X = one.input, one.weight(1), batch.input
P, Q, z = RLS.state(one, 1), MatrixSymbol("Q", x.rows, x.rows), MatrixSymbol("z", *x.shape)
inverse = [Equal(matmul(P, Q), Identity(x.rows)), Equal(matmul(Q, P), Identity(x.rows)), symmetric(P)]


def at_rate_one(expression):
    """The expression at eta = 1."""
    return substitute(expression, {eta: Integer(1)})


def after(rule, net, expression):
    """The expression after one step at eta = 1."""
    return at_rate_one(rule.step(net).after(expression))


@theorem(r"One Kaczmarz step at $\eta = 1$ solves a nonzero sample, or a whole batch of full column rank, in one layer")
def kaczmarz_solves_in_one_step():
    """$X^+ X = I$. One step a sample, of rank one; one step a batch, of rank at most $B$ (Kaczmarz, 1937)."""
    return [
        Zero(after(kaczmarz, one, one.error), given=[nonzero(x)]),
        Zero(after(kaczmarz, batch, batch.error), given=[full_column_rank(X)]),
    ]


@theorem(
    "The Kaczmarz step is the least change: any solution $V$ is farther from $W$ by the square of $V$ minus the new $W$"
)
def kaczmarz_changes_least():
    """The step is orthogonal to differences of solutions, which annihilate $X$ (Kaczmarz, 1937)."""
    V, new = MatrixSymbol("V", *batch.weight(1).shape), after(kaczmarz, batch, batch.weight(1))
    change, rest = minus(new, batch.weight(1)), minus(V, new)
    farther = Equal(
        squared_norm(minus(V, batch.weight(1))),
        squared_norm(change) + squared_norm(rest),
        given=[Equal(matmul(V, X), batch.target)],
    )
    return [Zero(inner(change, rest), given=farther.given), farther]


@theorem("One Kaczmarz step of $W_1$ alone solves a nonzero sample in two layers if $W_2$ has full row rank")
def kaczmarz_solves_through_a_layer():
    """$W_2 W_2^+ = I$ lets the wanted change of the output through. New here as far as we know."""
    moved = matmul(two.weight(2), at_rate_one(kaczmarz.update(two, 1)), two.input)
    return Zero(matadd(two.error, moved), given=[full_row_rank(two.weight(2)), nonzero(two.input)])


@theorem("A hidden layer at its Gauss-Newton target puts the output at its own if the product above has full row rank")
def gauss_newton_targets_reach():
    """$A A^+ = I$ for the whole product $A$, so that no single weight need have full rank (Meulemans et al., 2020)."""
    three = DeepLinearNetwork(depth=3)
    return [
        Equal(
            matmul(three.product(3, l + 1), minus(GN.target(three, l), three.activation(l))),
            matmul(-alpha, three.error),
            given=[full_row_rank(three.product(3, l + 1))],
        )
        for l in (1, 2)
    ]


@theorem("One Newton step takes one layer from anywhere to the least-squares solution $Y X^+$ if $X$ has full row rank")
def newton_solves_in_one_step():
    """The loss is quadratic: $W - (W X - Y) X' (X X')^{-1} = Y X^+$, with no gradient (Nocedal and Wright, 2006)."""
    new = after(newton, batch, batch.weight(1))
    return [
        Equal(new, matmul(batch.target, Pinv(X)), given=[full_row_rank(X)]),
        Zero(after(newton, batch, BP.descent(batch, 1)), given=[full_row_rank(X)]),
    ]


@theorem("Newton's step in a layer is the block Kaczmarz step where its Gram matrices are invertible, at depth 2")
def newton_is_kaczmarz():
    """$(A'A)^{-1} A' = A^+$ for full column rank above, $X' (X X')^{-1} = X^+$ for full row rank below (we know no
    source).
    """
    net = DeepLinearNetwork(depth=2, batch=B)
    ranks = [[full_column_rank(net.weight(2)), full_row_rank(net.input)], [full_row_rank(net.activation(1))]]
    return [Equal(newton.update(net, l), kaczmarz.update(net, l), given=ranks[l - 1]) for l in (1, 2)]


@theorem("RLS with $P = Q^{-1}$ ends a step with the inverse of $Q + x x'$, by changes of rank one of $W$ and of $P$")
def rls_keeps_the_inverse_correlation():
    """The Sherman-Morrison formula (Sherman and Morrison, 1950; Haykin, 2002)."""
    new = RLS.step(one).after(P)
    return [
        Equal(matmul(new, matadd(Q, matmul(x, T(x)))), Identity(x.rows), given=inverse),
        RankAtMost(RLS.update(one, 1), 1),
        RankAtMost(RLS.step(one)[P], 1),
    ]


@theorem(
    r"One RLS step at $\eta = 1$ adds the sample to the normal equations: $W_{\mathrm{new}} (Q + x x') = W Q + y x'$"
)
def rls_solves_all_samples_so_far():
    """So after $B$ steps $W$ solves the regularised least squares of all $B$ samples, with rank one each (Haykin,
    2002).
    """
    new = after(RLS, one, W)
    return Equal(
        matmul(new, matadd(Q, matmul(x, T(x)))),
        matadd(matmul(W, Q), matmul(one.target, T(x))),
        given=inverse,
    )


@theorem(r"One RLS step at $\eta = 1$ divides the sample's error by $1 + x' P x$")
def rls_shrinks_the_error():
    """The gain times $x$ is $x' P x / (1 + x' P x)$: large $P$ makes it Kaczmarz-like, small $P$ slow
    (Haykin, 2002).
    """
    return Equal(matmul(1 + inner(x, matmul(P, x)), after(RLS, one, one.error)), one.error)


@theorem("RLS of any step size leaves the output at $z$ alone once $P z = 0$, and keeps $P z = 0$")
def rls_protects_what_is_settled():
    """The gain is a multiple of $x' P$, so that nothing moves along $z$ (Sussillo and Abbott, 2009, for
    small $P z$).
    """
    step, settled = RLS.step(one), [Zero(matmul(P, z)), symmetric(P)]
    return [
        Equal(matmul(step.after(W), z), matmul(W, z), given=settled),
        Zero(matmul(step.after(P), z), given=settled),
    ]


@conjecture("A Kaczmarz step keeps an earlier sample solved")
def kaczmarz_keeps_earlier_samples():
    """False unless the inputs are orthogonal: hence many sweeps for Kaczmarz, one for RLS."""
    y = MatrixSymbol("y_z", *one.target.shape)
    return Equal(matmul(kaczmarz.step(one).after(W), z), y, given=[Equal(matmul(W, z), y)])


@conjecture(r"One BP step at $\eta = 1$ solves a nonzero sample in one layer")
def bp_solves_in_one_step():
    """False unless $|x| = 1$: it scales the error by $1 - |x|^2$."""
    return Zero(after(BP, one, one.error), given=[nonzero(x)])


@conjecture(r"One RLS step at $\eta = 1$ solves a nonzero sample")
def rls_solves_in_one_step():
    """False: the error is divided by $1 + x' P x$, not removed."""
    return Zero(after(RLS, one, one.error), given=[nonzero(x), invertible(P), symmetric(P)])


@conjecture("One block Kaczmarz step solves any batch in one layer")
def kaczmarz_solves_any_batch():
    """False: samples with dependent inputs may contradict each other."""
    return Zero(after(kaczmarz, pair, pair.error))


@conjecture("Kaczmarz steps of both layers at once solve a sample, if both inputs are nonzero and $W_2$ is invertible")
def kaczmarz_in_both_layers():
    """False: each removes the error by itself, and together they overshoot."""
    given = [nonzero(two.input), nonzero(two.activation(1)), invertible(two.weight(2))]
    return Zero(after(kaczmarz, two, two.error), given=given)


@conjecture("The block Kaczmarz update of a batch has rank one")
def kaczmarz_updates_have_rank_one():
    """False: two samples that ask for two directions get both, which is what the higher rank buys."""
    return RankAtMost(kaczmarz.update(pair, 1), 1)
