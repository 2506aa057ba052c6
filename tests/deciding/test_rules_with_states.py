"""What the literature proves of rules with a state: decay of feedback, of balances and of angular momenta."""

import pytest
from sympy import Identity, ZeroMatrix

from tptheory import decide, matmul
from tptheory.preamble import *

KP, MIRROR, DECAY = KolenPollack(), WeightMirror(), WeightDecay()
HEAVY, NESTEROV = Momentum(), Nesterov()
NETS = [two, DeepLinearNetwork(depth=2, batch=B, biases=True, loss="any")]
upper = (l, 1, L - 1)


def angular_momentum(rule, net, l):
    """Return ``W_l V_l' - V_l W_l' + W_{l+1}' V_{l+1} - V_{l+1}' W_{l+1}``: what turning the hidden layer conserves.

    With biases the hidden layer turns ``b_l`` too: ``b_l v_l' - v_l b_l'`` comes with it.
    """
    pairs = [(net.weight(l), rule.momentum(net, l)), (T(net.weight(l + 1)), T(rule.momentum(net, l + 1)))]
    pairs += [(net.bias(l), rule.bias_momentum(net, l))] if net.biases else []
    return matadd(*(matadd(matmul(A, T(V)), matmul(-1, V, T(A))) for A, V in pairs))


def decays(quantity, rate, flow):
    """Return the claim that a quantity decays at a rate along a flow."""
    return Equal(flow.derivative(quantity), matmul(-rate, quantity))


@pytest.mark.parametrize("net", NETS, ids=repr)
def test_kolen_pollack_feedback_turns_into_the_transposed_weight(net):
    """W_2' - B_2 decays at rate c (Akrout et al., 2019); not at 2c, and without decay it stands still."""
    apart = matadd(T(net.weight(2)), matmul(-1, KP.feedback(net, 2)))
    assert decide(decays(apart, KP.decay, KP.flow(net))).proved
    assert decide(decays(apart, 2 * KP.decay, KP.flow(net))).refuted
    assert decide(Conserved(apart, along=KolenPollack(decay=0).flow(net))).proved
    assert decide(Conserved(apart, along=KP.flow(net))).refuted


def test_kolen_pollack_at_any_depth():
    """The same at every layer, and one step shrinks the difference by 1 - eta c exactly."""
    apart = matadd(T(biased.weight(l)), matmul(-1, KP.feedback(biased, l)))
    assert decide(at_every_layer(decays(apart, KP.decay, KP.flow(biased)))).proved
    shrunk = Equal(KP.step(biased).after(apart), matmul(1 - eta * KP.decay, apart))
    assert decide(at_every_layer(shrunk)).proved
    assert decide(at_every_layer(Conserved(apart, along=KolenPollack(decay=0).step(biased)))).proved


@pytest.mark.parametrize("net", NETS, ids=repr)
def test_balances_decay_twice_as_fast_as_weights(net):
    """Along BP with weight decay d/dt balance = -2c balance; with biases, which do not decay, it does not."""
    plain = matadd(matmul(T(net.weight(2)), net.weight(2)), matmul(-1, net.weight(1), T(net.weight(1))))
    verdict = decide(decays(plain, 2 * DECAY.decay, DECAY.flow(net)))
    assert (verdict.proved, verdict.refuted) == ((False, True) if net.biases else (True, False))
    assert decide(decays(balance(net, 1), 2 * DECAY.decay, DECAY.flow(net))).proved != net.biases


def test_balances_decay_at_any_depth():
    """The same at every hidden layer of a network without biases."""
    assert decide(at_hidden_layers(decays(balance(batched, l), 2 * DECAY.decay, DECAY.flow(batched)))).proved


@pytest.mark.parametrize("net", [two, three, deep], ids=repr)
def test_the_penalised_loss_falls(net):
    """Weight decay is gradient descent on the penalised loss, which never rises, at any depth too."""
    assert decide(Nonincreasing(net.penalised_loss(DECAY.decay), along=DECAY.flow(net))).proved


def test_the_loss_alone_may_rise_under_weight_decay():
    """The penalty can win: from weights that fit the sample, decay raises the loss."""
    assert decide(Nonincreasing(one.loss, along=DECAY.flow(one))).refuted


@pytest.mark.parametrize("rule", [HEAVY, NESTEROV], ids=["heavy ball", "Nesterov"])
@pytest.mark.parametrize("net", NETS, ids=repr)
def test_the_angular_momentum_decays_at_the_friction(net, rule):
    """d/dt = -mu times it along the heavy ball's flow; without friction it is conserved (Marcotte et al., 2024)."""
    turned = angular_momentum(rule, net, 1)
    assert decide(decays(turned, rule.mu, rule.flow(net))).proved
    assert decide(Conserved(turned, along=type(rule)(mu=0).flow(net))).proved


def test_the_other_sign_is_no_law():
    """With W_2'V_2 - V_2'W_2 subtracted instead of added nothing decays."""
    W, V = two.weights, [HEAVY.momentum(two, l) for l in (1, 2)]
    first = matadd(matmul(W[0], T(V[0])), matmul(-1, V[0], T(W[0])))
    second = matadd(matmul(T(W[1]), V[1]), matmul(-1, T(V[1]), W[1]))
    assert decide(decays(matadd(first, matmul(-1, second)), HEAVY.mu, HEAVY.flow(two))).refuted


def test_a_heavy_balls_step_shrinks_the_angular_momentum_exactly():
    """The semi-implicit step is symplectic: times 1 - eta mu in each step, of any size; Nesterov's is not."""
    for rule, word in ((HEAVY, "proved"), (NESTEROV, "refuted")):
        turned = angular_momentum(rule, two, 1)
        shrunk = Equal(rule.step(two).after(turned), matmul(1 - eta * rule.mu, turned))
        assert decide(shrunk).word == word


def test_the_angular_momentum_at_any_depth():
    """At every hidden layer, with biases, batches and any loss."""
    turned = angular_momentum(HEAVY, biased, l)
    assert decide(at_hidden_layers(decays(turned, HEAVY.mu, HEAVY.flow(biased)))).proved


def test_a_heavy_ball_has_no_balance():
    """Balances are no laws of the heavy ball (Marcotte et al., 2024)."""
    assert decide(Conserved(balance(two, 1), along=HEAVY.flow(two))).refuted


def test_a_heavy_ball_loses_energy():
    """Loss plus kinetic energy never rises, since its rate is -mu times the sum of |V_l|^2; the loss alone may rise."""
    flow, moving = HEAVY.flow(two), [squared_norm(HEAVY.momentum(two, l)) for l in (1, 2)]
    energy = two.loss + sum(moving) / 2
    assert decide(Nonincreasing(energy, along=flow)).proved
    assert decide(Equal(flow.derivative(energy), -HEAVY.mu * sum(moving))).proved
    assert decide(Nonincreasing(two.loss, along=flow)).refuted


def test_a_weight_mirror_rests_where_it_mirrors():
    """Feedback stands still exactly at sigma^2/c times the transposed weight."""
    feedback, W = MIRROR.feedback(deep, l), deep.weight(l)
    velocity = MIRROR.flow(deep)[feedback]
    mirrored = Equal(matmul(MIRROR.decay, feedback), matmul(MIRROR.noise**2, T(W)))
    still = Equal(velocity, ZeroMatrix(*W.T.shape))
    assert decide(at_every_layer(still, given=[at_every_layer(mirrored)])).proved
    still = Equal(MIRROR.flow(two)[MIRROR.feedback(two, 2)], 0)
    scaled = Equal(matmul(MIRROR.decay, MIRROR.feedback(two, 2)), matmul(MIRROR.noise**2, T(two.weight(2))))
    assert decide(Equal(*scaled.equations()[0], given=[still])).proved


def test_learned_inverses_rest_at_inverses():
    """Where V_2 W_2 = I the reconstruction loss is 0 and V_2 stands still; a right inverse may move on."""
    V, W = learned.feedback(two, 2), two.weight(2)
    inverse = Equal(matmul(V, W), Identity(V.rows))
    velocity = learned.flow(two)[V]
    assert decide(Equal(velocity, ZeroMatrix(*V.shape), given=[inverse])).proved
    assert decide(Equal(velocity, ZeroMatrix(*V.shape), given=[Equal(matmul(W, V), Identity(W.rows))])).refuted
