"""What the tables of primitives do not show: lines of code whose gradient says what the frontend understands.

EXAMPLES     lines that compute `out` from a vector `x` of four elements and a number `a`
CONSTANTS    lines before them: imports, and objects that are constant
UNDEFINED    names without a derivative, and why
NOT_NUMERIC  names of what computes nothing that could move
"""

from __future__ import annotations

from collections.abc import Mapping

from pullback.primitives.scipy.special_families import UNKNOWN

PLAIN: dict[str, str] = {
    "numpy.insert": "np.insert(x, 1, a)",
    "numpy.delete": "np.delete(x, 1)",
    "numpy.resize": "np.resize(x, 6)",
    "numpy.trim_zeros": "np.trim_zeros(x)",
    "numpy.intersect1d": "np.intersect1d(x, x[:2])",
    "numpy.setdiff1d": "np.setdiff1d(x, x[:2])",
    "numpy.setxor1d": "np.setxor1d(x, x[:2])",
    "numpy.apply_along_axis": "np.apply_along_axis(np.max, 0, x)",
    "numpy.apply_over_axes": "np.apply_over_axes(np.sum, x, 0)",
    "numpy.piecewise": "np.piecewise(x, [x > 0.0], [np.sqrt, 0.5])",
    "numpy.fromfunction": "np.fromfunction(lambda i: a * i, (3,))",
    "numpy.vectorize": "np.vectorize(lambda v: v * v, otypes=[float])(x)",
    "numpy.polyfit": "np.polyfit(np.arange(4.0), x, 1)",
    "numpy.polydiv": "np.polydiv(x, x[:2] + 2.0)[0]",
    "numpy.poly": "np.poly(x)",
    "numpy.i0": "np.i0(x)",
    "numpy.asarray_chkfinite": "np.asarray_chkfinite(x)",
    "numpy.histogram2d": "np.histogram2d(x, x, 2, weights=x)[0]",
    "numpy.histogramdd": "np.histogramdd([x, x], 2, weights=x)[0]",
    "numpy.ravel_multi_index": "np.ravel_multi_index(([0, 1], [1, 0]), (2, 2)) * 1.0",
    "numpy.unravel_index": "np.unravel_index(np.argmax(x), (2, 2))[0] * 1.0",
    "numpy.ndarray.flat": "x.flat[1]",
    "numpy.indices": "np.indices((2, 2)) * 1.0",
    "numpy.triu_indices": "np.triu_indices(3)[0]",
    "numpy.tril_indices": "np.tril_indices(3)[0]",
    "numpy.triu_indices_from": "np.triu_indices_from(np.outer(x, x))[0]",
    "numpy.tril_indices_from": "np.tril_indices_from(np.outer(x, x))[0]",
    "numpy.diag_indices": "np.diag_indices(3)[0]",
    "numpy.diag_indices_from": "np.diag_indices_from(np.outer(x, x))[0]",
    "numpy.ufunc.outer": "np.multiply.outer(x, x)",
    "numpy.ufunc.reduce": "np.logaddexp.reduce(x)",
    "numpy.ufunc.accumulate": "np.logaddexp.accumulate(x)",
    "numpy.ufunc.reduceat": "np.multiply.reduceat(x, [0, 2])",
    "numpy.random.default_rng": "x * np.random.default_rng(0).normal()",
    "builtins.abs": "abs(a)",
    "builtins.all": "1.0 * all(v > 0.0 for v in x)",
    "builtins.any": "1.0 * any(v > 0.0 for v in x)",
    "builtins.callable": "1.0 * callable(np.sin)",
    "builtins.dict": "dict(k=x)['k']",
    "builtins.enumerate": "sum(k * v for k, v in enumerate(x))",
    "builtins.filter": "sum(filter(lambda v: v > 0.0, x))",
    "builtins.getattr": "getattr(x, 'T')",
    "builtins.hasattr": "1.0 * hasattr(x, 'T')",
    "builtins.isinstance": "1.0 * isinstance(a, float)",
    "builtins.issubclass": "1.0 * issubclass(int, float)",
    "builtins.iter": "next(iter([a]))",
    "builtins.len": "1.0 * len(x)",
    "builtins.list": "np.array(list(x))",
    "builtins.map": "sum(map(np.sin, x))",
    "builtins.max": "max(a, x[0])",
    "builtins.min": "min(a, x[0])",
    "builtins.next": "next(iter([a]))",
    "builtins.range": "sum(x[k] for k in range(3))",
    "builtins.reversed": "np.array(list(reversed([a, 2 * a])))",
    "builtins.set": "1.0 * len(set([1, 2, 2]))",
    "builtins.slice": "x[slice(1, 3)]",
    "builtins.sorted": "np.array(sorted([1, 3, 2]))",
    "builtins.sum": "sum(x)",
    "builtins.tuple": "np.array(tuple([a, 2 * a]))",
    "builtins.type": "1.0 * (type(a) is float)",
    "builtins.zip": "sum(v * w for v, w in zip(x, x))",
    "builtins.divmod": "divmod(a, 0.3)[1]",
    "builtins.pow": "pow(a, 2)",
    "builtins.round": "round(a)",
    "builtins.int": "1.0 * int(a)",
    "builtins.float": "float(a)",
    "builtins.bool": "1.0 * bool(a)",
    "builtins.complex": "complex(a).real",
    "math.prod": "math.prod(x)",
    "math.fsum": "math.fsum(x)",
    "math.sumprod": "math.sumprod(x, x)",
    "math.dist": "math.dist(x, x + a)",
    "numpy.ndarray.choose": "np.array([0, 1, 0, 1]).choose([x, a])",
    "numpy.r_": "np.r_[x, a]",
    "numpy.c_": "np.c_[x, x]",
    "numpy.s_": "x[np.s_[1:]]",
    "numpy.index_exp": "x[np.index_exp[1:]]",
    "numpy.mgrid": "np.mgrid[0:3] * a",
    "numpy.ogrid": "np.ogrid[0:3] * a",
    "numpy.ix_": "np.outer(x, x)[np.ix_([0, 1], [2])]",
    "numpy.random.Generator.permutation": "np.random.default_rng(0).permutation(x)",
    "numpy.random.Generator.choice": "np.random.default_rng(0).choice(x, 2)",
    "numpy.random.permutation": "np.random.permutation(x)",
    "numpy.random.choice": "np.random.choice(x, 2)",
}
# modules of numpy.polynomial, with the letters that their functions begin with, and their calls by what follows
SERIES: Mapping[str, str] = {
    "polynomial": "poly", "chebyshev": "cheb", "legendre": "leg", "hermite": "herm", "hermite_e": "herme",
    "laguerre": "lag",
}  # fmt: skip
CALLS_OF_SERIES: Mapping[str, str] = {
    "add": "(x, x)", "sub": "(x, 2 * x)", "mulx": "(x)", "mul": "(x[:2], [1.0, 2.0])", "div": "(x, [1.0, 2.0])[0]",
    "pow": "(x, 2)", "val": "(x, [1.0, 2.0, 3.0])", "val2d": "(x, x, [[1.0, 2.0], [3.0, 4.0]])",
    "val3d": "(x, x, x, [[[1.0], [2.0]], [[3.0], [4.0]]])", "grid2d": "(x, x, [[1.0, 2.0], [3.0, 4.0]])",
    "grid3d": "(x, x, x, [[[1.0], [2.0]], [[3.0], [4.0]]])", "der": "(x)", "int": "(x)", "fromroots": "(x)",
    "vander": "(x, 2)", "vander2d": "(x, x, [1, 1])", "vander3d": "(x, x, x, [1, 1, 1])",
    "fit": "(np.arange(4.0), x, 1)", "companion": "(x)", "trim": "(x)", "line": "(a, 2.0)",
    "valfromroots": "(x, [1.0, 2.0])", "gauss": "(3)[0] * a", "weight": "(x + 3.0)", "pts1": "(3) * a",
    "pts2": "(3) * a", "interpolate": "(np.tanh, 2) * a",
}  # fmt: skip
WRITING: Mapping[str, str] = {
    "numpy.copyto": "np.copyto(out, x * a)",
    "numpy.put": "np.put(out, [0, 2], a)",
    "numpy.putmask": "np.putmask(out, out > 0.0, a)",
    "numpy.place": "np.place(out, out > 0.0, a)",
    "numpy.put_along_axis": "np.put_along_axis(out, np.array([1]), a, 0)",
    "numpy.fill_diagonal": "out = np.outer(x, x)\nnp.fill_diagonal(out, a)",
    "numpy.ufunc.at": "np.multiply.at(out, [0, 0], a)",
    "numpy.ndarray.fill": "out.fill(a)",
    "numpy.ndarray.sort": "out.sort()",
    "numpy.ndarray.partition": "out.partition(1)",
    "numpy.ndarray.put": "out.put([0, 2], a)",
    "numpy.random.Generator.shuffle": "np.random.default_rng(0).shuffle(out)",
    "numpy.random.shuffle": "np.random.shuffle(out)",
}
DRAWS: Mapping[str, str] = {
    **dict.fromkeys(["standard_normal", "normal", "uniform", "exponential", "standard_exponential", "laplace"], ""),
    **dict.fromkeys(["logistic", "lognormal", "gumbel", "rayleigh", "standard_cauchy", "random"], ""),
    "integers": "3", "beta": "1.0, 2.0", "binomial": "3, 0.5", "chisquare": "2.0", "gamma": "2.0", "geometric": "0.5",
    "poisson": "2.0", "standard_gamma": "2.0", "standard_t": "3.0", "triangular": "0.0, 0.5, 1.0", "pareto": "1.5",
    "vonmises": "0.0, 1.0", "wald": "1.0, 1.0", "weibull": "1.5", "power": "1.5", "f": "2.0, 3.0", "zipf": "2.0",
    "hypergeometric": "3, 4, 2", "logseries": "0.5", "noncentral_chisquare": "2.0, 1.0", "dirichlet": "[1.0, 2.0]",
    "negative_binomial": "2, 0.5", "noncentral_f": "2.0, 3.0, 1.0", "multinomial": "3, [0.5, 0.5]",
    "multivariate_normal": "[0.0, 0.0], [[1.0, 0.0], [0.0, 1.0]]",
}  # fmt: skip
OLD_DRAWS = ("rand", "randn", "random_sample", "ranf", "sample")
# objects of libraries that examples use, and those examples
CONSTANTS = (
    "from scipy import integrate, interpolate, linalg, optimize, signal, sparse",
    "from scipy.spatial import distance",
    "from scipy.sparse.linalg import spsolve",
    "MATRIX = sparse.eye_array(4, format='csr')",
)
OBJECTS = {
    **{
        f"scipy.spatial.distance.{name}": f"distance.{name}(x, 0.3 * x[::-1])"
        for name in (
            *("euclidean", "sqeuclidean", "cityblock", "chebyshev", "cosine", "correlation", "canberra", "braycurtis"),
        )
    },
    **{
        f"scipy.spatial.distance.{name}": f"distance.{name}(x, 0.3 * x[::-1], np.abs(x))"
        for name in ("hamming", "jaccard", "dice", "rogerstanimoto", "russellrao", "sokalsneath", "yule")
    },
    "scipy.spatial.distance.jensenshannon": "distance.jensenshannon(np.abs(x), np.ones(4))",
    "scipy.spatial.distance.minkowski": "distance.minkowski(x, 0.3 * x[::-1], 3)",
    "scipy.spatial.distance.mahalanobis": "distance.mahalanobis(x, 0.3 * x[::-1], np.eye(4))",
    "scipy.spatial.distance.seuclidean": "distance.seuclidean(x, 0.3 * x[::-1], np.ones(4))",
    "scipy.spatial.distance.pdist": "distance.pdist(np.reshape(x, (2, 2)))",
    "scipy.spatial.distance.squareform": "distance.squareform(x[:3])",
    "scipy.integrate.quad": "integrate.quad(lambda t: np.exp(-a * t), 0, a)[0] * x",
    "scipy.integrate.fixed_quad": "integrate.fixed_quad(lambda t: np.exp(-a * t), 0, a)[0] * x",
    "scipy.integrate.dblquad": "integrate.dblquad(lambda y, t: a * y * t, 0, a, 0, lambda t: t)[0] * x",
    "scipy.integrate.tplquad": "integrate.tplquad(lambda z, y, t: a * y * t, 0, a, 0, 1, 0, 1)[0] * x",
    "scipy.integrate.odeint": "integrate.odeint(lambda y, t: -a * y, x, [0.0, 1.0])[1]",
    "scipy.integrate.solve_ivp": "integrate.solve_ivp(lambda t, y: -a * y, (0, 1), x, t_eval=[1.0]).y[:, 0]",
    "scipy.integrate.quad_vec": "integrate.quad_vec(lambda t: np.exp(-x * t), 0, a)[0]",
    **{
        f"scipy.optimize.{name}": f"optimize.{name}(lambda t: t**3 + t - a, 0.0, 5.0) * x"
        for name in ("brentq", "brenth", "bisect", "ridder")
    },
    "scipy.optimize.newton": "optimize.newton(lambda t: t**3 + t - a, 1.0) * x",
    "scipy.optimize.root_scalar": "optimize.root_scalar(lambda t: t**3 + t - a, bracket=(0.0, 5.0)).root * x",
    "scipy.optimize.fsolve": "optimize.fsolve(lambda t: t**3 + t - x, x)",
    "scipy.optimize.root": "optimize.root(lambda t: t**3 + t - x, np.zeros(4)).x",
    "scipy.integrate.simpson": "integrate.simpson(x, x=a * np.arange(4.0))",
    "scipy.integrate.cumulative_simpson": "integrate.cumulative_simpson(x, dx=a)",
    "scipy.integrate.newton_cotes": "a * integrate.newton_cotes(3)[0]",
    "scipy.interpolate.RegularGridInterpolator": (
        "interpolate.RegularGridInterpolator((np.arange(2.0), np.arange(2.0)), np.reshape(x, (2, 2)))((0.5, 0.3)) * a"
    ),
    "scipy.interpolate.interpn": "interpolate.interpn((np.array([-9.0, 9.0]),) * 2, np.reshape(x, (2, 2)), x[:2])",
    "scipy.signal.detrend": "x * signal.detrend(x)",
    "scipy.signal.hilbert": "np.abs(signal.hilbert(x))",
    "scipy.signal.savgol_filter": "signal.savgol_filter(x, 3, 1)",
    "scipy.linalg.companion": "linalg.companion(x)",
    "scipy.linalg.leslie": "linalg.leslie(x, x[1:])",
    "scipy.linalg.convolution_matrix": "linalg.convolution_matrix(x, 3)",
    "scipy.linalg.fiedler": "linalg.fiedler(x)",
    "scipy.linalg.khatri_rao": "linalg.khatri_rao(np.outer(x, x), np.outer(x, x))",
    "scipy.linalg.diagsvd": "linalg.diagsvd(x, 4, 5)",
    **{f"scipy.linalg.{name}": f"a * linalg.{name}(4)" for name in ("hilbert", "invhilbert", "hadamard", "helmert")},
    **{f"scipy.linalg.{name}": f"a * linalg.{name}(4)" for name in ("pascal", "invpascal", "dft")},
    "scipy.sparse.linalg.spsolve": "spsolve(MATRIX, x)",
    **{
        f"scipy.interpolate.{name}": f"interpolate.{name}(np.arange(4.0), x)(a)"
        for name in ("CubicSpline", "make_interp_spline", "interp1d")
    },
    **{
        f"scipy.interpolate.{name}": f"interpolate.{name}(np.arange(4.0), np.cos(np.arange(4.0)))(x)"
        for name in ("PchipInterpolator", "Akima1DInterpolator")
    },
}
EXAMPLES: Mapping[str, str] = {
    **{
        f"numpy.polynomial.{module}.{stem}{name}": f"out = np.polynomial.{module}.{stem}{name}{text}"
        for module, stem in SERIES.items()
        for name, text in CALLS_OF_SERIES.items()
    },
    **{name: f"out = {text}" for name, text in (PLAIN | OBJECTS).items()},
    **{name: f"out = x.copy()\n{text}" for name, text in WRITING.items()},
    **{f"numpy.random.Generator.{n}": f"out = 0 * a + np.random.default_rng(0).{n}({t})" for n, t in DRAWS.items()},
    **{f"numpy.random.{n}": f"out = 0 * a + np.random.{n}({t})" for n, t in DRAWS.items() if n != "integers"},
    **{f"numpy.random.{n}": f"out = 0 * a + np.random.{n}()" for n in OLD_DRAWS},
    "numpy.random.randint": "out = 0 * a + np.random.randint(3)",
    "numpy.random.seed": "np.random.seed(0)\nout = a",
    "builtins.print": "print(end='')\nout = a",
}
UNDEFINED: dict[str, str] = {
    "numpy.nextafter": "the neighbour of a floating-point number is no function of real numbers",
    "math.nextafter": "the neighbour of a floating-point number is no function of real numbers",
    "scipy.linalg.null_space": "a basis is a choice among many",
    "scipy.linalg.orth": "a basis is a choice among many",
    **{f"scipy.special.{name}": reason for name, reason in UNKNOWN.items()},
    "numpy.lib.stride_tricks.as_strided": "shows memory under other strides: what is one element there is not known",
    "numpy.frombuffer": "reads bytes",
    "numpy.fromstring": "reads text",
    **{
        f"numpy.ndarray.{name}": "shows how an array lies in memory"
        for name in ("base", "ctypes", "data", "flags", "strides", "setflags")
    },
    "numpy.ndarray.dump": "writes bytes",
    "numpy.ndarray.dumps": "gives bytes",
    "numpy.ndarray.tofile": "writes bytes",
    "numpy.ndarray.view": "shows the bytes of an array as another type",
    "numpy.ndarray.byteswap": "turns bytes",
    "numpy.ndarray.getfield": "shows the bytes of an array as another type",
    "numpy.ndarray.setfield": "writes bytes",
    "numpy.ndarray.tobytes": "gives bytes",
    "numpy.random.bytes": "draws bytes",
    "numpy.random.Generator.bytes": "draws bytes",
}
TEXT_AND_SETTINGS = """
array2string array_repr array_str asmatrix base_repr binary_repr bmat busday_count busday_offset can_cast
datetime_as_string datetime_data einsum_path format_float_positional format_float_scientific from_dlpack fromfile
fromiter frompyfunc fromregex genfromtxt get_include get_printoptions getbufsize geterr geterrcall info is_busday
isdtype isfortran isnat issubdtype load loadtxt may_share_memory min_scalar_type mintypecode nested_iters
printoptions promote_types result_type save savetxt savez savez_compressed set_printoptions setbufsize seterr seterrcall
shares_memory show_config show_runtime test typename isscalar iscomplexobj isrealobj broadcast_shapes mask_indices
require
"""
BUILTINS = """
aiter anext ascii bin breakpoint chr compile copyright credits delattr dir eval exec exit format globals hash help hex
id input license locals oct open ord quit repr setattr vars
"""
NOT_NUMERIC = (
    {f"numpy.{name}" for name in TEXT_AND_SETTINGS.split()}
    | {"numpy.linalg.test", "numpy.fft.test", "numpy.random.test"}
    | {f"numpy.polynomial.{name}.test" for name in SERIES}
    | {f"numpy.random.{name}" for name in ("get_state", "set_state", "get_bit_generator", "set_bit_generator")}
    | {f"numpy.random.Generator.{name}" for name in ("bit_generator", "spawn")}
    | {f"builtins.{name}" for name in BUILTINS.split()}
    | {f"scipy.fft.{name}" for name in ("get_workers", "set_workers", "set_backend", "skip_backend", "test")}
    | {f"scipy.fft.{name}" for name in ("register_backend", "set_global_backend")}
    | {f"scipy.linalg.{name}" for name in ("find_best_blas_type", "get_blas_funcs", "get_lapack_funcs", "test")}
)
