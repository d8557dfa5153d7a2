"""Writes to arrays: every write makes a new value, which the array's reference, or that of its base, then holds."""

from __future__ import annotations

import ast
import functools
import types
from dataclasses import replace
from typing import Any

import numpy as np

from pullback.errors import AliasingError
from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.heap import Aspect, HiddenInput, Shared
from pullback.frontend.abstract.patterns import IN_LIST
from pullback.frontend.abstract.values import AbstractValue, Container, Ref
from pullback.frontend.abstract.views import roots_of
from pullback.frontend.operations.comparisons import Comparisons
from pullback.ir.core import Atom, Const, Op, Value
from pullback.ir.types import Array, Type, dims_of, rank, same_dims
from pullback.primitives import meanings
from pullback.primitives.expr import Expr, type_of_operand
from pullback.primitives.families.indexing import index_add, index_of, setitem
from pullback.primitives.families.masked_writes import WRITES, chosen
from pullback.primitives.families.shapes import shape_operand_of
from pullback.primitives.inference import dtype_of
from pullback.primitives.registry import MEANINGS, PRIMITIVES


def set_item(x: Any, key: Any, value: Any) -> Any:
    """`x[key] = value`: what x is then."""
    index, holes = index_of(key, (x, key))
    return setitem(x, meanings.arrayed(value, (x, value)), *holes, index=index)


def add_at(x: Any, key: Any, value: Any) -> Any:
    """`np.add.at(x, key, value)`: what x is then."""
    index, holes = index_of(key, (x, key))
    return index_add(x, meanings.arrayed(value, (x, value)), *holes, index=index)


class Mutation(Comparisons):
    """Writes to arrays."""

    def assign_item(self, ref: Ref, key: AbstractValue, item: AbstractValue) -> None:
        """`array[key] = item`; the value takes the dtype of the array."""
        self.expect_assignable(ref, item)
        self.change(ref, "indexing", set_item, self.lower(key), self.lower(item))

    def assign_all(self, ref: Ref, value: AbstractValue) -> None:
        """`array[...] = value`."""
        self.expect_assignable(ref, value)
        atom = self.leaf(value)
        if isinstance(atom, Value):
            self.replace(ref, atom)
        else:
            self.change(ref, "this assignment", set_item, ..., self.lower(value))

    def replace(self, ref: Ref, value: Value) -> None:
        """Let an array hold another one, broadcast and cast."""
        self.checked(ref)
        if self.write_chosen(ref, lambda: self.replace(ref, value)):
            return
        if same_array_type(self.type_of(ref), value.type):
            self.write_array(ref, value)
        else:
            self.change(ref, "this assignment", set_item, ..., Expr(self.builder, value))

    def change(self, ref: Ref, what: str, write: Any, *operands: Any) -> None:
        """Let an array hold what a functional write of it gives."""
        self.checked(ref)
        if self.write_chosen(ref, lambda: self.change(ref, what, write, *operands)):
            return
        changed = self.apply(write, what, Expr(self.builder, self.atom(ref)), *operands)
        assert isinstance(changed, Ref)
        self.write_array(ref, self.atom(changed))

    def expect_assignable(self, ref: Ref, item: AbstractValue) -> None:
        """Refuse what has no exact meaning as an element."""
        if rank(self.atom(ref).type) is None:
            raise self.refusal(
                "a value is written to that may be an array or a number",
                "its rank is known at run time only",
                "make it an array in every branch",
            )
        is_sequence = isinstance(item, av.Tuple) or (isinstance(item, Ref) and item.kind == "list")
        if not (is_sequence or self.is_numeric(self.checked(item))):
            raise self.refusal(
                f"an element of an array is set to {self.describe(item)}", "it is no number or array", "assign numbers"
            )
        t = self.type_of(item)
        given, own = (None if t is None else dtype_of(t)), dtype_of(self.atom(ref).type)
        if given is not None and own is not None and given.kind == "c" and own.kind != "c":
            raise self.refusal(
                "a complex number is written to a real array", "its imaginary part is lost", "take its real part first"
            )

    def expect_one_name(self, ref: Ref) -> None:
        """Refuse the update of what may be an array or a NumPy number, where another name would tell the difference."""
        holders = [self.frame.names.values(), *(c.values for c in self.heap.cells.values() if isinstance(c, Container))]
        others = self.reachable(lambda held: held is not ref)
        roots = set(roots_of(ref, self.heap))
        shared = any(
            r.kind == "array" and r is not ref and not roots.isdisjoint(roots_of(r, self.heap)) for r in others
        )
        if shared or sum(value is ref for values in holders for value in values) > 1:
            raise self.refusal(
                "a number with two names is updated",
                "NumPy updates a 0-d array in place, and a number not; which one it is, is known at run time only",
                "write it out (`x = x + ...`)",
                kind=AliasingError,
            )

    def update_array(self, kind: type[ast.operator], ref: Ref, value: AbstractValue, symbol: str) -> None:
        """`array op= value`, in the memory of the array."""
        if self.user_class(value) is not None:
            raise self.refusal(
                f"`{symbol}=` of an array and {self.describe(value)}", "its meaning is not known", "write it out"
            )
        self.store(ref, self.binary(kind, ref, value), f"`{symbol}=`")

    def store(self, ref: Ref, result: AbstractValue, what: str) -> None:
        """Write the result of a computation into an array, as `out=` does."""
        old, new = self.type_of(ref), self.type_of(result)
        assert old is not None
        assert new is not None
        wide, narrow = dtype_of(new), dtype_of(old)
        if wide is None or narrow is None or rank(old) is None or rank(new) is None:
            raise self.refusal(
                f"{what} writes to an array whose dtype or rank is known at run time only",
                "whether NumPy casts, raises, or makes a new array depends on it",
                "give both branches the same dtype and rank",
            )
        if not np.can_cast(wide, narrow, "same_kind"):
            raise self.users_error(TypeError(f"cannot cast the result from {wide} to {narrow} in {what}"))
        if len(dims_of(new) or ()) > len(dims_of(old) or ()):
            raise self.users_error(ValueError(f"non-broadcastable output operand in {what}"))
        self.assign_all(ref, result)

    def write_array(self, ref: Ref, value: Atom) -> None:
        """Let an array hold another value of its type: through views, its base does."""
        contents = self.heap.read(ref)
        if rank(value.type) == 0:
            self.heap.numbers.setdefault(ref, self.is_numpy_number(ref))  # as long as it holds what tells
        if isinstance(contents, HiddenInput) or ref in self.heap.outside:
            raise self.refusal(
                "an array from outside the function is written to",
                "the change would be seen outside the function",
                "write to a copy of it (`.copy()`), or pass it as an argument",
            )
        if (reason := self.heap.frozen.get(ref)) is not None:
            if reason == IN_LIST:
                self.count_if_possible()
            raise self.refusal(
                f"an array is written to that is {reason}",
                "another name may stand for the same array",
                "take a copy first (`.copy()`)",
                kind=AliasingError,
            )
        if isinstance(contents, Shared):
            raise self.aliasing("an array is written to", contents.loc, "the other array would or would not change")
        if isinstance(value, Value) and not value.name:
            old = self.atom(ref)
            object.__setattr__(value, "name", old.name if isinstance(old, Value) else "")
        if isinstance(contents, Aspect):
            before_last = Aspect(contents.base, contents.ops[:-1], None, None)
            steps = before_last.chain(self.atom(contents.base), self.builder)[: len(contents.ops)]
            written: Atom = value
            for op, step in zip(reversed(contents.ops), reversed(steps), strict=True):
                written = self.put_back(op, step, written)
            self.write_array(contents.base, written)
            self.heap.write(ref, replace(contents, seen=written, value=value))
        else:
            self.heap.write(ref, value)

    def give_up(self, ref: Ref, parameter: str, function: str) -> None:
        """Let nobody read an array any more that a function of a library may overwrite with whatever it likes."""
        for root in roots_of(ref, self.heap) if ref.kind == "array" else ():
            contents = self.heap.read(root)
            is_made_here = isinstance(contents, Value) and contents in self.session.producers
            if not is_made_here or root in self.heap.frozen:
                raise self.refusal(
                    f"`{parameter}=True` of `{function}` on an array that this function did not make, or shares",
                    "the array would hold whatever the function leaves there",
                    f"leave `{parameter}` out, or pass a copy (`.copy()`)",
                )
            conflict = av.Conflict(
                f"an array is used that was handed over by `{parameter}=True` of `{function}`",
                "it holds whatever the function has left there",
                f"leave `{parameter}` out, or pass a copy (`.copy()`)",
            )
            self.heap.write(root, conflict)

    def put_back(self, op: Op, base: Atom, value: Atom) -> Atom:
        """What a base is when the view of it that `op` takes is overwritten."""
        given = Expr(self.builder, value)
        match op.prim.name:
            case "getitem":
                out = setitem(Expr(self.builder, base), given, *self.pens(op.operands[1:]), index=op.attrs["index"])
            case "transpose":
                axes = op.attrs["axes"]
                inverse = None if axes is None else tuple(int(k) for k in np.argsort([a % len(axes) for a in axes]))
                out = PRIMITIVES["transpose"](given, axes=inverse)
            case "swapaxes" | "flip" as name:
                out = PRIMITIVES[name](given, **op.attrs)
            case "real" | "imag" as name:
                out = PRIMITIVES[f"with_{name}"](Expr(self.builder, base), given)
            case _:
                out = PRIMITIVES["reshape"](given, shape_operand_of(Expr(self.builder, base)))
        assert isinstance(out, Expr)
        return out.atom

    def pens(self, atoms: tuple[Atom, ...]) -> list[Any]:
        return [atom.value if isinstance(atom, Const) else Expr(self.builder, atom) for atom in atoms]

    # Functions and methods that write.

    def writing_method(
        self, name: str, receiver: AbstractValue, args: list[AbstractValue], kwargs: dict[str, AbstractValue]
    ) -> AbstractValue | None:
        """A method that changes its array; None where it is not one that is understood."""
        if not (isinstance(receiver, Ref) and receiver.kind == "array"):
            return None
        if name == "fill" and len(args) == 1 and not kwargs:
            self.assign_all(receiver, args[0])
            return av.NONE
        if name in ("sort", "partition"):
            meaning = MEANINGS[getattr(np, name)]
            options = {k: self.lower(v) for k, v in kwargs.items()}
            made = self.apply(meaning, f"`.{name}()`", self.lower(receiver), *map(self.lower, args), **options)
            self.store(receiver, made, f"`.{name}()`")
            return av.NONE
        if name == "put":
            return self.write_function(np.put, [receiver, *args], kwargs)
        return None

    def write_function(
        self, function: Any, args: list[AbstractValue], kwargs: dict[str, AbstractValue]
    ) -> AbstractValue | None:
        """np.copyto, np.put and their kin, ufunc.at; None where the function is another one."""
        target = args[0] if args else None
        if not (isinstance(target, Ref) and target.kind == "array"):
            return None
        if function is np.copyto and len(args) == 2 and not kwargs:
            self.store(target, args[1], "`np.copyto`") if self.is_big(args[1]) else self.assign_all(target, args[1])
            return av.NONE
        if function is np.copyto and len(args) == 2 and set(kwargs) == {"where"}:
            self.expect_assignable(target, args[1])
            self.expect_same_kind(target, args[1])
            self.change(target, "`np.copyto`", chosen, self.lower(kwargs["where"]), self.lower(args[1]), "np.copyto")
            return av.NONE
        if (write := WRITES.get(function)) and len(args) >= 3:
            self.expect_assignable(target, args[2])
            options = {k: self.lower(v) for k, v in kwargs.items()}
            write = functools.partial(write, **options)
            self.change(target, f"`np.{function.__name__}`", write, *map(self.lower, args[1:]))
            return av.NONE
        if function is np.fill_diagonal and not kwargs and len(args) == 2:
            self.expect_assignable(target, args[1])
            self.change(target, "`np.fill_diagonal`", WRITES[function], self.lower(args[1]))
            return av.NONE
        is_at = isinstance(function, types.BuiltinMethodType) and function.__name__ == "at"
        if is_at and function.__self__ in (np.add, np.subtract) and len(args) == 3 and not kwargs:
            value = args[2] if function.__self__ is np.add else self.unary(ast.USub, args[2])
            self.expect_assignable(target, value)
            self.expect_same_kind(target, value)
            self.change(target, "`ufunc.at`", add_at, self.lower(args[1]), self.lower(value))
            return av.NONE
        if is_at and len(args) in (2, 3) and not kwargs:
            return self.at_each(function.__self__, args)
        return None

    def at_each(self, ufunc: np.ufunc, args: list[AbstractValue]) -> AbstractValue:
        """`ufunc.at`, one index after the other."""
        raise NotImplementedError

    def expect_same_kind(self, ref: Ref, value: AbstractValue) -> None:
        given, own = self.type_of(value), dtype_of(self.atom(ref).type)
        dtype = None if given is None else dtype_of(given)
        if dtype is not None and own is not None and not np.can_cast(dtype, own, "same_kind"):
            raise self.users_error(TypeError(f"cannot cast from {dtype} to {own}"))

    def write_into(
        self, out: AbstractValue, result: AbstractValue, casts: bool = False, where: AbstractValue | None = None
    ) -> AbstractValue:
        """Write a result, or each of several, into what is given as `out=`; `casts`: whether NumPy surely casts it."""
        if isinstance(result, av.Tuple) and isinstance(out, av.Tuple) and len(result.items) > 1:
            pairs = zip(out.items + (av.NONE,) * len(result.items), result.items, strict=False)
            return av.Tuple(tuple(r if _is_none(o) else self.write_into(o, r, casts, where) for o, r in pairs))
        target = self.checked(out.items[0] if isinstance(out, av.Tuple) and len(out.items) == 1 else out)
        if not (isinstance(target, Ref) and target.kind == "array") or not self.is_numeric(result):
            raise self.refusal("`out=` is no array", "Python raises TypeError here", "pass an array")
        if not casts and not same_array_type(self.type_of(target), self.type_of(result)):
            raise self.refusal(
                "`out=` has another dtype or shape than the result",
                "whether NumPy casts depends on the function",
                "assign the result to the elements (`out[...] = ...`)",
            )
        if where is None or (isinstance(where, av.Known) and where.value is True):
            self.store(target, result, "`out=`")
            return target
        # all elements are computed, and warn where the user's own call passes over them
        self.session.silenced |= {"divide", "over", "under", "invalid"}
        self.expect_assignable(target, result)
        self.expect_same_kind(target, result)
        self.change(target, "`where=`", selected, self.lower(where), self.lower(result))
        return target


def selected(x: Any, mask: Any, value: Any) -> Any:
    """What `out=x` holds after a ufunc under `where=mask` that computes `value`."""
    written = chosen(x, mask, value, "`where=`")
    ranks = [rank(type_of_operand(v)) for v in (written, x)]
    if None in ranks or ranks[0] != ranks[1]:
        raise ValueError("non-broadcastable output operand")
    return written


def _is_none(value: AbstractValue) -> bool:
    return isinstance(value, av.Known) and value.value is None


def same_array_type(a: Type | None, b: Type | None) -> bool:
    """Whether two arrays surely have one dtype and one shape."""
    if not (isinstance(a, Array) and isinstance(b, Array)) or a.dtype is None or b.dtype is None:
        return False
    return a.dtype == b.dtype and same_dims(a.shape, b.shape)
