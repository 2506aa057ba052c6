"""Execute the notebooks, each a script in ``notebooks/``, and write them with their outputs beside the scripts."""

from __future__ import annotations

import argparse
import io
import os
import time
from base64 import b64decode, b64encode
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 240
"""How long a notebook may take, and any cell of it: twice what one busy core needs."""


def executed(script: Path) -> nbformat.NotebookNode:
    """Return the notebook of a script with its outputs, the same bytes each time.

    Raises:
        nbclient.exceptions.CellExecutionError: if a cell raises.
        nbclient.exceptions.CellTimeoutError: if a cell is still running when the time is over.
    """
    notebook = jupytext.read(script)
    notebook.metadata.pop("jupytext", None)
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number:02}"
    resources = {"metadata": {"path": str(script.parent)}}
    NotebookClient(notebook, timeout=SECONDS, resources=resources, record_timing=False, coalesce_streams=True).execute()
    for output in (output for cell in notebook.cells for output in cell.get("outputs", ())):
        if "image/png" in output.get("data", {}):
            output.data["image/png"] = smaller(output.data["image/png"])
    return notebook


def smaller(image: str) -> str:
    """Return a picture with a palette of 256 colours: a third of the bytes, and no difference to the eye."""
    stream = io.BytesIO()
    picture = Image.open(io.BytesIO(b64decode(image))).convert("RGB")
    picture.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(stream, "png", optimize=True)
    return b64encode(stream.getvalue()).decode() + "\n"


def main() -> None:
    """Execute all notebooks, or those whose scripts are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scripts", nargs="*", type=Path, help="all of notebooks/ unless named")
    parser.add_argument("--into", type=Path, metavar="FOLDER", help="write there instead")
    options = parser.parse_args()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # on a busy machine two pools of threads wait for each other
    for script in options.scripts or sorted((ROOT / "notebooks").glob("*.py")):
        started = time.perf_counter()
        notebook = executed(script.resolve())
        seconds = time.perf_counter() - started
        path = (options.into or script.parent) / f"{script.stem}.ipynb"
        nbformat.write(notebook, path)
        print(f"{script.stem}: {seconds:.0f} s, {path.stat().st_size / 1e3:.0f} kB")
        if seconds > SECONDS:
            raise SystemExit(f"error: {script.name} must take at most {SECONDS} s (took {seconds:.0f} s).")


if __name__ == "__main__":
    main()
