"""Text in, a module out, whose functions `inspect` and the compiler find the source of."""

from __future__ import annotations

import linecache
import sys
from types import ModuleType
from typing import Any

NAME = "fuzz_program"
FILE = f"<{NAME}>"


def load(source: str) -> dict[str, Any]:
    """The namespace of a module with this text; it takes the place of the one before."""
    module = ModuleType(NAME)
    sys.modules[NAME] = module  # dataclasses look their module up
    linecache.cache[FILE] = (len(source), None, source.splitlines(keepends=True), FILE)
    exec(compile(source, FILE, "exec"), module.__dict__)
    return module.__dict__
