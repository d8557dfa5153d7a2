"""The main job from end to end: build the gradient of a NumPy program, look at it, verify it, train with it.

python examples/digits/demo.py
"""

import subprocess
import sys
import sysconfig
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PULLBACK = str(Path(sysconfig.get_path("scripts")) / "pullback")
OUTPUT = "examples/digits/digits_grad.py"
ARGS = "examples/digits/sample.py:args"
SMALL = "examples/digits/sample.py:small"
WHAT = ["examples/digits/model.py:loss", "--args", ARGS, "--wrt", "params"]

STEPS = [
    ("Build the gradient ahead of time, for arguments like the sample's", [PULLBACK, "build", *WHAT, "-o", OUTPUT]),
    ("Read what was generated", [PULLBACK, "show", *WHAT]),
    (
        "Verify it: by SymPy on a small instance, by differences on the real one",
        [PULLBACK, "check", *WHAT, "--small", SMALL],
    ),
    ("Train in a fresh process, with NumPy and the generated module", [sys.executable, "examples/digits/train.py"]),
]


def main():
    for number, (title, command) in enumerate(STEPS, start=1):
        shown = [Path(command[0]).name, *command[1:]]
        print(f"\n── {number}. {title}\n$ {' '.join(shown)}\n", flush=True)
        start = time.perf_counter()
        status = subprocess.run(command, cwd=ROOT).returncode
        if status:
            sys.exit(status)
        print(f"({time.perf_counter() - start:.1f} s)", flush=True)


if __name__ == "__main__":
    main()
