"""BP on the digits learns what PyTorch learns, from the same start and the same batches; skipped without PyTorch."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from tptheory import load_digits, train
from tptheory.training.initial import initial_parameters
from tptheory.training.loop import Batches
from tptheory.training.trainer import STREAMS

torch = pytest.importorskip("torch")

WIDTHS = (64, 32, 32, 10)
STEPS, LR = 1000, 0.1


def torch_run(digits, seed):
    """Train by autograd and PyTorch's own SGD; return the parameters, the accuracy and the loss on the test images."""
    seeds = dict(zip(STREAMS, np.random.SeedSequence(seed).spawn(len(STREAMS)), strict=True))
    weights, biases = initial_parameters(WIDTHS, dtype="float32", seed=np.random.default_rng(seeds["weights"]))
    layers = [torch.nn.Linear(n, m) for n, m in pairwise(WIDTHS)]
    with torch.no_grad():
        for layer, W, b in zip(layers, weights, biases, strict=True):
            layer.weight.copy_(torch.tensor(W))
            layer.bias.copy_(torch.tensor(b[:, 0]))
    net = torch.nn.Sequential(*layers)
    optimizer = torch.optim.SGD(net.parameters(), lr=LR)
    images = digits.x_train.astype(np.float32)
    batches = Batches(images, digits.labels_train, 100, np.random.default_rng(seeds["batches"]))
    for _ in range(STEPS):
        X, labels = batches.next()
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(net(torch.tensor(X.T.copy())), torch.tensor(labels)).backward()
        optimizer.step()
    with torch.no_grad():
        outputs = net(torch.tensor(digits.x_test.T.astype(np.float32)))
        labels = torch.tensor(digits.labels_test)
        accuracy = float((outputs.argmax(1) == labels).double().mean())
        loss = float(torch.nn.functional.cross_entropy(outputs, labels))
    return [layer.weight.detach().numpy() for layer in layers], accuracy, loss


@pytest.mark.parametrize("seed", range(8))
def test_the_digits_are_learned_as_by_pytorch(seed):
    """After a thousand steps only rounding is between them: one image of 360, 1e-5 of the loss and of the weights."""
    digits = load_digits()
    ours = train("bp", data=digits, widths=WIDTHS, steps=STEPS, lr=LR, seed=seed)
    weights, accuracy, loss = torch_run(digits, seed)
    assert accuracy > 0.95
    assert abs(ours.test_accuracy - accuracy) < 1.5 / 360
    assert ours.test_loss == pytest.approx(loss, rel=1e-5)
    for A, B in zip(ours.weights, weights, strict=True):
        assert np.linalg.norm(A - B) < 1e-5 * np.linalg.norm(B)
