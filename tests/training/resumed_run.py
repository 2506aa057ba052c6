"""A run that writes checkpoints and takes them up: in this process, or as a program of its own, which can be killed."""

import sys
from pathlib import Path

from tptheory.training.inverses import InverseSettings
from tptheory.training.trainer import train


def run(rule: str, folder: Path, steps: int) -> None:
    """Begin the run, or go on from the checkpoint in the folder; its metrics stand beside it."""
    train(
        rule,
        steps=steps,
        log_every=7,
        checkpoint_every=20,
        probes=rule != "dtp",
        inverses=InverseSettings(kind="sigmoid", penultimate=True) if rule == "dtp" else None,
        checkpoint=folder / "run.ckpt",
        metrics=folder / "metrics.jsonl",
        resume=True,
    )


if __name__ == "__main__":
    run(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
