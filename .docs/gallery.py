"""Lay out the gallery: every public figure, drawn when the site is built, with its call and what its docstring says."""

from __future__ import annotations

import ast
import io
from pathlib import Path

import numpy as np

from tptheory import bp_modes, figures, simulate, train
from tptheory.sweeping.frames import sweep_columns

W_1, W_2 = np.array([[1.0, 0.4], [-0.3, 0.8]]), np.array([[0.9, -0.5], [0.4, 1.1]])
A = np.array([[1.0, 2.0], [0.5, 1.0]])
x, y = [1.5, 0.5], [-0.5, 1.0]
runs = {rule: simulate(rule, [W_1, W_2], x, y, lr=0.05, steps=100) for rule in ("bp", "tp", "damped-tp")}
digits = {rule: train(rule, steps=300, log_every=10) for rule in ("bp", "tp", "dtp")}
strengths = [1.5, 1.0, 0.6]
small = simulate("bp", [0.2 * np.eye(3)] * 2, np.eye(3), np.diag(strengths), lr=0.05, steps=120)
theory = bp_modes(strengths, [0.04] * 3, 0.05 * np.arange(121), depth=2).strengths.T
mnist = sweep_columns(Path("notebooks", "records", "steps.jsonl"))

CALLS = {
    "loss_curves": lambda: figures.loss_curves(digits),
    "sweep_curves": lambda: figures.sweep_curves(mnist, "lr", "test_accuracy", by="rule"),
    "law_drift": lambda: figures.law_drift({rule: runs[rule] for rule in ("bp", "tp")}),
    "spectrum": lambda: figures.spectrum([digits["bp"].weights[1], digits["bp"].weights[2]]),
    "singular_modes": lambda: figures.singular_modes(small, theory=theory),
    "error_ray": lambda: figures.error_ray(runs["tp"]),
    "time_series": lambda: figures.time_series(runs["tp"], "W", 1),
    "layer_spaces": lambda: figures.layer_spaces(runs["tp"], rank=1),
    "activations_and_targets": lambda: figures.activations_and_targets(runs["tp"], 1),
    "kernel_and_coimage": lambda: figures.kernel_and_coimage(A),
    "image_and_cokernel": lambda: figures.image_and_cokernel(A),
    "preimage": lambda: figures.preimage(A, [1.0, 0.5]),
    "disc_and_image": lambda: figures.disc_and_image(W_2),
    "pulled_back_loss": lambda: figures.pulled_back_loss(runs["bp"], 1),
    "gradient_functional": lambda: figures.gradient_functional(runs["bp"], 1),
    "error_field": lambda: figures.error_field(runs["tp"], 1),
    "step_slider": lambda: figures.step_slider(runs["tp"]),
    "subspace_slider": lambda: figures.subspace_slider(runs["tp"]),
}
"""By the name of a figure, the call that draws it."""
SIZE = (5.6, 4.0)
"""How large a figure is drawn, in inches; one of many axes has a size of its own."""


def shown(name: str) -> tuple[str, bytes]:
    """Draw a figure; return the name of the file that holds it, and what that holds: a picture, or a page."""
    import matplotlib.pyplot as plt

    with figures.page_style(), plt.rc_context({"figure.figsize": SIZE}):
        drawn = CALLS[name]()
        if isinstance(drawn, str):
            return f"{name}.html", drawn.encode()
        if hasattr(drawn, "children"):
            return f"{name}.png", drawn.children[1].value
        stream = io.BytesIO()
        np.atleast_1d(drawn).flat[0].figure.savefig(stream, dpi=110)
        plt.close("all")
    return f"{name}.png", stream.getvalue()


def sources() -> tuple[str, dict[str, str]]:
    """Return what this file has before the calls, without its docstring, and the text of each call."""
    text = Path(__file__).read_text(encoding="utf-8")
    body = ast.parse(text).body
    table = next(node for node in body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "CALLS")
    before = [ast.get_source_segment(text, node) for node in body[2 : body.index(table)]]
    pairs = zip(table.value.keys, table.value.values, strict=True)
    unused = ("import ast", "import io")
    return (
        "\n".join(line for line in before if line not in unused),
        {key.value: ast.get_source_segment(text, value.body) for key, value in pairs},
    )


def main() -> None:
    """Write the page of the gallery, and the figures."""
    import mkdocs_gen_files

    before, calls = sources()
    with mkdocs_gen_files.open("gallery.md", "w") as page:
        page.write(f"# Gallery\n\n{figures.__doc__.partition(chr(10))[0]}\n\n```python\n{before}\n```\n")
        for name, call in calls.items():
            file, content = shown(name)
            with mkdocs_gen_files.open(f"gallery/{file}", "wb") as picture:
                picture.write(content)
            path = f"{getattr(figures, name).__module__}.{name}"
            frame = f'<iframe src="../gallery/{file}" title="{name}" width="100%" height="620"></iframe>'
            picture = frame if file.endswith("html") else f"![{name}](gallery/{file})"
            options = "    options:\n      show_root_heading: false\n      show_root_toc_entry: false\n"
            page.write(f"\n## {name}\n\n```python\n{call}\n```\n\n{picture}\n\n::: {path}\n{options}")
        for name in sorted({*figures.__all__} - CALLS.keys()):
            page.write(f"\n::: {getattr(figures, name).__module__}.{name}\n")


if __name__ == "<run_path>":  # as mkdocs runs it
    main()
