"""Run a command, and print its seconds and its peak memory: ``python -I -S measure.py COMMAND ...``.

A process inherits the peak of the one that starts it, so it is started from one as small as this.
"""

import json
import resource
import subprocess
import sys
from time import perf_counter

started = perf_counter()
done = subprocess.run(sys.argv[1:], capture_output=True, text=True, check=False)
seconds = perf_counter() - started
kilobytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps({"seconds": seconds, "kilobytes": kilobytes, "output": done.stdout + done.stderr}))  # noqa: T201
