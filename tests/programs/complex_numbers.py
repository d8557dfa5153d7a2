"""Complex numbers: parts, conjugates, powers, containers, loops, writes to parts."""

from __future__ import annotations

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()


def complex_normal(*shape: int, seed: int = 0, dtype: type = np.complex128) -> np.ndarray:
    return (normal(*shape, seed=seed) + 1j * normal(*shape, seed=seed + 100)).astype(dtype)


@program((complex_normal(4),), (complex_normal(2, 3),), (complex_normal(3, dtype=np.complex64),))
def energy(z):
    return np.sum(np.abs(z) ** 2)


@program((complex_normal(4),))
def energy_by_conjugate(z):
    return np.sum((z * np.conj(z)).real)


@program((normal(4),), (0.3 * normal(4, dtype=np.float32),))
def of_real_parameters(x):
    z = np.exp(1j * x)
    return np.abs(np.sum(z * x))


@program((1.5,))
def imaginary_literal(r):
    z = r + 2j
    return abs(z * z)


@program((1 + 2j,), (np.complex128(1 + 2j),))
def parts_of_a_number(z):
    return z.real * z.imag


@program((1 + 2j, 3.0), wrt=(0, 1))
def arithmetic_of_numbers(z, x):
    return (z**2 + x * z - z / x + (2 + 1j) * x**2 - z**x).imag


@program((1.5, 0.3), wrt=(0, 1))
def polar_form(r, t):
    z = r * np.exp(1j * t)
    return z.real + z.imag**2


@program((0.3, 0.2), wrt=(0, 1))
def complex_of_two_floats(a, b):
    c = complex(a, b)
    return abs(c**3 + c.conjugate())


@program((complex_normal(4),))
def write_to_the_real_part(z):
    w = z * 2
    w.real = z.imag**2
    w.imag *= 3.0
    return np.sum(np.abs(w) ** 2)


@program((complex_normal(4),))
def write_to_elements_of_a_part(z):
    w = z * 2
    w.real[0] = z.imag[1] ** 2
    v = w.imag
    v[1:] += z.real[:3]
    return np.sum(np.abs(w) ** 2)


@program((complex_normal(4), normal(3)), wrt=(0, 1))
def real_values_written_to_a_complex_array(z, x):
    w = np.zeros(4, complex)
    w[0] = z[0]
    w[1:] = x
    w[2] += 1j * x[0]
    w *= z[1]
    return np.sum(np.abs(w) ** 2)


@program((complex_normal(5),))
def int_that_becomes_complex(z):
    s = 0
    for k in range(len(z)):
        if z[k].real > 0:
            s += z[k] * z[k].conj()
        else:
            s -= z[k] ** 2
    return s.real + s.imag


@program((complex_normal(5), True), (complex_normal(5), False))
def float_or_complex(z, flag):
    s = 1.5
    if z[0].real > 0 or flag:
        s = z[1] * 2
    return abs(s * z[2])


@program((0.3 + 0.2j, 0.7), wrt=(0, 1))
def float_variable_or_complex(z, x):
    s = x * 2.0
    if x > 0.5:
        s = s * z
    return abs(s + z)


@program((complex_normal(3),))
def list_of_complex(z):
    out = []
    for v in z:
        out.append(v * 1j + 2)
    return np.sum(np.abs(np.array(out)) ** 2)


@program(({"z": complex_normal(3), "scale": 1.5, "n": 3},))
def container_of_complex_and_real(p):
    return np.sum(np.abs(p["z"]) ** p["n"]) * p["scale"]


@program((normal(3),))
def astype_complex(x):
    return np.sum((x.astype(complex) * (1 + 2j)).imag ** 2)


@program((complex_normal(3, dtype=np.complex64), normal(3, dtype=np.float32)), wrt=(0, 1))
def single_precision(z, x):
    return np.sum(np.abs(z * (1 + 2j) / 3 + x)) + np.float32(0.5) * np.sum(np.angle(z))


@program((2.0,))
def root_of_a_negative_number(x):
    return (np.sqrt(-x + 0j) * 3j).real


@program((complex_normal(3),))
def views(z):
    return np.sum((z[::-1] * z.T * z.reshape(3, 1).conj()).imag) + np.sum(z.real * 2 * z.imag)


@program((complex_normal(3),))
def items(z):
    return z[0].item().real * abs(z[1].item())


def squared(z):
    return z * z.conj()


@program((complex_normal(3),))
def calls(z):
    return squared(squared(z)).real.sum()


@program((complex_normal(3), 4), (complex_normal(3), 0))
def power_by_a_loop(z, n):
    w = np.ones_like(z)
    for _ in range(n):
        w = w * z
    return np.sum(w.real**2)


@program((complex_normal(4),))
def angles_and_signs(z):
    return np.sum(np.angle(z) ** 2 + np.angle(z, deg=True) + np.sign(z).real ** 3)


@program((complex_normal(4),))
def functions(z):
    w = np.exp(z) + np.sin(z) * np.log(z) + np.sqrt(z) - np.tanh(z) + z**2.5 + z ** (1 + 2j) + 2.0**z
    w = w + np.arcsinh(z) + np.arctan(z) + np.arccosh(z) + np.arcsin(z) + np.arctanh(z) + np.sinc(z) + 1 / z
    return np.sum(np.abs(w + np.expm1(z) + np.log1p(z) + np.exp2(z) + np.log2(z)))


@program((positive(3), complex_normal(3)), wrt=(0, 1))
def powers_of_real_and_complex(x, z):
    return np.sum(np.abs(x**z) + np.abs(z**x) + np.abs((-x) ** z) + np.abs(np.float_power(x, z)))


@program((complex_normal(2, 3),))
def reductions(a):
    spread = np.var(a) + np.std(a) + np.abs(np.prod(a)) + np.abs(np.mean(a, axis=0)).sum()
    return spread + abs(np.max(a)) + np.sum(np.abs(np.cumsum(a, 0))) + np.sum(np.abs(np.cumprod(a, 1)))


@program((complex_normal(2, 3),))
def sorted_by_real_part(a):
    return np.abs(np.sort(a, axis=0)[0] * np.arange(1, 4)).sum()


@program((complex_normal(2, 3),))
def choices(a):
    return np.abs(np.maximum(a, 0.1)).sum() + np.abs(np.where(a.real > 0, a, np.conj(a) * 2)).sum()


@program((complex_normal(3), normal(3)), wrt=(0, 1))
def joined_with_real(z, x):
    w = np.concatenate([z, x])
    return np.sum(np.abs(w) ** 2 * np.arange(6)) + np.sum((np.stack([z, x]) ** 3).real) + np.array([z[0], x[1]]).real[1]


@program((complex_normal(3), normal(3)), wrt=(0, 1))
def inner_products(z, x):
    return (np.vdot(z, x) ** 2).real + np.vdot(x, z).imag + abs(np.vdot(z, z * x)) + abs(np.dot(z, x))


@program((complex_normal(3, 3), complex_normal(3, 2), normal(3)), wrt=(0, 1, 2))
def products(m, b, x):
    total = np.sum(np.abs(m @ b)) + np.abs(x @ m @ x) + np.sum(np.abs(np.outer(x, b[:, 0])))
    total += np.abs(np.einsum("ij,jk,i->", m, b, x)) + np.abs(np.sum(np.kron(x, b) ** 2))
    return total + np.sum(np.abs(np.tensordot(m, b, 1))) + abs(np.inner(x, b[:, 0]))


@program((complex_normal(4), normal(3)), wrt=(0, 1))
def convolutions(z, x):
    return np.sum(np.abs(np.convolve(z, x)) ** 2) + np.sum((np.correlate(z, x * 1j, "full") ** 2).real)


@program((complex_normal(3, 2),))
def norms(a):
    total = np.linalg.norm(a) + np.sum(np.linalg.norm(a, axis=0) ** 2) + np.linalg.norm(a, 2)
    return total + np.linalg.norm(a, "nuc") + np.linalg.norm(a, 1) + np.linalg.norm(a[:, 0], 3)


@program((complex_normal(5),))
def powers_by_the_function_and_by_the_operator(z):
    return np.sum(np.power(z, 2) * z**3).real + np.sum(np.abs(np.emath.power(z, 2) + np.power(z, 0.5)))


@program((normal(5), normal(5, seed=1)), wrt=(0, 1))
def samples_of_complex_numbers(x, y):
    z = x + 1j * y
    rows = np.stack([z, z**2])
    middle = np.median(z) + np.median(rows, axis=1)[1] + np.median(z[:4])
    between = np.interp(y, [-1.0, 0.0, 2.0], z[:3])
    clean = np.nan_to_num(np.where(x > 1.0, np.nan, z))
    total = np.sum(np.cov(rows) * (1.0 - 0.3j)) + np.cov(z) + np.sum(np.cov(rows, aweights=x**2))
    return np.abs(middle * np.sum(between)) + np.sum(clean).real + total.real + total.imag**2
