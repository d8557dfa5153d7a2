"""Signal and image processing as it is written: filters, windows, transforms by hand, resampling."""

import math
from functools import reduce

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()
SIGNAL = normal(16)


@program((SIGNAL, 0.3), wrt=(0, 1))
def exponential_smoothing(x, alpha):
    y = np.zeros(len(x))
    y[0] = x[0]
    for n in range(1, len(x)):
        y[n] = alpha * x[n] + (1 - alpha) * y[n - 1]
    return np.sum((x - y) ** 2)


@program((normal(3), np.array([1.0, -0.5, 0.2]), SIGNAL), wrt=(0, 1, 2))
def iir_filter(b, a, x):
    """Direct form, as in the textbook."""
    y = np.zeros_like(x)
    for n in range(len(x)):
        acc = 0.0
        for k in range(len(b)):
            if n - k >= 0:
                acc += b[k] * x[n - k]
        for k in range(1, len(a)):
            if n - k >= 0:
                acc -= a[k] * y[n - k]
        y[n] = acc / a[0]
    return y.dot(y)


class Biquad:
    def __init__(self, frequency, q, kind="lowpass", fs=48.0):
        w0 = 2 * math.pi * frequency / fs
        alpha = math.sin(w0) / (2 * q)
        cos = math.cos(w0)
        if kind == "lowpass":
            b = [(1 - cos) / 2, 1 - cos, (1 - cos) / 2]
        elif kind == "highpass":
            b = [(1 + cos) / 2, -(1 + cos), (1 + cos) / 2]
        else:
            raise ValueError(kind)
        a0 = 1 + alpha
        self.b = [c / a0 for c in b]
        self.a = [1.0, -2 * cos / a0, (1 - alpha) / a0]
        self.z1 = self.z2 = 0.0

    def process(self, sample):
        out = self.b[0] * sample + self.z1
        self.z1 = self.b[1] * sample - self.a[1] * out + self.z2
        self.z2 = self.b[2] * sample - self.a[2] * out
        return out


@program((6.0, 0.7, "lowpass"), (6.0, 0.7, "highpass"), wrt=(0, 1))
def filtered_power(frequency, q, kind):
    f = Biquad(frequency, q, kind)
    power = 0.0
    for s in SIGNAL:
        power += f.process(s) ** 2
    return power


@program((SIGNAL,))
def discrete_fourier_power(x):
    N = len(x)
    power = np.zeros(N // 2)
    for k in range(N // 2):
        re = im = 0.0
        for n in range(N):
            angle = 2 * math.pi * k * n / N
            re += x[n] * math.cos(angle)
            im -= x[n] * math.sin(angle)
        power[k] = re**2 + im**2
    frequencies = np.arange(N // 2) / N
    return (frequencies * power).sum() / power.sum()


@program((SIGNAL, normal(5)), wrt=(0, 1))
def convolution_by_hand(signal, kernel):
    n, m = len(signal), len(kernel)
    out = [0.0] * (n + m - 1)
    for i in range(n):
        for j in range(m):
            out[i + j] += signal[i] * kernel[j]
    return sum(v * v for v in out)


@program((SIGNAL,), (normal(17),))
def moving_average_detrended(x, window=5):
    half = window // 2
    trend = np.array([np.mean(x[max(0, i - half) : min(len(x), i + half + 1)]) for i in range(len(x))])
    residual = x - trend
    return np.sqrt(np.mean(residual**2))


@program((normal(8, 8), 0.8), wrt=(0, 1))
def gaussian_blur(image, sigma):
    radius = 2
    k = np.array([math.exp(-(i**2) / (2 * sigma**2)) for i in range(-radius, radius + 1)])
    k /= k.sum()
    padded = np.pad(image, radius, mode="edge")
    rows = np.zeros((image.shape[0] + 2 * radius, image.shape[1]))
    for j in range(image.shape[1]):
        rows[:, j] = padded[:, j : j + 2 * radius + 1] @ k
    out = np.zeros_like(image)
    for i in range(image.shape[0]):
        out[i] = k @ rows[i : i + 2 * radius + 1]
    return np.sum((image - out) ** 2)


@program((normal(7, 7),))
def edge_strength(img):
    gx = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    gy = gx.T
    total = 0.0
    for i in range(1, img.shape[0] - 1):
        for j in range(1, img.shape[1] - 1):
            window = img[i - 1 : i + 2, j - 1 : j + 2]
            sx, sy = (window * gx).sum(), (window * gy).sum()
            total += np.hypot(sx, sy)
    return total


@program((positive(6), 2.3), (positive(6), 7.0), (positive(6), -0.5), wrt=(0, 1))
def linear_interpolation_table(table, position):
    """Read a table between its entries."""
    if position <= 0:
        return table[0]
    if position >= len(table) - 1:
        return table[-1]
    i = int(math.floor(position))
    frac = position - i
    return (1 - frac) * table[i] + frac * table[i + 1]


@program((normal(5, 5), 1.3, 2.6), wrt=(0, 1, 2))
def bilinear_sample(image, x, y):
    x0, y0 = int(x), int(y)
    x1, y1 = min(x0 + 1, image.shape[1] - 1), min(y0 + 1, image.shape[0] - 1)
    dx, dy = x - x0, y - y0
    top = image[y0, x0] * (1 - dx) + image[y0, x1] * dx
    bottom = image[y1, x0] * (1 - dx) + image[y1, x1] * dx
    return top * (1 - dy) + bottom * dy


@program((SIGNAL, 0.05), wrt=(0, 1))
def total_variation_denoise(noisy, weight):
    x = noisy.copy()
    for _ in range(6):
        d = np.diff(x)
        g = d / np.sqrt(d**2 + 0.01)
        update = np.zeros_like(x)
        update[:-1] -= g
        update[1:] += g
        x -= 0.1 * ((x - noisy) + weight * update)
    return np.abs(np.diff(x)).sum()


@program((SIGNAL, SIGNAL[::-1].copy()), wrt=(0, 1))
def normalized_cross_correlation(a, b):
    a = (a - a.mean()) / (a.std() * len(a))
    b = (b - b.mean()) / b.std()
    lags = range(-3, 4)
    correlation = []
    for lag in lags:
        if lag < 0:
            correlation.append(np.sum(a[:lag] * b[-lag:]))
        elif lag == 0:
            correlation.append(np.sum(a * b))
        else:
            correlation.append(np.sum(a[lag:] * b[:-lag]))
    return np.max(correlation)


@program((SIGNAL,))
def haar_energy(x):
    coefficients = []
    current = x
    while len(current) > 1:
        even, odd = current[0::2], current[1::2]
        coefficients.append((even - odd) / np.sqrt(2))
        current = (even + odd) / np.sqrt(2)
    weights = [1.0, 0.5, 0.25, 0.125]
    return reduce(lambda acc, wc: acc + wc[0] * np.sum(np.abs(wc[1])), zip(weights, coefficients), current[0])


def window(name, n, **kwargs):
    t = np.arange(n) / (n - 1)
    if name == "hann":
        return 0.5 - 0.5 * np.cos(2 * np.pi * t)
    if name == "gauss":
        return np.exp(-0.5 * ((t - 0.5) / kwargs.get("sigma", 0.2)) ** 2)
    return np.ones(n)


@program((SIGNAL, 0.3), wrt=(0, 1))
def windowed_spectrum(x, sigma):
    options = {"sigma": sigma}
    total = 0.0
    for name in ["hann", "gauss", "box"]:
        w = window(name, len(x), **options)
        seg = x * w
        total += np.abs(np.fft.fft(seg))[1:4].sum() / w.sum()
    return total


@program((normal(9), normal(9, seed=1)), (normal(2, 3), normal(2, 3, seed=1)), wrt=(0, 1))
def weighted_histograms(samples, weights):
    sums, edges = np.histogram(samples, 4, (-1.5, 1.5), weights=weights)
    density, _ = np.histogram(samples, [-2.0, -0.3, 0.4, 2.5], weights=weights**2, density=True)
    counts, _ = np.histogram(samples, 3)
    return np.sum(sums**2 * edges[1:]) + np.sum(density**2) + np.sum(counts * weights.ravel()[:3])


@program((normal(9), 3), wrt=(0,))
def histograms_of_histograms(weights, n):
    for k in range(n):
        weights = np.repeat(np.histogram(np.cos(np.arange(9.0)), 3, weights=np.tanh(weights) + k)[0], 3)
    return np.sum(weights**2)


@program((normal(9), normal(9, seed=1)), wrt=(0, 1))
def edges_that_follow_the_samples(samples, weights):
    density, edges = np.histogram(samples, 4, weights=weights * weights, density=True)
    return np.sum(density**2 * edges[1:]) + np.histogram_bin_edges(samples, 3)[1]
