"""Generated source to a callable, so that tracebacks, pdb and inspect show its lines."""

from __future__ import annotations

import linecache
from collections.abc import Callable
from typing import Any

from pullback.emit.python import Emitted


def load(emitted: Emitted, *, filename: str) -> Callable[..., Any]:
    """Execute generated source in a namespace of its own and return its entry.

    Args:
        emitted: what `emit` returned.
        filename: what tracebacks show, such as `<pullback loss_value_and_grad>`; numbered where another text has it.

    Returns:
        The entry; its `__globals__` hold the other functions.
    """
    filename = _unique(filename, emitted.source)
    # no modification time: linecache then never looks for a file of that name
    linecache.cache[filename] = (len(emitted.source), None, emitted.source.splitlines(keepends=True), filename)
    namespace: dict[str, Any] = {
        "__name__": filename.strip("<>").replace(" ", "."),
        "__file__": filename,
        **emitted.given,
    }
    exec(compile(emitted.source, filename, "exec"), namespace)
    entry: Callable[..., Any] = namespace[emitted.entry]
    return entry


def _unique(filename: str, source: str) -> str:
    """A file name under which linecache knows no other text."""
    stem, count, chosen = filename.removesuffix(">"), 1, filename
    while (known := linecache.getlines(chosen)) and "".join(known) != source:
        count += 1
        chosen = f"{stem} {count}>"
    return chosen
