"""Rules whose error signals are the equilibrium of a dynamics: predictive coding, equilibrium propagation, inversion.

The activities ``z_1, ..., z_L`` of a network may leave the forward pass ``x_l``. The prediction errors
``eps_l = z_l - W_l z_{l-1} - b_l``, with ``z_0 = x``, cost ``E = 1/2 sum_l |eps_l|^2``. Something at the output pulls
the activities away, and they settle where the cost is least:

eps_l = W_{l+1}' eps_{l+1}          for every hidden layer, since dE/dz_l = eps_l - W_{l+1}' eps_{l+1} = 0
z_l = x_l + T_l eps_l               where T_0 = 0, T_l = I + W_l T_{l-1} W_l', by induction over l
dE/dW_l = -eps_l z_{l-1}'           at the equilibrium, where the activities may be held still (envelope theorem)

``T_l`` is the covariance of ``x_l`` if unit noise is added at every layer, and ``S = T_L``. With ``d_l = -eps_l`` the
update ``dW_l = -eta d_l z_{l-1}'`` descends the cost at equilibrium.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

from sympy import Identity, Inverse, MatrixExpr, Rational, Symbol, ZeroMatrix

from tptheory.symbolic.expressions import matadd, matmul, trace, transpose
from tptheory.symbolic.feedback_rules import feedback_matrix
from tptheory.symbolic.layers import Recursion
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.remembering import remembered
from tptheory.symbolic.rule import Rule
from tptheory.symbolic.rule_scalars import damping

nudging = Symbol("beta", positive=True)
"""The strength with which `EquilibriumPropagation` pulls the output to the target."""


class _Equilibrium(Rule):
    """A rule whose ``d_L`` is a metric ``M`` times the output error, and whose errors go down from there as BP's do.

    Its activities at equilibrium are ``z_l = x_l - s T_l d_l``, where ``s`` is its strength.
    """

    @property
    def _strength(self) -> Any:
        """The ``s`` by which activities leave the forward pass."""
        return 1

    @abstractmethod
    def _metric(self, net: DeepLinearNetwork) -> MatrixExpr:
        """Return the metric: the symmetric matrix ``M`` that takes the output error to ``d_L``."""

    def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``W_l'``: below the output, prediction errors go down as BP's do."""
        return transpose(net.weight(l))

    def backward(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the operator ``(W_L ... W_{l+1})' M`` that takes the output error to ``d_l``."""
        net.check_layer(l, lowest=0)
        return matmul(transpose(net.product(net.depth, l + 1)), self._metric(net))

    def presynaptic(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return the activity at equilibrium below: ``z_{l-1}' = (x_{l-1} - s T_{l-1} d_{l-1})'``."""
        signal = self.error_signal(net, l - 1)
        return transpose(matadd(net.activation(l - 1), matmul(-self._strength, covariance(net, l - 1), signal)))

    def energy(self, net: DeepLinearNetwork) -> Any:
        """Return the energy at equilibrium, ``1/2 e' M e``, summed over the batch: the least total cost over ``s``."""
        return Rational(1, 2) * trace(matmul(transpose(net.error), self._metric(net), net.error))


class PredictiveCoding(_Equilibrium):
    """Predictive coding: the gradient of the energy at the equilibrium of its activities, the output at the target.

    With ``z_L = y`` the equilibrium has ``eps_L = -S^-1 e``, and the least energy is ``1/2 e' S^-1 e``. The update
    descends its gradient: ``d_l = (W_L ... W_{l+1})' S^-1 e`` and ``z_l = x_l - T_l d_l``. One layer learns as by BP.
    For another loss than the squared one ``e`` stands for ``dLoss/dx_L``, which is a definition and no equilibrium.

    It is a rule of Hebbian plasticity (Whittington and Bogacz, 2017); the energy of linear nets at equilibrium is known
    too (Innocenti et al., 2024).

    >>> from tptheory import DeepLinearNetwork
    >>> net = DeepLinearNetwork(depth=2)
    >>> PredictiveCoding().error_signal(net, 1)
    W_2.T*(I + W_2*W_2.T)**(-1)*(W_2*W_1*x - y)
    >>> PredictiveCoding().energy(net)
    Trace((x.T*W_1.T*W_2.T - y.T)*(I + W_2*W_2.T)**(-1)*(W_2*W_1*x - y))/2
    """

    name, title, phrase = "pc", "Predictive coding", "predictive coding"

    def _metric(self, net: DeepLinearNetwork) -> MatrixExpr:
        """Return ``S^-1``."""
        S = covariance(net, net.depth)
        return S if isinstance(S, Identity) else Inverse(S)


class EquilibriumPropagation(_Equilibrium):
    r"""Equilibrium propagation on the energy of prediction errors, whose output is nudged to the target by $\beta$.

    The activities minimise ``E + beta/2 |z_L - y|^2``, so that ``eps_L = -beta (I + beta S)^-1 e``. The update is
    ``-eta/beta`` (Scellier and Bengio, 2017) times the gradient of ``E`` at the nudged equilibrium, less that at the
    free one, which vanishes here, for the free equilibrium is the forward pass. Hence
    ``d_l = (W_L ... W_{l+1})' (I + beta S)^-1 e`` and ``z_l = x_l - beta T_l d_l``: the gradient of
    ``1/2 e' (I + beta S)^-1 e``, at any ``beta``.

    As ``beta`` tends to 0 this is BP. To first order, with BP's signals ``d_l^0``, ``G_l = d_l^0 x_{l-1}' - beta C_l``
    where ``C_l = (W_L ... W_{l+1})' S e x_{l-1}' + d_l^0 (T_{l-1} d_{l-1}^0)'``. As ``beta`` grows, ``beta G_l`` tends
    to the ``G_l`` of `PredictiveCoding`. With Hopfield's energy, which Scellier and Bengio choose, the free
    equilibrium is not the forward pass of this network, and the rule is not BP in it. For another loss than the
    squared one ``e`` stands for ``dLoss/dx_L``, which is a definition and no equilibrium.

    Args:
        beta: how strongly the output is nudged; the symbol ``beta`` unless given, which is 1 in runs unless set.

    >>> from tptheory import DeepLinearNetwork
    >>> EquilibriumPropagation().error_signal(DeepLinearNetwork(depth=2), 1)
    W_2.T*(beta*(I + W_2*W_2.T) + I)**(-1)*(W_2*W_1*x - y)
    """

    name, title, phrase = "ep", "Equilibrium propagation", "equilibrium propagation"
    defaults: ClassVar = {nudging: 1}

    def __init__(self, beta: Any = nudging) -> None:
        self.beta = beta

    @property
    def _strength(self) -> Any:
        """The strength ``beta`` of the pull at the output."""
        return self.beta

    def _metric(self, net: DeepLinearNetwork) -> MatrixExpr:
        """Return ``(I + beta S)^-1``."""
        S = covariance(net, net.depth)
        return Inverse(matadd(Identity(net.widths[net.depth]), matmul(self.beta, S)))


class DynamicInversion(Rule):
    r"""Dynamic inversion: $M_l = (B_l W_l + a I)^{-1} B_l$ with a fixed $B_l$ (Podlaski and Machens, 2020).

    A feedback loop with leak ``a`` settles there: ``du/dt = B_l (d_l - W_l u) - a u`` has the steady state
    ``u = M_l d_l``, which the update takes for ``d_{l-1}``. Without a leak, and ``B_l W_l`` invertible, it inverts
    ``W_l`` from the left. The inverse must exist; the loop is stable if all eigenvalues of ``B_l W_l + a I`` have
    positive real parts. The flow conserves ``log pdet(a I + B_{l+1} W_{l+1}) - 1/2 |W_l|^2`` (less ``1/2 |b_l|^2``).

    Args:
        leak: ``a``; the symbol ``lambda``, as for `DampedTargetProp`, unless given.

    >>> from tptheory import DeepLinearNetwork
    >>> DynamicInversion().feedback(DeepLinearNetwork(depth=2), 2)
    (lambda*I + B_2*W_2)**(-1)*B_2
    """

    name, title, phrase = "di", "Dynamic inversion", "dynamic inversion"

    def __init__(self, leak: Any = damping) -> None:
        self.leak = leak

    def feedback(self, net: DeepLinearNetwork, l: int) -> MatrixExpr:
        """Return ``(B_l W_l + a I)^-1 B_l``."""
        B = feedback_matrix("B", net, l)
        loop = matadd(matmul(B, net.weight(l)), matmul(self.leak, Identity(net.widths[l - 1])))
        return matmul(Inverse(loop), B)


def covariance(net: DeepLinearNetwork, l: Any) -> MatrixExpr:
    """Return ``T_l = I + W_l T_{l-1} W_l'`` with ``T_0 = 0``, of shape ``(n_l, n_l)``, in terms of the weights.

    >>> from tptheory import DeepLinearNetwork
    >>> covariance(DeepLinearNetwork(depth=3), 3)
    I + W_3*(I + W_2*W_2.T)*W_3.T
    """
    if net.any_depth:
        return _covariances(net)(l)
    T: MatrixExpr = ZeroMatrix(net.widths[0], net.widths[0])
    for k in range(1, l + 1):
        T = _next_covariance(net, k, T)
    return T


def _next_covariance(net: DeepLinearNetwork, l: Any, T: MatrixExpr) -> MatrixExpr:
    """Return ``I + W_l T W_l'``."""
    W = net.weight(l)
    return matadd(Identity(net.widths[l]), matmul(W, T, transpose(W)))


@remembered
def _covariances(net: DeepLinearNetwork) -> Recursion:
    """Return the covariances of a network of any depth, for ``l = 0..L``."""
    n = net.widths
    return Recursion.defined(
        "T",
        0,
        net.depth,
        ZeroMatrix(n[0], n[0]),
        lambda k, T: _next_covariance(net, k, T),
        lambda k: (n[k], n[k]),
        reason="the covariances under unit noise at every layer",
    )
