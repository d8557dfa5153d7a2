"""Fourier, cosine and sine transforms of scipy.fft."""

import numpy as np
from support.corpus import Programs, normal

try:
    from scipy import fft
except ImportError:  # SciPy is optional
    fft = None

program = Programs()


@program((normal(6), normal(6)), wrt=(0, 1))
def a_filter_in_the_spectrum(x, h):
    y = fft.irfft(fft.rfft(x) * fft.rfft(h), n=6)
    return np.sum(y**4) + np.sum(np.abs(fft.fft(x, 8)) ** 2)


@program((normal(4, 5),), (normal(4, 6),))
def compressed(image):
    blocks = fft.dct(fft.dct(image, axis=0, norm="ortho"), norm="ortho")
    blocks[2:] *= 0.5
    back = fft.idct(fft.idct(blocks, axis=0, norm="ortho"), norm="ortho")
    return np.sum((back - image) ** 2) + np.sum(fft.idst(image, 3) * fft.dst(image, 1, 4)[:, :1])


@program((normal(3, 4),))
def two_dimensions(x):
    spectrum = fft.fft2(x)
    return np.sum(np.abs(fft.fftshift(spectrum)) ** 2) + np.sum(fft.irfftn(fft.rfftn(x) ** 2, s=(3, 4), workers=1))


@program((normal(3, 4), normal(2, 3, 4)), wrt=(0, 1))
def several_axes(x, stack):
    blocks = fft.dctn(x, norm="ortho") * fft.idctn(x, 3, s=(3, 4))
    waves = fft.dstn(stack, axes=(0, -1), workers=2) + fft.idstn(stack, type=1, axes=(0, 2))
    return np.sum(blocks**2) + np.sum(np.sin(0.01 * waves)) + np.sum(fft.hfft2(fft.ihfft2(x)) ** 3)


@program((normal(5), normal(7)), wrt=(0, 1))
def a_convolution_at_a_fast_length(x, h):
    n = fft.next_fast_len(len(x) + len(h) - 1, real=True)
    y = fft.irfft(fft.rfft(x, n) * fft.rfft(h, n), n)[: len(x) + len(h) - 1]
    return np.sum(y**3)


if fft is None:
    program.rows.clear()
