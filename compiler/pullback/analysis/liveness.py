"""When a value is read for the last time within its block."""

from __future__ import annotations

from pullback.ir.core import Block, Value, free_values


def last_uses(block: Block) -> dict[Value, int]:
    """The index of the last operation that reads each value; the number of operations for the block's results.

    What a region inside reads is read by the operation that holds it.
    """
    last: dict[Value, int] = {}
    for index, op in enumerate(block.ops):
        for operand in op.operands:
            if isinstance(operand, Value):
                last[operand] = index
        for inner in op.blocks:
            last.update(dict.fromkeys(free_values(inner), index))
    last.update({r: len(block.ops) for r in block.results if isinstance(r, Value)})
    return last
