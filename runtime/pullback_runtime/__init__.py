"""What generated code may import: NumPy only."""

from pullback_runtime.along import add_along_axis
from pullback_runtime.bands import (
    band_of_matrix,
    band_of_product,
    band_product,
    both_sides,
    matrix_of_band,
    one_side,
    transposed_band,
)
from pullback_runtime.broadcasting import unbroadcast
from pullback_runtime.complex_parts import with_imag, with_real
from pullback_runtime.contractions import dot_left, dot_right, matmul_left, matmul_right
from pullback_runtime.convolutions import unconvolve
from pullback_runtime.diagonals import spread_diagonal
from pullback_runtime.dtypes import cast_like
from pullback_runtime.ends_of_signals import extend_signal, fold_signal, reach_of_sections
from pullback_runtime.filters import cut, ends_of, extend_ends, fold_ends, lagged_products, uncut
from pullback_runtime.fourier import ends_weighted, resized, weighted
from pullback_runtime.grids import grid_sample, grid_slope, grid_spread
from pullback_runtime.instances import instance
from pullback_runtime.interpolators import slope_between_samples
from pullback_runtime.lags import lag_sums
from pullback_runtime.lists import add_slice, split_like
from pullback_runtime.minors import cofactors
from pullback_runtime.padding import unpad
from pullback_runtime.products import prod_others
from pullback_runtime.quadrature import romb_weights, simpson_weights, vector_integral
from pullback_runtime.ranks import add_at_places, at_places, chosen_places
from pullback_runtime.roots import root_pullback
from pullback_runtime.rules import cotangents, real_result
from pullback_runtime.sampling import (
    add_spline_samples,
    affine_points,
    rotated_points,
    spline_samples,
    zoomed_points,
)
from pullback_runtime.scans import recurrence, running_argmax
from pullback_runtime.sets import first_places
from pullback_runtime.solutions import solution_pullback
from pullback_runtime.special import polygamma
from pullback_runtime.spectra import eig_in_order, over_gaps, over_sums, phase_free, real_valued, without_complement
from pullback_runtime.writes import is_last_write

__all__ = [
    "add_along_axis",
    "add_at_places",
    "add_slice",
    "add_spline_samples",
    "affine_points",
    "at_places",
    "band_of_matrix",
    "band_of_product",
    "band_product",
    "both_sides",
    "cast_like",
    "chosen_places",
    "cofactors",
    "cotangents",
    "cut",
    "dot_left",
    "dot_right",
    "eig_in_order",
    "ends_of",
    "ends_weighted",
    "extend_ends",
    "extend_signal",
    "first_places",
    "fold_ends",
    "fold_signal",
    "grid_sample",
    "grid_slope",
    "grid_spread",
    "instance",
    "is_last_write",
    "lag_sums",
    "lagged_products",
    "matmul_left",
    "matmul_right",
    "matrix_of_band",
    "one_side",
    "over_gaps",
    "over_sums",
    "phase_free",
    "polygamma",
    "prod_others",
    "reach_of_sections",
    "real_result",
    "real_valued",
    "recurrence",
    "resized",
    "romb_weights",
    "root_pullback",
    "rotated_points",
    "running_argmax",
    "simpson_weights",
    "slope_between_samples",
    "solution_pullback",
    "spline_samples",
    "split_like",
    "spread_diagonal",
    "transposed_band",
    "unbroadcast",
    "unconvolve",
    "uncut",
    "unpad",
    "vector_integral",
    "weighted",
    "with_imag",
    "with_real",
    "without_complement",
    "zoomed_points",
]
