"""Ordinary programs with complex numbers: filters, spectra, circuits, quantum states, antennas, waves."""

from __future__ import annotations

import cmath

import numpy as np
from programs.complex_numbers import complex_normal
from support.corpus import Programs, normal, positive

program = Programs()


@program((normal(3), 0.4 * normal(2)), wrt=(0, 1))
def filter_response(b, a):
    """Distance of a digital filter's response from a low pass."""
    w = np.linspace(0.1, 3.0, 7)
    z = np.exp(-1j * w)
    numerator = b[0] + b[1] * z + b[2] * z**2
    denominator = 1 + a[0] * z + a[1] * z**2
    return np.sum((np.abs(numerator / denominator) - (w < 1.0)) ** 2)


@program((normal(8),), (normal(7),))
def spectrum_loss(x):
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(len(x)) / len(x))
    spectrum = np.fft.rfft(x * window)
    return np.mean(np.log1p(np.abs(spectrum) ** 2))


@program((normal(8), normal(3)), (normal(5), normal(3)), wrt=(0, 1))
def convolution_by_spectra(x, kernel):
    n = len(x) + len(kernel) - 1
    y = np.fft.irfft(np.fft.rfft(x, n) * np.fft.rfft(kernel, n), n)
    return np.sum(y**3)


@program((-0.2 + 0.4j,), (0.6 + 0.6j,))
def mandelbrot(c):
    z = 0
    n = 0
    while abs(z) < 2 and n < 8:
        z = z * z + c
        n += 1
    return abs(z) + n


@program((np.array([0.1 + 0.2j, 0.9 - 0.4j]),))
def julia(c):
    z = np.zeros_like(c)
    for _ in range(5):
        alive = np.abs(z) < 2
        z = np.where(alive, z**2 + c, z)
    return np.sum(np.abs(z))


@program((1.0, 0.5, 2.0, 50.0), wrt=(0, 1, 2, 3))
def impedance_network(r, l, c, omega):
    branch = r + 1j * omega * l
    total = 1 / (1 / branch + 1j * omega * c)
    power = 0.5 * (total * (1 / total).conjugate()).real
    return abs(total) + cmath.phase(total) + power


@program((normal(3), 0.7), wrt=(0, 1))
def quantum_state(h, t):
    """A probability after evolution by a Hermitian matrix."""
    generator = np.array([[h[0], h[1] - 1j * h[2]], [h[1] + 1j * h[2], -h[0]]])
    w, v = np.linalg.eigh(generator)
    evolution = (v * np.exp(-1j * t * w)) @ v.conj().T
    state = evolution @ np.array([1.0, 0.0])
    return np.abs(state[1]) ** 2 + np.vdot(state, generator @ state).real


@program((complex_normal(4), 0.3), wrt=(0, 1))
def beamforming(weights, angle):
    steering = np.exp(1j * np.pi * np.arange(4) * np.sin(angle))
    gain = np.abs(np.vdot(weights, steering)) ** 2
    return 10 * np.log10(gain / np.linalg.norm(weights) ** 2)


@program((normal(8), 0.1), (normal(9), 0.1), wrt=(0, 1))
def spectral_step(u, viscosity):
    k = 2 * np.pi * np.fft.fftfreq(u.size)
    for _ in range(3):
        spectrum = np.fft.fft(u) * np.exp(-viscosity * k**2)
        advection = np.fft.ifft(1j * k * spectrum).real
        u = np.fft.ifft(spectrum).real - 0.1 * u * advection
    return np.sum(u**2)


@program((normal(4, 6),), (complex_normal(4, 5),))
def picture_filtered(image):
    centred = np.fft.fftshift(np.fft.fft2(image))
    rows, columns = centred.shape
    mask = np.exp(-0.1 * (np.arange(rows) - rows // 2)[:, None] ** 2 - 0.1 * (np.arange(columns) - columns // 2) ** 2)
    return np.sum(np.abs(np.fft.ifft2(np.fft.ifftshift(centred * mask))) ** 3)


@program((normal(4, 6),), (normal(3, 5),))
def real_transforms_of_several_axes(a):
    spectrum = np.fft.rfftn(a, norm="ortho")
    return np.sum(np.fft.irfft2(spectrum * (1 + 0.5j), s=(4, 6)) ** 3)


@program((complex_normal(5),), (complex_normal(4),))
def hermitian_transforms(z):
    return np.sum(np.fft.hfft(z) ** 3) + np.sum(np.fft.irfft(z, 7) ** 3) + np.abs(np.fft.ihfft(z.real)).sum()


@program((normal(6), 0.3), wrt=(0, 1))
def bandwidth(x, spacing):
    f = np.fft.rfftfreq(len(x), spacing)
    power = np.abs(np.fft.rfft(x)) ** 2
    return np.sqrt(np.sum(f**2 * power) / np.sum(power))


@program((0.3 + 0.4j,))
def functions_of_a_number(z):
    w = cmath.exp(z) + cmath.log(z) + cmath.sqrt(z) * cmath.sin(z) - cmath.tan(z) + cmath.asin(z) * cmath.acos(z)
    w += cmath.atan(z) + cmath.sinh(z) * cmath.cosh(z) + cmath.tanh(z) + cmath.asinh(z) + cmath.acosh(z)
    return abs(w + cmath.atanh(z) + cmath.log10(z) + cmath.log(z, 2))


@program((-0.7,))
def functions_of_a_real_number(x):
    return abs(cmath.exp(x) + cmath.log(x) + cmath.sqrt(x) * cmath.sin(x) + cmath.acosh(x) + cmath.asin(2 * x))


@program((1 + 2j,), (-0.5 - 0.1j,))
def polar_coordinates(z):
    r, phi = cmath.polar(z)
    return r * phi**2 + (cmath.rect(r, 2 * phi) / z).real


@program((positive(2), complex_normal(2, 2)), wrt=(0, 1))
def density_matrix(p, psi):
    states = psi / np.linalg.norm(psi, axis=0)
    rho = (states * (p / np.sum(p))) @ states.conj().T
    return np.trace(rho @ rho).real
