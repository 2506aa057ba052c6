"""Does feedback that learns beside the weights turn into their transpose?

The gap between the two decays at the rate of the weight decay whatever the data, and where it has closed the rule is
BP with weight decay; on the way there the loss can rise.
"""

from tptheory.preamble import *

two, three = (DeepLinearNetwork(depth=depth, batch=B) for depth in (2, 3))
sample = DeepLinearNetwork(depth=2)
KP, undecayed, mirror = KolenPollack(), KolenPollack(decay=0), WeightMirror()
c, sigma = KP.decay, mirror.noise


def gap(net, l, rule=KP):
    """W_l' - B_l."""
    return minus(T(net.weight(l)), rule.feedback(net, l))


def feedback_balance(net, l):
    """B_{l+1} B_{l+1}' - W_l W_l': the balance of BP, with the feedback for the weight above."""
    F, W = KP.feedback(net, l + 1), net.weight(l)
    return minus(matmul(F, T(F)), matmul(W, T(W)))


@theorem("Under Kolen-Pollack learning $W_l' - B_l$ decays at the rate $c$ of the decay, at any depth, batch and loss")
def kp_gap_decays():
    """Both get the same update, which drops out of the difference (Kolen and Pollack, 1994; Akrout et al., 2019)."""
    return at_every_layer(Decays(gap(batched, l), along=KP.flow(batched), rate=c))


@theorem(r"A Kolen-Pollack step multiplies $W_l' - B_l$ by exactly $1 - \eta c$, at any depth, batch and loss")
def kp_gap_shrinks_in_a_step():
    """So it dies out for any step size below $2 / c$ (Kolen and Pollack, 1994; Akrout et al., 2019)."""
    after = KP.step(batched).after(gap(batched, l))
    return at_every_layer(Equal(after, matmul(1 - eta * c, gap(batched, l))))


@theorem("Without decay Kolen-Pollack learning conserves $W_l' - B_l$, in a flow and in a step, at any depth")
def kp_gap_is_kept_without_decay():
    """Feedback that starts wrong then stays wrong by the same matrix (Kolen and Pollack, 1994)."""
    return [
        at_every_layer(Conserved(gap(batched, l, undecayed), along=motion))
        for motion in (undecayed.flow(batched), undecayed.step(batched))
    ]


@theorem("Under Kolen-Pollack learning $|W_l' - B_l|^2$ decays at the rate $2 c$, at any depth")
def kp_distance_decays():
    """The chain rule (Akrout et al., 2019, for the matrix)."""
    return at_every_layer(Decays(squared_norm(gap(batched, l)), along=KP.flow(batched), rate=2 * c))


@theorem("Where $B_l = W_l'$ above the first layer, Kolen-Pollack learning is BP with weight decay, at depths 2 and 3")
def kp_becomes_bp():
    """The error signals agree, and by the decay of $W_l' - B_l$ they come to agree (Akrout et al., 2019)."""
    decayed = WeightDecay(BP, c)
    return [
        Equal(KP.flow(net)[W], decayed.flow(net)[W], given=[Zero(gap(net, k)) for k in net.layers[1:]])
        for net in (two, three)
        for W in net.weights
    ]


@theorem("Under Kolen-Pollack learning $B_{l+1} B_{l+1}' - W_l W_l'$ decays at the rate $2 c$, at any depth")
def kp_feedback_balance_decays():
    """$B_{l+1} G_{l+1} = d_l x_l' = G_l W_l'$: the feedback stands in BP's balance. New here as far as we know."""
    return at_hidden_layers(Decays(feedback_balance(batched, l), along=KP.flow(batched), rate=2 * c))


@theorem(
    r"A Kolen-Pollack step takes $B_{l+1} B_{l+1}' - W_l W_l'$ to $(1 - \eta c)^2$ times it plus "
    r"$\eta^2 (G_{l+1}' G_{l+1} - G_l G_l')$"
)
def kp_feedback_balance_in_a_step():
    """The terms of first order cancel, as in the flow; at any depth. New here as far as we know."""
    Q, upper, lower = feedback_balance(batched, l), KP.descent(batched, l + 1), KP.descent(batched, l)
    second = minus(matmul(T(upper), upper), matmul(lower, T(lower)))
    after = matadd(matmul((1 - eta * c) ** 2, Q), matmul(eta**2, second))
    return at_hidden_layers(Equal(KP.step(batched).after(Q), after))


@theorem("Where $B_2 = W_2'$, the penalised loss never rises along the Kolen-Pollack flow, at depth 2")
def kp_descends_once_aligned():
    r"""It falls at $|G_1 + c W_1|^2 + |G_2 + c W_2|^2$ (Akrout et al., 2019, call the rule gradient descent then)."""
    return Nonincreasing(two.penalised_loss(c), along=KP.flow(two), given=[Zero(gap(two, 2))])


@theorem("Without decay the Kolen-Pollack loss never rises where $W_2 B_2$ has a positive semidefinite symmetric part")
def kp_descends_at_an_acute_feedback():
    r"""The rate is $-|E X_1'|^2 - \langle E X', W_2 B_2 E X'\rangle$, at depth 2 (Lillicrap et al., 2016, for FA)."""
    seen = matmul(two.weight(2), undecayed.feedback(two, 2))
    acute = positive_semidefinite(matadd(seen, T(seen)))
    return Nonincreasing(two.loss, along=undecayed.flow(two), given=[acute])


@theorem(r"Where nothing moves $W_2$, a weight mirror's $\sigma^2 W_2' - c B_2$ decays at the rate $c$, at depth 2")
def mirror_settles():
    r"""The feedback tends to $\sigma^2 / c$ times the transposed weight (Akrout et al., 2019)."""
    F = mirror.feedback(two, 2)
    mirrored = minus(matmul(sigma**2, T(two.weight(2))), matmul(c, F))
    return Decays(mirrored, along=mirror.flow(two), rate=c, given=[Zero(mirror.descent(two, 2))])


@theorem("Where $B_2 = s W_2'$ with $s \\ge 0$, the loss never rises along the flow of weight mirrors, at depth 2")
def mirror_descends_once_aligned():
    """The update of $W_1$ is $s$ times the gradient (Akrout et al., 2019)."""
    s = Symbol("s", real=True)
    aligned = Equal(mirror.feedback(two, 2), matmul(s, T(two.weight(2))))
    return Nonincreasing(two.loss, along=mirror.flow(two), given=[aligned, at_least(s, 0)])


@conjecture("Under Kolen-Pollack learning the feedback $B_2$ decays at the rate $c$, at depth 2")
def kp_feedback_decays():
    """False: it learns as the weight does."""
    return Decays(KP.feedback(sample, 2), along=KP.flow(sample), rate=c)


@conjecture("Along the Kolen-Pollack flow the loss never rises, at depth 2")
def kp_descends():
    """False before the feedback has aligned, and by the decay alone."""
    return Nonincreasing(sample.loss, along=KP.flow(sample))


@conjecture("Without decay the loss never rises along the Kolen-Pollack flow, at depth 2")
def kp_descends_without_decay():
    """False: a feedback of the wrong sign drives $W_1$ uphill."""
    return Nonincreasing(sample.loss, along=undecayed.flow(sample))


@conjecture("Under Kolen-Pollack learning $W_2 B_2 - B_2' W_2'$ decays at the rate $2 c$: symmetry is kept, at depth 2")
def kp_keeps_symmetry():
    """False: the update enters $W_2 B_2$ through $B_2$ and through $W_2'$, which differ."""
    seen = matmul(sample.weight(2), KP.feedback(sample, 2))
    return Decays(minus(seen, T(seen)), along=KP.flow(sample), rate=2 * c)


@conjecture("Under Kolen-Pollack learning the balance $W_2' W_2 - W_1 W_1'$ decays at the rate $2 c$, at depth 2")
def kp_balance_decays():
    """False: the balance that decays has $B_2$ in place of $W_2'$."""
    return Decays(balance(sample, 1), along=KP.flow(sample), rate=2 * c)


@conjecture(r"A weight mirror's $\sigma^2 W_2' - c B_2$ decays at the rate $c$ while the weights learn, at depth 2")
def mirror_settles_while_learning():
    r"""False: the update of $W_2$ moves what the mirror follows."""
    mirrored = minus(matmul(sigma**2, T(sample.weight(2))), matmul(c, mirror.feedback(sample, 2)))
    return Decays(mirrored, along=mirror.flow(sample), rate=c)
