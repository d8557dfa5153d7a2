"""Sound and images: filters with state, buffers that go round, neighbourhoods, samples between pixels."""

import math

import numpy as np
from support.corpus import Programs, normal

program = Programs()
SIG = normal(32)
IMG = normal(6, 7)


@program((SIG, 0.2, 0.9), wrt=(0, 1, 2))
def biquad(x, freq, q):
    w0 = 2 * math.pi * freq
    alpha = math.sin(w0) / (2 * q)
    b = [(1 - math.cos(w0)) / 2, 1 - math.cos(w0), (1 - math.cos(w0)) / 2]
    a = [1 + alpha, -2 * math.cos(w0), 1 - alpha]
    b = [v / a[0] for v in b]
    a = [v / a[0] for v in a]
    x1 = x2 = y1 = y2 = 0.0
    out = np.zeros_like(x)
    for n, s in enumerate(x):
        y = b[0] * s + b[1] * x1 + b[2] * x2 - a[1] * y1 - a[2] * y2
        x2, x1 = x1, s
        y2, y1 = y1, y
        out[n] = y
    return np.sum(out**2)


@program((SIG, 0.3, 4.0), wrt=(0, 1, 2))
def compressor(x, threshold, ratio, attack=0.1, release=0.02):
    env = 0.0
    out = []
    for s in x:
        level = abs(s)
        coeff = attack if level > env else release
        env += coeff * (level - env)
        gain = 1.0
        if env > threshold:
            gain = (threshold + (env - threshold) / ratio) / env
        out.append(s * gain)
    return np.asarray(out).std()


@program((SIG, 0.6, 0.4), wrt=(0, 1, 2))
def comb_reverb(x, feedback, wet):
    buffer = [0.0] * 5
    pos = 0
    y = np.empty(len(x))
    for i in range(len(x)):
        delayed = buffer[pos]
        buffer[pos] = x[i] + feedback * delayed
        pos = (pos + 1) % len(buffer)
        y[i] = (1 - wet) * x[i] + wet * delayed
    return (y**2).mean()


@program((SIG,))
def spectral_centroid(x, sr=100.0, n_fft=16, hop=8):
    frames = []
    window = np.hanning(n_fft)
    for start in range(0, len(x) - n_fft + 1, hop):
        frames.append(x[start : start + n_fft] * window)
    mag = np.abs(np.fft.rfft(np.stack(frames), axis=1)) + 1e-9
    freqs = np.fft.rfftfreq(n_fft, 1 / sr)
    centroid = (mag * freqs).sum(axis=1) / mag.sum(axis=1)
    return centroid.mean()


@program((IMG, 1.2), wrt=(0, 1))
def gaussian_blur(img, sigma, radius=2):
    ax = np.arange(-radius, radius + 1)
    kernel = np.exp(-(ax**2) / (2 * sigma**2))
    kernel /= kernel.sum()
    padded = np.pad(img, radius, mode="edge")
    tmp = np.zeros((padded.shape[0], img.shape[1]))
    for k, w in enumerate(kernel):
        tmp += w * padded[:, k : k + img.shape[1]]
    out = np.zeros(img.shape)
    for k, w in enumerate(kernel):
        out += w * tmp[k : k + img.shape[0], :]
    return np.sum((out - img) ** 2)


@program((IMG, 1.7, 2.4), wrt=(0, 1, 2))
def bilinear_sample(img, y, x):
    y0, x0 = int(np.floor(y)), int(np.floor(x))
    dy, dx = y - y0, x - x0
    top = img[y0, x0] * (1 - dx) + img[y0, x0 + 1] * dx
    bottom = img[y0 + 1, x0] * (1 - dx) + img[y0 + 1, x0 + 1] * dx
    return top * (1 - dy) + bottom * dy


@program((IMG, 0.1), wrt=(0, 1))
def total_variation_denoise(img, lam):
    u = img.copy()
    for it in range(3):
        gx = np.roll(u, -1, axis=1) - u
        gy = np.roll(u, -1, axis=0) - u
        norm = np.sqrt(gx**2 + gy**2 + 1e-2)
        div = gx / norm - np.roll(gx / norm, 1, axis=1) + gy / norm - np.roll(gy / norm, 1, axis=0)
        u -= 0.2 * ((u - img) - lam * div)
    return np.sum(u**2)
