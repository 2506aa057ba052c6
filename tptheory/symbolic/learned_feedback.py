"""The rules whose feedback learns beside the weights: Kolen-Pollack, weight mirrors, learned inverses."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, ClassVar

from sympy import Identity, MatrixExpr

from tptheory.symbolic.expressions import matadd, matmul, transpose
from tptheory.symbolic.feedback_rules import feedback_matrix
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rule import Rule
from tptheory.symbolic.rule_scalars import coefficient, decay, noise
from tptheory.symbolic.states import State


class KolenPollack(Rule):
    r"""Kolen-Pollack learning: $\dot W_l = -G_l - c W_l$, $\dot B_l = -G_l' - c B_l$ (Kolen and Pollack, 1994).

    The feedback ``M_l = B_l`` has the shape ``(n_{l-1}, n_l)`` of ``W_l'`` and gets the transposed update of the
    weight, so that ``W_l' - B_l`` decays at rate ``c`` and the rule turns into BP (Akrout et al., 2019). ``B_l`` is
    drawn at the start. Layer 1 has one too, which takes ``d_1`` to ``d_0`` and moves no weight. Biases do not decay.

    Args:
        decay: the rate ``c`` of the decay; 0 for none.

    >>> from tptheory import DeepLinearNetwork
    >>> net = DeepLinearNetwork(depth=2)
    >>> flow = KolenPollack().flow(net)
    >>> B = KolenPollack().feedback(net, 2)
    >>> str(flow[net.weight(2)]), str(flow[B])
    ('-c*W_2 - (W_2*W_1*x - y)*x.T*W_1.T', '-c*B_2 - W_1*x*(x.T*W_1.T*W_2.T - y.T)')

    Raises:
        InvalidTypeError: if the decay is no number and no scalar.
        InvalidValueError: if it is negative or not finite.
    """

    name, title = "kolen-pollack", "Kolen-Pollack learning"
    defaults: ClassVar = {decay: Fraction(1, 100)}

    def __init__(self, decay: Any = decay) -> None:
        self.decay = coefficient("decay", decay)

    def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the symbol ``B_l``."""
        return feedback_matrix("B", net, l)

    def velocity(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``-G_l - c W_l``."""
        return matadd(super().velocity(net, l), matmul(-self.decay, net.weight(l)))

    def states(self, net: DeepLinearNetwork, l: int) -> tuple[State, ...]:
        """Return ``B_l``, which moves with ``-G_l' - c B_l``."""
        B = self.feedback(net, l)
        velocity = matadd(transpose(super().velocity(net, l)), matmul(-self.decay, B))
        return (State(B, velocity, start="drawn"),)


class WeightMirror(Rule):
    r"""A weight mirror: $\dot B_l = \sigma^2 W_l' - c B_l$, the mean over noise that is sent up (Akrout et al., 2019).

    In its mirror mode layer ``l - 1`` sends noise ``n`` of covariance ``sigma^2 I``; layer ``l`` answers ``W_l n``, and
    ``B_l`` of shape ``(n_{l-1}, n_l)`` learns by Hebb's rule: ``E n (W_l n)' = E n n' W_l' = sigma^2 W_l'``. With decay
    it tends to ``sigma^2 / c`` times ``W_l'`` while the weights stand still. Here both modes run at once, and the noise
    enters by its covariance alone. ``B_l`` is drawn at the start. Layer 1 has one too, which takes ``d_1`` to ``d_0``
    and moves no weight.

    Args:
        noise: the standard deviation ``sigma`` of the noise.
        decay: the rate ``c`` at which the feedback decays.

    >>> from tptheory import DeepLinearNetwork
    >>> net = DeepLinearNetwork(depth=2)
    >>> str(WeightMirror().flow(net)[WeightMirror().feedback(net, 2)])
    '-c*B_2 + sigma**2*W_2.T'

    Raises:
        InvalidTypeError: if an argument is no number and no scalar.
        InvalidValueError: if one is negative or not finite.
    """

    name, title, phrase = "weight-mirror", "Weight mirrors", "weight mirrors"
    defaults: ClassVar = {noise: 1, decay: Fraction(1, 100)}

    def __init__(self, noise: Any = noise, decay: Any = decay) -> None:
        self.noise, self.decay = coefficient("noise", noise), coefficient("decay", decay)

    def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the symbol ``B_l``."""
        return feedback_matrix("B", net, l)

    def states(self, net: DeepLinearNetwork, l: int) -> tuple[State, ...]:
        """Return ``B_l``, which moves with ``sigma^2 W_l' - c B_l``."""
        B = self.feedback(net, l)
        velocity = matadd(matmul(self.noise**2, transpose(net.weight(l))), matmul(-self.decay, B))
        return (State(B, velocity, start="drawn"),)


class LearnedInverse(Rule):
    r"""Difference target propagation with a learned inverse: $M_l = V_l$, of shape $(n_{l-1}, n_l)$ (Lee et al., 2015).

    ``V_l`` descends the reconstruction loss of its layer, the mean over the ``B`` samples and over noise ``n`` of
    covariance ``sigma^2 I`` in each, ``R_l = 1/(2B) E |V_l f_l(X + N) - (X + N)|^2`` with ``X = X_{l-1}`` and
    ``f_l(X) = W_l X + b_l 1`` (the form of Lee et al., 2015; Meulemans et al., 2020). The noise enters by its
    covariance alone:

    ``R_l = 1/(2B) |V_l X_l - X_{l-1}|^2 + 1/2 sigma^2 |V_l W_l - I|^2``
    ``dV_l/dt = -r/B (V_l X_l - X_{l-1}) X_l' - r sigma^2 (V_l W_l - I) W_l'``

    This is the mean over the noise of what the trainer does for linear inverses, which draws the noise and scales the
    rate, and whose inverses have a bias besides; `train` does that for ``LearnedInverse()`` as it stands. ``V_l`` is
    drawn at the start. Layer 1 has one too, which takes ``d_1`` to ``d_0`` and moves no weight.

    Args:
        noise: the standard deviation ``sigma`` of the noise.
        rate: how fast the inverses learn beside the weights; at 0 they stand still.

    >>> from tptheory import DeepLinearNetwork
    >>> net = DeepLinearNetwork(depth=2)
    >>> V = LearnedInverse().feedback(net, 2)
    >>> V.shape, str(LearnedInverse(noise=0).flow(net)[V])
    ((n_1, n_2), '-(V_2*W_2*W_1*x - W_1*x)*x.T*W_1.T*W_2.T')
    >>> V in LearnedInverse(rate=0).flow(net)
    False

    Raises:
        InvalidTypeError: if an argument is no number and no scalar.
        InvalidValueError: if one is negative or not finite.
    """

    name, title, phrase = "dtp", "Learned-inverse target propagation", "learned-inverse target propagation"
    defaults: ClassVar = {noise: 1}

    def __init__(self, noise: Any = noise, rate: Any = 1) -> None:
        self.noise, self.rate = coefficient("noise", noise), coefficient("rate", rate)

    def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the symbol ``V_l``."""
        return feedback_matrix("V", net, l)

    def states(self, net: DeepLinearNetwork, l: int) -> tuple[State, ...]:
        """Return ``V_l``, which descends the reconstruction loss; nothing at rate 0."""
        if self.rate == 0:
            return ()
        V, W, above = self.feedback(net, l), net.weight(l), net.activation(l)
        seen = matadd(matmul(V, above), matmul(-1, net.activation(l - 1)))
        unseen = matadd(matmul(V, W), matmul(-1, Identity(V.rows)))
        known, noisy = -self.rate / net.samples, -self.rate * self.noise**2
        velocity = matadd(matmul(known, seen, transpose(above)), matmul(noisy, unseen, transpose(W)))
        return (State(V, velocity, start="drawn"),)
