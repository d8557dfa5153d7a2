"""What to use instead of a function without a rule: what NumPy means by it, or else the name that is most like it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pullback.errors import closest_name

MEANT: Mapping[str, str] = {
    "np.histogram2d": "np.bincount` of `np.digitize",
    "np.histogramdd": "np.bincount` of `np.digitize",
    "np.i0": "scipy.special.i0",
    "np.row_stack": "np.vstack",
    "np.roots": "np.linalg.eigvals",
    "np.poly": "np.convolve",
    "np.asfortranarray": "np.asarray",
    "np.asarray_chkfinite": "np.asarray",
    "np.vecdot": "np.matmul",
    "np.matvec": "np.matmul",
    "np.vecmat": "np.matmul",
    "np.lib.stride_tricks.as_strided": "np.lib.stride_tricks.sliding_window_view",
    "scipy.linalg.inv": "np.linalg.inv",
    "scipy.linalg.det": "np.linalg.det",
    "scipy.linalg.solve": "np.linalg.solve",
    "scipy.linalg.norm": "np.linalg.norm",
    "scipy.linalg.eigh": "np.linalg.eigh",
    "scipy.linalg.svd": "np.linalg.svd",
    "scipy.linalg.qr": "np.linalg.qr",
    "scipy.linalg.cholesky": "np.linalg.cholesky",
    "scipy.linalg.lstsq": "np.linalg.lstsq",
    "scipy.linalg.pinv": "np.linalg.pinv",
    "statistics.median": "np.median",
    "statistics.stdev": "np.std` with `ddof=1",
    "statistics.pstdev": "np.std",
    "statistics.variance": "np.var` with `ddof=1",
    "statistics.pvariance": "np.var",
}
TWINS = ("scipy.fft", "scipy.special", "np.emath", "np.lib.scimath", "np.ma", "math", "cmath")


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The supported function that is meant by one that is not, as it is written; None where nothing is near.

    >>> nearest("np.emath.sqrt", ["np.sqrt", "np.exp"])
    'np.sqrt'
    >>> nearest("np.arcsinhh", ["np.arcsinh", "np.exp"])
    'np.arcsinh'
    """
    supported = set(known)
    if (meant := MEANT.get(name)) and (meant.partition("`")[0] in supported or meant.startswith("scipy")):
        return meant
    prefix, _, last = name.rpartition(".")
    if prefix in TWINS and f"np.{last}" in supported:
        return f"np.{last}"
    siblings = [k.rpartition(".")[2] for k in supported if k.rpartition(".")[0] == prefix]
    near = closest_name(last, sorted(siblings), cutoff=0.7)
    return f"{prefix}.{near}" if near else None
