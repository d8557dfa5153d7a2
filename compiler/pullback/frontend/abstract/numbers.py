"""Which values without axes are NumPy numbers, which nothing changes, and which are arrays.

NumPy gives a number wherever its arithmetic leaves no axes; the functions listed here are the others.
"""

from __future__ import annotations

from pullback.ir.core import Op
from pullback.primitives.families.indexing import is_view

ARRAYS = frozenset(
    {"`np.array`", "`np.asarray`", "`np.asanyarray`", "`np.copy`", "`np.zeros`", "`np.ones`", "`np.empty`", "`np.full`",
     "`np.zeros_like`", "`np.ones_like`", "`np.empty_like`", "`np.full_like`", "`np.where`", "`np.select`",
     "`np.piecewise`", "`np.tensordot`", "`np.cov`", "`np.cross`", "`np.i0`", "`np.broadcast_to`",
     "`np.apply_along_axis`", "`np.linalg.tensorsolve`", "`np.roll`", "`np.pad`", "`np.real_if_close`",
     "the call", "`.integrate()`", "`np.isin`", "`np.fft.fftn`", "`np.fft.ifftn`",
     "`scipy.fft.fftn`", "`scipy.fft.ifftn`", "`scipy.linalg.cholesky_banded`",
     "`scipy.fft.dctn`", "`scipy.fft.idctn`", "`scipy.fft.dstn`", "`scipy.fft.idstn`",
     "`pullback.primitives.scipy.grids.regular_grid_value`", "`scipy.interpolate.splev`",
     *(f"`pullback.primitives.scipy.curves.{name}_value`" for name in ("cubic_spline", "b_spline", "pchip", "akima"))}
)  # fmt: skip
# what is an array where it is given one, and a number where it is given a number
AS_GIVEN = frozenset(
    {"`.copy()`", "`.copy(order)`", "`.reshape()`", "`.astype()`", "`.squeeze()`", "`.transpose()`", "`.swapaxes()`",
     "`.conj()`", "`.conjugate()`", "`.view()`", "`.T`", "`.mT`", "`.real`", "`.imag`", "`np.squeeze`",
     "`np.transpose`", "`np.swapaxes`", "`np.moveaxis`", "`np.real`", "`np.imag`", "`np.reshape`", "`np.diff`",
     "`np.astype`"}
)  # fmt: skip

# by what they are given, some give the one and some the other
VARYING = ("`scipy.special.polygamma`", "`scipy.special.factorial`", "`scipy.ndimage.", "`scipy.signal.")


def gives_number(what: str, op: Op | None, given: list[bool | None]) -> bool | None:
    """Whether what was done gives a number; None where only the run tells. `given` says what its operands are."""
    if op is not None and op.prim.name == "getitem" and what == "indexing":
        return not is_view(op)
    if what in ARRAYS:
        return False
    if what.startswith(VARYING):
        return None
    if what not in AS_GIVEN:
        return True
    return given[0] if len(set(given)) == 1 else None
