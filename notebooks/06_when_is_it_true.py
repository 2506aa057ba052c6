# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # When is it true?
#
# A theorem has two halves: what holds, and when. The first half is often in plain view, such as $(AB)^+ = B^+ A^+$; the
# second half is the work. Here you state the first half only, and ask for the second: `when` returns the weakest
# hypotheses under which a claim is proved, `solve_constants` and `find` the numbers that make it true, and `simplify`
# the shortest expression that equals another.
#
# This page rediscovers some twenty known theorems, from nothing but the definitions, and then asks five questions
# whose answers this project had not written down. Each answer is computed here, and each proof is replayed by the checker
# as it is found. A person still has to say a little: we call it a **hint** if you name a hypothesis to try, or a term
# of which the answer is to be made. The table at the end counts them.

# %%
from IPython.display import display
from sympy import Identity, Inverse, MatrixSymbol, symbols

from tptheory import (
    Backprop,
    Commute,
    Conserved,
    DampedTargetProp,
    Decays,
    DeepLinearNetwork,
    Equal,
    GaussNewton,
    ImageWithin,
    LogPdet,
    Nonincreasing,
    Pinv,
    TargetProp,
    WeightDecay,
    Zero,
    alpha,
    damping,
    eta,
    find,
    full_column_rank,
    full_row_rank,
    inner,
    invertible,
    matadd,
    matmul,
    nonzero,
    orthogonal,
    partial_isometry,
    projection,
    simplify,
    solve_constants,
    squared_norm,
    symmetric,
    transpose,
    when,
)

theorems = []


def proofs(answer):
    """Return the proofs that an answer rests on: that the hypotheses suffice, and that they are necessary."""
    if not hasattr(answer, "sets"):
        return [answer.verdict]
    found = [proof for each in answer.sets for proof in (each.verdict, *each.necessary)]
    if any(each.for_all for each in answer.sets):
        found.append(answer.equation.product.verdict)
    return found


def known(theorem, answer, hints=()):
    """Keep an answer for the table at the end, once the checker has accepted all of its certificates."""
    accepted = [proof.certificate.check().accepted for proof in proofs(answer)]
    assert accepted
    assert all(accepted)
    theorems.append((theorem, answer, len(hints), len(accepted)))
    return answer


# %% [markdown]
# ## Pseudo-inverses
#
# **Push-through.** The two sides of $(I + A^{\top}A)^{-1} A^{\top} = A^{\top} (I + AA^{\top})^{-1}$ differ by nothing.
# Bring the left inverse to the other side, and the right inverse cancels as well: it has been pushed through.

# %%
m, n, k = symbols("m n k", integer=True, positive=True)
A, B = MatrixSymbol("A", m, n), MatrixSymbol("B", n, k)
left, right = matadd(Identity(n), matmul(A.T, A)), matadd(Identity(m), matmul(A, A.T))
display(
    known("push-through", simplify(matadd(matmul(Inverse(left), A.T), -A.T * Inverse(right)))),
    known("push-through, multiplied out", simplify(matmul(left, A.T, Inverse(right)))),
)

# %% [markdown]
# **When is the pseudo-inverse the transpose?** Exactly for partial isometries, $A A^{\top} A = A$. The question names
# no hypothesis: `when` tries what is usually assumed of a matrix, finds one that suffices, and proves that it follows
# from the claim. The smallest counterexample without it is folded into the last column.

# %%
known("A+ = A'", when(Equal(Pinv(A), A.T), seconds=60))

# %% [markdown]
# **When does the reverse-order law hold?** For inverses always, for pseudo-inverses only under the two conditions that
# Greville found in 1966: $A^{\top}A$ commutes with $BB^+$, and $A^+A$ with $BB^{\top}$. No hint is given here either.
# But the list of what is usually assumed was made by people who knew such theorems: of neighbours in a product it has
# that the Gram matrix or projection of the one commutes with that of the other.

# %%
reverse_order = Equal(Pinv(A * B), Pinv(B) * Pinv(A))
known("reverse-order law (Greville)", when(reverse_order, seconds=60))

# %% [markdown]
# Textbooks often have a weaker theorem, in terms of ranks. Allow only those: of the four hypotheses, which are needed?
# Both that are in the books, and each is lost with a small counterexample.

# %%
ranks = [rank(M) for M in (A, B) for rank in (full_row_rank, full_column_rank)]
known("reverse-order law at full ranks", when(reverse_order, ranks, seconds=60), ranks)

# %% [markdown]
# **When does a matrix commute with its pseudo-inverse?** If it is symmetric, if it is invertible; but exactly if the
# image of $M$ lies within that of $M^{\top}$. These are the range-symmetric or *EP* matrices (Schwerdtfeger, 1950).

# %%
M = MatrixSymbol("M", n, n)
tried = [symmetric(M), invertible(M), ImageWithin(M, M.T)]
known("M M+ = M+ M (EP matrices)", when(Equal(M * Pinv(M), Pinv(M) * M), tried, seconds=60), tried)

# %% [markdown]
# **When is the pseudo-inverse additive?** $(A + D)^+ = A^+ + D^+$ if the two matrices are orthogonal from both sides
# (Penrose, 1955). The answer says *if*, not *exactly if*: no proof of the way back was found, and none is claimed.

# %%
D = MatrixSymbol("D", m, n)
tried = [Zero(A.T * D), Zero(A * D.T)]
known("(A + D)+ = A+ + D+", when(Equal(Pinv(A + D), Pinv(A) + Pinv(D)), tried, seconds=60), tried)

# %% [markdown]
# ## Products and sums
#
# **When is a product of symmetric matrices symmetric?** Exactly if they commute.

# %%
P, Q = MatrixSymbol("P", n, n), MatrixSymbol("Q", n, n)
known(
    "symmetric products",
    when(Equal((P * Q).T, P * Q, given=[symmetric(P), symmetric(Q)]), seconds=60),
)

# %% [markdown]
# **When is a product of orthogonal projections a projection?** Exactly if they commute. One hint, and the answer says
# that it was the right one.

# %%
tried = [Commute(P, Q)]
product = Equal(matmul(P, Q, P, Q), P * Q, given=[projection(P, Q), symmetric(P, Q)])
known("products of projections", when(product, tried, seconds=60), tried)

# %% [markdown]
# **And a sum of idempotents?** Nobody names a candidate at first. `when` then still looks for an equation that is
# shorter than the claim; it finds that $QP = -PQ$, and proves that this is necessary.

# %%
total = matadd(P, Q)
idempotent = Equal(matmul(total, total), total, given=[projection(P, Q)])
print(when(idempotent, seconds=60).equation)

# %% [markdown]
# The books say more: that both products vanish. Given these two as hints, it proves that they are necessary, too.

# %%
tried = [Zero(P * Q), Zero(Q * P)]
known("sums of projections", when(idempotent, tried, seconds=60), tried)

# %% [markdown]
# ## Learning rules
#
# Now a network of two layers. **When is target propagation backpropagation?** In the update of $W_1$ one rule has
# $W_2^+$ where the other one has $W_2^{\top}$. For particular data they may agree by accident; for **all** data they
# agree exactly if $W_2$ is a partial isometry. It is the theorem that this project began with, and it needs no hint.
#
# How can it speak of all data? The difference of the updates is proved to be a product $\eta\, F e x^{\top}$, with
# $F = W_2^{\top} - W_2^+$ up to the sign, and $e$ and $x$ may be anything: the product vanishes for all of them only if
# $F = 0$. This last step has two certificates: what every member of a frame maps to 0 is 0. That $e$ and $x$, which may
# be anything, may be each member of a frame is one sentence, and the only one that no certificate holds.

# %%
net, bp, tp = DeepLinearNetwork(depth=2), Backprop(), TargetProp()
(W1, W2), x0, x1, e = net.weights, net.activation(0), net.activation(1), net.error
known("TP is BP", when(Equal(tp.update(net, 1), bp.update(net, 1)), seconds=60))

# %% [markdown]
# **When does a hidden target reach the output?** That is, when does moving $x_1$ to its target move the output by
# $-\alpha e$? For every $y$, exactly at full row rank.


# %%
def moves(rule):
    """The output moves to its target if the hidden layer does."""
    return Equal(matmul(W2, matadd(rule.target(net, 1), -x1)), matmul(-alpha, e))


known("targets reach the output", when(moves(tp), seconds=60))

# %% [markdown]
# Backpropagation's targets have the same aim. They need orthonormal rows: full row rank, and a partial isometry besides.

# %%
known("BP's targets reach the output", when(moves(bp), seconds=60))

# %% [markdown]
# **When does target propagation's loss not rise, at depth 3?** There are networks where it does. Two hypotheses
# prevent it as long as they hold, and neither follows from the other.

# %%
three = DeepLinearNetwork(depth=3)
_, V2, V3 = three.weights
tried = [full_row_rank(V2), full_row_rank(V3), full_column_rank(V3), partial_isometry(V3)]
descends = Nonincreasing(three.loss, along=tp.flow(three))
known("TP's loss never rises", when(descends, tried, seconds=60), tried)

# %% [markdown]
# Gauss-Newton targets have no such trouble: nothing more is assumed.

# %%
descends = Nonincreasing(three.loss, along=GaussNewton().flow(three))
known("Gauss-Newton's loss never rises", when(descends, seconds=60))

# %% [markdown]
# ## Constants
#
# **Which laws are there?** Say which terms a conserved quantity may have. Backpropagation balances neighbouring weights,
# target propagation a logarithm of a determinant with half a squared length, and the damped rule a law between.

# %%
c = symbols("gamma", real=True)
pair = [matmul(W2.T, W2), matmul(W1, W1.T)]
known("BP's balance", find("conserved", pair, along=bp.flow(net)), pair)

# %%
law = LogPdet(W2) - c * squared_norm(W1)
known("TP's law", solve_constants(Conserved(law, along=tp.flow(net)), [c]), [LogPdet(W2), W1])

# %%
damped = DampedTargetProp()
gram = matadd(matmul(W2, W2.T), matmul(damping, Identity(W2.rows)))
pair = [LogPdet(gram), squared_norm(W1)]
known("damped TP's law", find("conserved", pair, along=damped.flow(net)), pair)

# %% [markdown]
# **How fast?** With weight decay of strength $c$ the balance is no longer conserved. It decays, and the rate is $2c$.

# %%
balance = matadd(matmul(W2.T, W2), matmul(-1, W1, W1.T))
decays = Decays(balance, along=WeightDecay(bp).flow(net), rate=c)
known("the balance under weight decay", solve_constants(decays, [c]), [balance])

# %% [markdown]
# **How far does a step of target propagation shrink the error?** The error stays on its ray,
# $e \mapsto (1 - c_2)\, e$, where $c_2$ is made of $|x_0|^2$, $|x_1|^2$ and $x_1 \cdot d_1$. With what signs?

# %%
d1 = tp.error_signal(net, 1)
factors = [
    eta * squared_norm(x0),
    eta * squared_norm(x1),
    eta**2 * squared_norm(x0) * inner(x1, d1),
]
change = matadd(tp.step(net).after(e), matmul(-1, e))
ray = find("equal", [matmul(f, e) for f in factors], to=change, given=[full_row_rank(W2)])
known("the error ray", ray, [*factors, "full row rank"])

# %% [markdown]
# **Which step solves a sample at once?** In one layer, a step in proportion to $1/|x|^2$, by the factor 1: Kaczmarz's.

# %%
one = DeepLinearNetwork(depth=1)
size = squared_norm(one.input)
after = bp.step(one).after(one.error).xreplace({eta: c / size})
known("Kaczmarz's step", solve_constants(Zero(after, given=[nonzero(one.input)]), [c]), [size])

# %% [markdown]
# **And a factor that depends on a parameter?** Damped target propagation is a multiple of backpropagation if $W_2$ is a
# partial isometry. The factor is a function of the damping $\lambda$, found from its values at several dampings, and
# proved for all.

# %%
isometric = [partial_isometry(W2)]
scaled = Equal(damped.update(net, 1), matmul(c, bp.update(net, 1)), given=isometric)
known("damped TP is a multiple of BP", solve_constants(scaled, [c]), isometric)

# %% [markdown]
# ## Five that we had not written down
#
# None of the following stood among the [theorems](../proofs) of this project, or in its notes. Four are about learning
# rules, and we know of no source that states them; where they follow from a known fact of matrix theory, or a paper
# comes near to them, we say so. The fourth is a theorem on matrices, which we found in print afterwards.
#
# **1. Which coordinates does target propagation not see?** Write the hidden layer in other coordinates, $z = g x_1$: the
# weight above becomes $W_2 g^{-1}$. A rule *respects* the change if its feedback becomes $g M_2$. Known here were two
# cases, orthogonal $g$ and full column rank of $W_2$. Both are special: exactly if $g^{\top}g$ commutes with the
# projection $W_2^+ W_2$. So $g$ may do as it likes with the directions that $W_2$ sees, and with those that it does not,
# as long as it keeps the two orthogonal.

# %%
g = MatrixSymbol("g", W2.cols, W2.cols)
respects = Equal(Pinv(matmul(W2, Inverse(g))), matmul(g, Pinv(W2)), given=[invertible(g)])
tried = [
    orthogonal(g),
    full_column_rank(W2),
    full_row_rank(W2),
    Commute(matmul(g.T, g), matmul(Pinv(W2), W2)),
]
known("new 1: coordinates that TP respects", when(respects, tried, seconds=60), tried)

# %% [markdown]
# It is Greville's theorem for the product $W_2 \cdot g^{-1}$, where one of the two conditions is void. Uhlmann (*SIAM
# Journal on Matrix Analysis*, 2018) says of the Moore-Penrose inverse that it is consistent with orthonormal
# transformations; the condition says which others it bears with, matrix by matrix. Backpropagation is not so patient.
# To be respected at every $W_2$, a change has to be orthogonal:

# %%
respects = Equal(transpose(matmul(W2, Inverse(g))), matmul(g, W2.T), given=[invertible(g)])
print(when(respects, [orthogonal(g)], seconds=60))

# %% [markdown]
# **2. When is damped target propagation plain backpropagation?** Not for partial isometries, which leave a factor
# $1/(1 + \lambda)$, as above. Exactly if $W_2 W_2^{\top} W_2 = (1 - \lambda)\, W_2$: every singular value is 0 or
# $\sqrt{1 - \lambda}$. With a damping of 1 or more, only at $W_2 = 0$.

# %%
tried = [partial_isometry(W2), Equal(matmul(W2, W2.T, W2), matmul(1 - damping, W2))]
same = Equal(damped.feedback(net, 2), bp.feedback(net, 2))
known("new 2: damped TP is BP", when(same, tried, seconds=60), tried)

# %% [markdown]
# Meulemans et al. (2020) use the damped pseudo-inverse for their targets, and read it as lying between the
# pseudo-inverse and the transpose; we know of no source for where it *is* the transpose.
#
# **3. When are Gauss-Newton updates those of backpropagation, at depth 3?** For all data, exactly if the *product*
# $W_3 W_2$ is a partial isometry. That is the theorem about $A^+ = A^{\top}$ with $A = W_3 W_2$; the factors are free.

# %%
W = matmul(V3, V2)
tried = [Equal(matmul(W, W.T, W), W), partial_isometry(V2), partial_isometry(V3)]
same = Equal(GaussNewton().update(three, 1), bp.update(three, 1))
known("new 3: Gauss-Newton is BP", when(same, tried, seconds=60), tried)

# %% [markdown]
# **4. So when is a product of partial isometries one?** The project knew that it need not be. Exactly if the projections
# $A^+A$ and $BB^+$ commute: no hint was needed. Looking for it afterwards, we found it as Lemma 2 of Halmos and Wallen
# (*Powers of partial isometries*, Indiana University Mathematics Journal, 1970), as a question on Mathematics Stack
# Exchange about its proof quotes it (number 1870460).

# %%
product = Equal(matmul(A, B, B.T, A.T, A, B), A * B, given=[partial_isometry(A, B)])
known("new 4: products of partial isometries", when(product, seconds=60))

# %% [markdown]
# **5. What is the difference correction for?** Target propagation once sent the target itself through the inverse,
# $W_2^+ t_2$. Lee et al. (2015) add what makes up for an imperfect inverse, $x_1 + W_2^+ (t_2 - x_2)$. With exact
# pseudo-inverses, when does the correction change nothing, whatever comes from below? Exactly if $W_2$ has full column
# rank, so that $W_2^+$ is a left inverse, and reconstruction is perfect.

# %%
t2 = matadd(net.output, matmul(-alpha, e))
uncorrected = Equal(matmul(Pinv(W2), t2), tp.target(net, 1))
known("new 5: targets without correction", when(uncorrected, seconds=60))

# %% [markdown]
# In words that is what Lee et al. say of their correction, that it is for the imperfectness of the auto-encoders; the
# condition on the rank, and that it is necessary, we had not seen.
#
# ## What was typed, and what came out
#
# The hints, and how many certificates the checker replayed. Where it says *exactly if*, the way back is proved, too.

# %%
for theorem, answer, hints, certificates in theorems:
    sets = getattr(answer, "sets", None)
    said = answer if sets is None else "; or ".join(f"{found.kind} {found}" for found in sets)
    print(f"{theorem}: {said}\n    hints {hints}, certificates {certificates}")
unaided = sum(hints == 0 for _, _, hints, _ in theorems)
print(f"\nWithout any hint: {unaided} of {len(theorems)}.")

# %% [markdown]
# What a hint gives is most often a hypothesis that a person has to think of first. That is where the work is left: `when`
# tells a good guess from a bad one, and proves it, but has few guesses of its own.
#
# What makes a claim false is found as [the quickstart](01_quickstart.ipynb) shows; what holds for a rule of yours, in
# [your own rule](05_your_own_rule.ipynb).
