"""The text that is generated is the same in every process, whatever strings hash to and wherever objects lie."""

import json
import os
import subprocess
import sys

TEXTS = f"""
import sys
sys.path[:] = {sys.path!r}
moved = [bytes(k % 500) for k in range({{}})]  # what is made later lies elsewhere
import contextlib, json, warnings
import numpy as np
from fuzz.loading import load
from fuzz.programs import random_program
from programs.test_programs import ROWS
from pullback import differentiate
from pullback.errors import DifferentiationError

def text(function, args, wrt, has_aux):
    try:
        return differentiate(function, wrt=wrt, has_aux=has_aux).lower(*args).source
    except DifferentiationError as error:
        return str(error)

warnings.simplefilter("ignore")
np.seterr(all="ignore")
chosen = [row for k, row in enumerate(ROWS) if k % 30 == 0 or row.id.startswith(("generators-", "nonlocal_"))]
texts = {{{{}}}}
with contextlib.redirect_stdout(sys.stderr):
    for row in chosen:
        (at,) = row.values
        texts[row.id] = text(at.function, at.args, at.wrt, at.has_aux)
    for number in [77000004317, *range(20)]:
        if (made := random_program(number)) is not None:
            module = load(made.source)
            texts[str(number)] = text(module["program"], module["ARGUMENTS"], made.wrt, made.has_aux)
print(json.dumps(texts))
"""


def test_the_text_is_the_same_in_every_process() -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", TEXTS.format(moved)],
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for seed, moved in [(0, 0), (1, 300_000)]
    ]
    first, second = (json.loads(process.communicate()[0]) for process in processes)
    assert len(first) > 150
    assert {name: text for name, text in first.items() if second[name] != text} == {}
