"""scipy.signal and scipy.ndimage as they are used: blurred images, room responses, recursive filters, stencils."""

import numpy as np
from support.corpus import Programs, normal, positive

try:
    from scipy import ndimage, signal
    from scipy.signal import lfilter
except ImportError:  # SciPy is optional
    ndimage = None

program = Programs()
LAPLACE = np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])


@program((normal(5, 4), normal(5, 4, seed=1)), wrt=(0, 1))
def deblurring(image, seen):
    residual = ndimage.gaussian_filter(image, 1.2) - seen
    edges = ndimage.correlate1d(image, [-1, 0, 1], axis=0, mode="nearest")
    return 0.5 * np.sum(residual**2) + 0.1 * np.sum(np.sqrt(edges**2 + 1e-2))


@program((normal(4, 4), 0.1, 3), wrt=(0, 1))
def diffusion_by_a_stencil(u, rate, steps):
    for _ in range(steps):
        u = u + rate * ndimage.convolve(u, LAPLACE, mode="wrap")
    return np.sum(u**3)


@program((normal(7), normal(3)), (normal(3), normal(6)), wrt=(0, 1))
def a_response_that_is_learned(x, response):
    y = signal.convolve(x, response)
    y[1:] += 0.3 * y[:-1]
    match = signal.correlate(y, x, mode="same")
    return np.sum(np.tanh(y)) + np.max(match)


@program((normal(3), np.array([1.2, -0.4, 0.1]), normal(2, 6)), wrt=(0, 1, 2))
def a_recursive_filter_back_and_forth(b, a, x):
    there = lfilter(b, a, x)
    back = lfilter(b, a, there[:, ::-1])[:, ::-1]
    return np.sum((back - x) ** 2)


@program((normal(8), True), (normal(8), False), wrt=(0,))
def smoothed_or_not(x, smooth):
    y = x
    if smooth:
        for size in (2, 3):
            y = ndimage.uniform_filter1d(y, size, mode="mirror")
    return np.sum(y * x)


@program((normal(4, 4), positive(2, 3)), wrt=(0, 1))
def a_layer_of_a_convolutional_network(image, kernel):
    hidden = np.maximum(signal.correlate2d(image, kernel, mode="valid"), 0.0)
    wide = signal.convolve2d(hidden, kernel, "same")
    return np.sum(wide**2) + np.sum(signal.fftconvolve(image, kernel, mode="same"))


@program((normal(3, 9), normal(3, 9, seed=1)), wrt=(0, 1))
def smoothed_and_without_trend(x, w):
    trend = signal.detrend(x) + signal.detrend(x, axis=0, type="constant")
    smooth = signal.savgol_filter(trend, 5, 2) + signal.savgol_filter(x, 5, 3, deriv=1, delta=0.5, mode="nearest")
    steep = signal.savgol_filter(x, 3, 2, deriv=1, axis=0)
    return np.sum(w * smooth) + np.sum(steep * np.abs(signal.hilbert(w)))


CROSS = np.array([[False, True, False], [True, True, True], [False, True, False]])


@program((normal(5, 4), normal(2, 3, seed=1) / 4), wrt=(0, 1))
def what_morphology_finds(image, structure):
    smooth = ndimage.median_filter(image, footprint=CROSS, mode="nearest")
    peaks = smooth - ndimage.grey_opening(smooth, structure=structure)
    edges = ndimage.morphological_gradient(image, size=(2, 3), mode="wrap")
    return np.sum(peaks**2) + np.sum(edges * ndimage.white_tophat(image, footprint=CROSS))


@program((normal(4, 9), 3), (normal(2, 7), 5), wrt=(0,))
def envelopes(x, size):
    upper = ndimage.maximum_filter1d(x, size, axis=0) if size > 3 else ndimage.maximum_filter(x, (1, size))
    for row in upper:
        row -= signal.medfilt(row, 3)
    return np.sum(upper**2) + np.sum(ndimage.percentile_filter(x, 80, size=2) ** 3)


@program((normal(30), normal(30, seed=1)), wrt=(0, 1))
def without_a_delay(x, seen):
    b, a = signal.butter(2, 0.3)
    sections = signal.cheby1(3, 0.5, [0.1, 0.4], btype="bandpass", output="sos")
    rough = signal.sosfilt(sections, seen) - seen
    smooth = rough + signal.filtfilt(b, a, x, padlen=4) * signal.sosfiltfilt(sections, x, padtype="even")
    return np.sum(smooth**2) + np.sum(signal.filtfilt(b, a, seen**2))


@program((normal(9),))
def a_filtered_signal_that_is_changed(x):
    y = signal.filtfilt([0.3, 0.2], [1.0, -0.2], x, padlen=2)
    y[0] = 0.0
    y[1:4] *= x[2:5]
    return np.sum(y**3)


@program((normal(3, 8),), (normal(2, 5),), wrt=(0,))
def under_windows(x):
    n = x.shape[1]
    window = signal.get_window("hann", n) * signal.windows.kaiser(n, 4.0)
    smooth = signal.convolve(x[0], signal.firwin(3, 0.4) * signal.windows.gaussian(3, 1.0))
    return np.sum((x * window) ** 2) + np.sum(smooth**3)


@program((normal(5, 4),))
def inside_of_a_region(image):
    region = ndimage.binary_closing(image > 0.0, iterations=2)
    weights = np.exp(-ndimage.distance_transform_edt(~region))
    return np.sum(weights * image**2) + np.sum(image[ndimage.binary_dilation(image > 1.0)])


@program((normal(5, 5),), (np.ones((5, 5)),))
def edges_of_an_image(image):
    slopes = np.hypot(ndimage.sobel(image, 0), ndimage.sobel(image, 1))
    blobs = ndimage.gaussian_laplace(image, 0.8) + ndimage.laplace(image, mode="wrap")
    return np.sum(slopes**2) + np.sum(np.tanh(blobs)) + np.sum(ndimage.gaussian_gradient_magnitude(image, 1.0) ** 3)


@program((normal(5, 4), 0.3, np.array([0.4, -0.3]), normal(5, 4, seed=1)), wrt=(0, 1, 2))
def registration(image, angle, offset, seen):
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    moved = ndimage.affine_transform(image, turn, offset, order=1, mode="nearest")
    return np.sum((ndimage.shift(moved, 0.3 * angle, mode="mirror") - seen) ** 2)


@program((normal(4, 4), normal(2, 4, 4, seed=1) / 5 + 0.5), wrt=(0, 1))
def warped_along_a_flow(image, flow):
    points = np.indices(image.shape) + flow
    for k in range(2):
        image = ndimage.map_coordinates(image, points + 0.1 * k, order=k + 1, mode="nearest")
    return np.sum(image**2)


@program((normal(4, 3),), wrt=(0,))
def a_pyramid_of_images(image):
    total = 0.0
    for size in (2, 0.5, (1, 3)):
        image = ndimage.zoom(image, size, order=1)
        total += np.sum(np.tanh(ndimage.rotate(image, 30, reshape=False, mode="wrap")))
    return total


if ndimage is None:
    program.rows.clear()
