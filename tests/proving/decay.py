"""Rules with weight decay, which tests of sums of squares share."""

from tptheory.preamble import *


class _Decay:
    """What weight decay adds to the update of a rule."""

    def __init__(self, rate):
        self.rate = rate

    def descent(self, net, l):
        """Return the update of the rule, and the decay."""
        return matadd(super().descent(net, l), matmul(self.rate, net.weight(l)))


class Decayed(_Decay, type(BP)):
    """BP with weight decay: it descends the penalised loss."""

    name, title = "decayed", "decayed backpropagation"


class DecayedTP(_Decay, type(TP)):
    """TP with weight decay."""

    name, title = "decayed-tp", "decayed target propagation"
