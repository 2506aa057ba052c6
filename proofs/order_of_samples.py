"""Does the order of two samples matter, and is either order the step on both at once?

It matters in second order of the step, by a formula that vanishes in one layer for orthogonal inputs; in two layers
orthogonal inputs alone do not help.
"""

from tptheory.preamble import *

a, b = symbols("a b", real=True)


def on_sample_2(net, expression):
    """The expression on a second sample."""
    second = {A: MatrixSymbol(f"{A}_2", *A.shape) for A in (net.input, net.target)}
    return substitute(expression, second)


def step_on_sample_2(rule, net):
    """The rule's step on a second sample."""
    return Step(rule, net, {W: on_sample_2(net, change) for W, change in rule.step(net).items()})


def outer(u, v):
    """u v'."""
    return matmul(u, T(v))


def twist(u1, v1, u2, v2):
    """u_1 v_2' - u_2 v_1'."""
    return minus(outer(u1, v2), outer(u2, v1))


W, x1, e1 = one.weight(1), one.input, one.error
x2, e2 = on_sample_2(one, x1), on_sample_2(one, e1)
first, second = BP.step(one), step_on_sample_2(BP, one)
first_then_second, second_then_first = first.after(second.after(W)), second.after(first.after(W))
batch = matadd(W, first[W], second[W])


@theorem(r"In one layer, sample 1 then 2 differs from 2 then 1 by $\eta^2 (x_1 \cdot x_2) (e_1 x_2' - e_2 x_1')$")
def one_layer_commutator():
    r"""Each step changes the other's error by $-\eta (x_1 \cdot x_2)$ times its own (we know no source)."""
    difference = minus(first_then_second, second_then_first)
    return Equal(difference, matmul(eta**2 * inner(x1, x2), twist(e1, x1, e2, x2)))


@theorem(r"In one layer, sample 1 then 2 differs from a step on the batch of both by $\eta^2 (x_1 \cdot x_2) e_1 x_2'$")
def one_layer_sequence_against_batch():
    """The second step sees the error that the first has left (we know no source)."""
    return Equal(minus(first_then_second, batch), matmul(eta**2 * inner(x1, x2), outer(e1, x2)))


@theorem("In one layer two samples commute if their inputs are orthogonal, or if $e_1 x_2' = e_2 x_1'$")
def one_layer_samples_commute():
    """One of the factors of the commutator vanishes (we know no source)."""
    return Commute(first, second, given=[AnyOf(OrthogonalImages(x1, x2), Equal(outer(e1, x2), outer(e2, x1)))])


@theorem("In one layer two samples commute if both errors vanish, or if $(x_1, e_1)$ and $(x_2, e_2)$ are parallel")
def one_layer_parallel_samples_commute():
    """For $(x_s, e_s) = c_s (p, q)$ both products are $c_1 c_2 q p'$ (we know no source)."""
    p, q = MatrixSymbol("p", *x1.shape), MatrixSymbol("q", *e1.shape)
    parallel = [Equal(v, matmul(c, u)) for c, x, e in ((a, x1, e1), (b, x2, e2)) for v, u in ((x, p), (e, q))]
    return [Commute(first, second, given=[Zero(e1), Zero(e2)]), Commute(first, second, given=parallel)]


@theorem(r"If two samples commute in one layer, $(x_1 \cdot x_2) (e_1 x_2' - e_2 x_1') = 0$")
def one_layer_commuting_samples():
    r"""Divide the commutator by $\eta^2$, which has the inverse $c^2$ (we know no source)."""
    c = Symbol("c", real=True)
    return Zero(matmul(inner(x1, x2), twist(e1, x1, e2, x2)), given=[Commute(first, second), Equal(c * eta, 1)])


@theorem(r"If $e_1 x_2' = e_2 x_1'$, then $|e_2|^2 x_1 = (e_1 \cdot e_2) x_2$ and $|x_2|^2 e_1 = (x_1 \cdot x_2) e_2$")
def twistless_samples_are_parallel():
    """Apply the equation to $x_2$, and its transpose to $e_2$; so they are parallel unless $x_2$ or $e_2$ vanishes.

    We know no source.
    """
    u1, u2 = (MatrixSymbol(f"e_{s}", *e1.shape) for s in (1, 2))
    given = [Equal(outer(u1, x2), outer(u2, x1))]
    return [
        Equal(matmul(squared_norm(u2), x1), matmul(inner(u1, u2), x2), given=given),
        Equal(matmul(squared_norm(x2), u1), matmul(inner(x1, x2), u2), given=given),
    ]


def leading_order(rule):
    """The part of order eta^2 by which W_2 differs after 1 then 2 from after 2 then 1: a Lie bracket."""
    V = two.weight(2)
    flow = rule.flow(two)
    flow_2 = {W: on_sample_2(two, velocity) for W, velocity in flow.items()}
    return minus(differential(flow_2[V], flow), differential(flow[V], flow_2))


@theorem(
    r"In two layers, to second order in $\eta$, the order of samples changes $W_2$ by the bracket of the two flows"
)
def two_layer_bracket():
    r"""$K (e_1 h_2' - e_2 h_1') + k (e_2 d_1' - e_1 d_2')$, $K = (h_1 \cdot h_2) I + k W_2 M$. New here as far as we
    know.

    $h_s = W_1 x_s$, $M = W_2'$ under BP and $W_2^+$ under TP, $d_s = M e_s$, $k = x_1 \cdot x_2$; at orthogonal inputs
    $(h_1 \cdot h_2) (e_1 h_2' - e_2 h_1')$ is left.
    """
    h, e, x = two.activation(1), two.error, two.input
    h_2, e_2, x_2 = (on_sample_2(two, v) for v in (h, e, x))
    claims = []
    for rule, M in ((BP, T(two.weight(2))), (TP, Pinv(two.weight(2)))):
        k, turned = inner(x, x_2), twist(e, h, e_2, h_2)
        K_turned = matadd(matmul(inner(h, h_2), turned), matmul(k, two.weight(2), M, turned))
        back = twist(e_2, matmul(M, e_2), e, matmul(M, e))
        claims.append(Equal(leading_order(rule), matadd(K_turned, matmul(k, back))))
    return claims


def all_orthogonal(net):
    """Inputs, hidden activations and errors of the two samples are orthogonal in a network of two layers."""
    return [OrthogonalImages(v, on_sample_2(net, v)) for v in (net.input, net.activation(1), net.error)]


@theorem("In two layers two samples commute under BP if their inputs, hidden activations and errors are orthogonal")
def two_layer_samples_commute_under_bp():
    """Neither step changes what the other is made of: $h_2$, $e_2$, $W_2' e_2$ stand still. New here as far
    as we know.
    """
    return Commute(BP.step(two), step_on_sample_2(BP, two), given=all_orthogonal(two))


@conjecture("In two layers two samples commute under TP if their inputs, hidden activations and errors are orthogonal")
def two_layer_samples_commute_under_tp():
    """False at widths 2-1-2: a change of $W_2$ along $e_1 h_1'$ changes $W_2^+ e_2$ although $W_2' e_2$
    stands still.
    """
    narrow = DeepLinearNetwork(widths=(2, 1, 2))
    return Commute(TP.step(narrow), step_on_sample_2(TP, narrow), given=all_orthogonal(narrow))


@conjecture("Two samples commute in one layer")
def samples_commute():
    """False already for numbers."""
    return Commute(first, second)


@conjecture("Two samples commute in one layer if one of the errors vanishes")
def samples_commute_if_one_is_solved():
    """False: the step on the other spoils it, and then it has something to say."""
    return Commute(first, second, given=[Zero(e1)])


@conjecture("Two samples commute in one layer if their inputs are parallel")
def samples_with_parallel_inputs_commute():
    """False: they contradict each other, and the last one has the last word."""
    return Commute(first, second, given=[Equal(x2, matmul(a, x1))])


@conjecture("Two samples with orthogonal inputs commute in two layers under BP")
def orthogonal_samples_commute_under_bp():
    """False: $W_1$ need not keep them orthogonal, and both move $W_2$."""
    x, x_2 = two.input, on_sample_2(two, two.input)
    return Commute(BP.step(two), step_on_sample_2(BP, two), given=[OrthogonalImages(x, x_2)])


@conjecture("Two samples with orthogonal inputs commute in two layers under TP")
def orthogonal_samples_commute_under_tp():
    """False for the same reason."""
    x, x_2 = two.input, on_sample_2(two, two.input)
    return Commute(TP.step(two), step_on_sample_2(TP, two), given=[OrthogonalImages(x, x_2)])
