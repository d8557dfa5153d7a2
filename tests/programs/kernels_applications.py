"""Kernels of learning, physics and analysis, as NPBench writes them."""

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()


def relu(x):
    return np.maximum(x, 0)


def softmax_kernel(x):
    tmp_max = np.max(x, axis=-1, keepdims=True)
    tmp_out = np.exp(x - tmp_max)
    tmp_sum = np.sum(tmp_out, axis=-1, keepdims=True)
    return tmp_out / tmp_sum


@program((normal(2, 2, 3, 3),))
def softmax(x):
    return np.sum(softmax_kernel(x) ** 2)


def mlp_kernel(input, w1, b1, w2, b2, w3, b3):
    x = relu(input @ w1 + b1)
    x = relu(x @ w2 + b2)
    return softmax_kernel(x @ w3 + b3)


@program(
    (normal(4, 3), normal(3, 5), normal(5), normal(5, 4), normal(4), normal(4, 2), normal(2)), wrt=(0, 1, 2, 3, 4, 5, 6)
)
def mlp(input, w1, b1, w2, b2, w3, b3):
    return np.sum(mlp_kernel(input, w1, b1, w2, b2, w3, b3) ** 2)


def conv2d(input, weights):
    K = weights.shape[0]
    N = input.shape[0]
    H_out = input.shape[1] - K + 1
    W_out = input.shape[2] - K + 1
    C_out = weights.shape[3]
    output = np.empty((N, H_out, W_out, C_out), dtype=input.dtype)
    for i in range(H_out):
        for j in range(W_out):
            output[:, i, j, :] = np.sum(
                input[:, i : i + K, j : j + K, :, np.newaxis] * weights[np.newaxis, :, :, :],
                axis=(1, 2, 3),
            )
    return output


@program((normal(2, 4, 5, 2), normal(3, 3, 2, 3), normal(3)), wrt=(0, 1, 2))
def conv2d_bias(input, weights, bias):
    return np.sum((conv2d(input, weights) + bias) ** 2)


def maxpool2d(x):
    output = np.empty([x.shape[0], x.shape[1] // 2, x.shape[2] // 2, x.shape[3]], dtype=x.dtype)
    for i in range(x.shape[1] // 2):
        for j in range(x.shape[2] // 2):
            output[:, i, j, :] = np.max(x[:, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2, :], axis=(1, 2))
    return output


def lenet5_kernel(input, conv1, conv1bias, conv2, conv2bias, fc1w, fc1b, fc2w, fc2b, N, C_before_fc1):
    x = relu(conv2d(input, conv1) + conv1bias)
    x = maxpool2d(x)
    x = relu(conv2d(x, conv2) + conv2bias)
    x = maxpool2d(x)
    x = np.reshape(x, (N, C_before_fc1))
    x = relu(x @ fc1w + fc1b)
    return x @ fc2w + fc2b


@program(
    (
        normal(2, 10, 10, 1),
        *(normal(3, 3, 1, 2), normal(2), normal(3, 3, 2, 3), normal(3)),
        *(normal(3, 4), normal(4), normal(4, 2), normal(2)),
        *(2, 3),
    ),
    wrt=(0, 1, 2, 3, 4, 5, 6, 7, 8),
)
def lenet5(input, conv1, conv1bias, conv2, conv2bias, fc1w, fc1b, fc2w, fc2b, N, C_before_fc1):
    y = lenet5_kernel(input, conv1, conv1bias, conv2, conv2bias, fc1w, fc1b, fc2w, fc2b, N, C_before_fc1)
    return np.sum(y * y)


def batchnorm2d(x, eps=1e-5):
    mean = np.mean(x, axis=0, keepdims=True)
    std = np.std(x, axis=0, keepdims=True)
    return (x - mean) / np.sqrt(std + eps)


def resnet_basicblock(input, conv1, conv2, conv3):
    padded = np.zeros((input.shape[0], input.shape[1] + 2, input.shape[2] + 2, conv1.shape[3]))
    padded[:, 1:-1, 1:-1, :] = conv2d(input, conv1)
    x = batchnorm2d(padded)
    x = relu(x)
    x = conv2d(x, conv2)
    x = batchnorm2d(x)
    x = relu(x)
    x = conv2d(x, conv3)
    x = batchnorm2d(x)
    return relu(x + input)


@program((normal(3, 3, 4, 2), normal(1, 1, 2, 2), normal(3, 3, 2, 2), normal(1, 1, 2, 2)), wrt=(1, 2, 3), tol=1e-4)
def resnet(input, conv1, conv2, conv3):
    # The border of the padding has no variance: there, the derivative of the square root is infinite.
    return np.sum(resnet_basicblock(input, conv1, conv2, conv3) ** 2)


def arc_distance_kernel(theta_1, phi_1, theta_2, phi_2):
    temp = np.sin((theta_2 - theta_1) / 2) ** 2 + np.cos(theta_1) * np.cos(theta_2) * np.sin((phi_2 - phi_1) / 2) ** 2
    return 2 * (np.arctan2(np.sqrt(temp), np.sqrt(1 - temp)))


@program((positive(4), positive(4, seed=1), positive(4, seed=2), positive(4, seed=3)), wrt=(0, 1, 2, 3))
def arc_distance(theta_1, phi_1, theta_2, phi_2):
    return np.sum(arc_distance_kernel(theta_1, phi_1, theta_2, phi_2) ** 2)


def go_fast_kernel(a):
    trace = 0.0
    for i in range(a.shape[0]):
        trace += np.tanh(a[i, i])
    return a + trace


@program((normal(4, 4),))
def go_fast(a):
    return np.sum(go_fast_kernel(a) ** 2)


def azimint_naive_kernel(data, radius, npt):
    rmax = radius.max()
    res = np.zeros(npt, dtype=np.float64)
    for i in range(npt):
        r1 = rmax * i / npt
        r2 = rmax * (i + 1) / npt
        mask_r12 = np.logical_and((r1 <= radius), (radius < r2))
        values_r12 = data[mask_r12]
        res[i] = values_r12.mean()
    return res


@program((normal(12), np.linspace(0.05, 1.1, 12), 3))
def azimint_naive(data, radius, npt):
    return np.sum(azimint_naive_kernel(data, radius, npt) ** 2)


def get_bin_edges(a, bins):
    bin_edges = np.zeros((bins + 1,), dtype=np.float64)
    a_min = a.min()
    a_max = a.max()
    delta = (a_max - a_min) / bins
    for i in range(bin_edges.shape[0]):
        bin_edges[i] = a_min + i * delta
    bin_edges[-1] = a_max
    return bin_edges


def compute_bin(x, bin_edges):
    n = bin_edges.shape[0] - 1
    a_min = bin_edges[0]
    a_max = bin_edges[-1]
    if x == a_max:
        return n - 1
    return int(n * (x - a_min) / (a_max - a_min))


def histogram(a, bins, weights):
    hist = np.zeros((bins,), dtype=a.dtype)
    bin_edges = get_bin_edges(a, bins)
    for i in range(a.shape[0]):
        bin = compute_bin(a[i], bin_edges)
        hist[bin] += weights[i]
    return hist


def azimint_hist_kernel(data, radius, npt):
    histu = histogram(radius, npt, np.ones_like(data))
    histw = histogram(radius, npt, data)
    return histw / histu


@program((normal(12), np.linspace(0.05, 1.1, 12), 3))
def azimint_hist(data, radius, npt):
    return np.sum(azimint_hist_kernel(data, radius, npt) ** 2)


def getAcc(pos, mass, G, softening):
    x = pos[:, 0:1]
    y = pos[:, 1:2]
    z = pos[:, 2:3]
    dx = x.T - x
    dy = y.T - y
    dz = z.T - z
    inv_r3 = dx**2 + dy**2 + dz**2 + softening**2
    inv_r3[inv_r3 > 0] = inv_r3[inv_r3 > 0] ** (-1.5)
    ax = G * (dx * inv_r3) @ mass
    ay = G * (dy * inv_r3) @ mass
    az = G * (dz * inv_r3) @ mass
    return np.hstack((ax, ay, az))


def getEnergy(pos, vel, mass, G):
    KE = 0.5 * np.sum(mass * vel**2)
    x = pos[:, 0:1]
    y = pos[:, 1:2]
    z = pos[:, 2:3]
    dx = x.T - x
    dy = y.T - y
    dz = z.T - z
    inv_r = np.sqrt(dx**2 + dy**2 + dz**2)
    inv_r[inv_r > 0] = 1.0 / inv_r[inv_r > 0]
    PE = G * np.sum(np.triu(-(mass * mass.T) * inv_r, 1))
    return KE, PE


def nbody_kernel(mass, pos, vel, N, Nt, dt, G, softening):
    vel -= np.mean(mass * vel, axis=0) / np.mean(mass)
    acc = getAcc(pos, mass, G, softening)
    KE = np.ndarray(Nt + 1, dtype=np.float64)
    PE = np.ndarray(Nt + 1, dtype=np.float64)
    KE[0], PE[0] = getEnergy(pos, vel, mass, G)
    t = 0.0
    for i in range(Nt):
        vel += acc * dt / 2.0
        pos += vel * dt
        acc = getAcc(pos, mass, G, softening)
        vel += acc * dt / 2.0
        t += dt
        KE[i + 1], PE[i + 1] = getEnergy(pos, vel, mass, G)
    return KE, PE


@program(
    (positive(3, 1), normal(3, 3), normal(3, 3, seed=1), 3, 3, 0.01, 1.0, 0.1),
    wrt=(0, 1, 2),
)
def nbody(mass, pos, vel, N, Nt, dt, G, softening):
    KE, PE = nbody_kernel(mass, pos, vel, N, Nt, dt, G, softening)
    return np.sum(KE * KE) + np.sum(PE * PE)


@program((positive(3, 1), normal(3, 3), normal(3, 3, seed=1), 3, 3, 0.01, 1.0, 0.1), wrt=(0, 1, 2, 5, 6, 7))
def nbody_without_its_potential_energy(mass, pos, vel, N, Nt, dt, G, softening):
    KE, PE = nbody_kernel(mass, pos, vel, N, Nt, dt, G, softening)
    return np.sum(KE * KE) + np.sum(pos * pos)


def compute_kernel(array_1, array_2, a, b, c):
    return np.clip(array_1, 2, 10) * a + array_2 * b + c


@program((5.0 * positive(3, 4), normal(3, 4), 1.5, 2.5, 3.5), wrt=(0, 1, 2, 3, 4))
def compute(array_1, array_2, a, b, c):
    return np.sum(compute_kernel(array_1, array_2, a, b, c) ** 2)


def contour_integral_kernel(NR, NM, slab_per_bc, Ham, int_pts, Y):
    P0 = np.zeros((NR, NM))
    P1 = np.zeros((NR, NM))
    for z in int_pts:
        Tz = np.zeros((NR, NR))
        for n in range(slab_per_bc + 1):
            zz = np.power(z, slab_per_bc / 2 - n)
            Tz += zz * Ham[n]
        if NR == NM:
            X = np.linalg.inv(Tz)
        else:
            X = np.linalg.solve(Tz, Y)
        if abs(z) < 1.0:
            X = -X
        P0 += X
        P1 += z * X
    return P0, P1


@program(
    (3, 2, 2, normal(3, 3, 3) + 4 * np.eye(3), np.array([0.5, 1.5, 2.0]), normal(3, 2)),
    wrt=(3, 5),
)
def contour_integral(NR, NM, slab_per_bc, Ham, int_pts, Y):
    P0, P1 = contour_integral_kernel(NR, NM, slab_per_bc, Ham, int_pts, Y)
    return np.sum(P0 * P0) + np.sum(P1 * P1)


def scattering_self_energies_kernel(neigh_idx, dH, G, D, Sigma):
    for k in range(G.shape[0]):
        for E in range(G.shape[1]):
            for q in range(D.shape[0]):
                for w in range(D.shape[1]):
                    for i in range(D.shape[-2]):
                        for j in range(D.shape[-1]):
                            for a in range(neigh_idx.shape[0]):
                                for b in range(neigh_idx.shape[1]):
                                    if E - w >= 0:
                                        dHG = G[k, E - w, neigh_idx[a, b]] @ dH[a, b, i]
                                        dHD = dH[a, b, j] * D[q, w, a, b, i, j]
                                        Sigma[k, E, a] += dHG @ dHD


@program(
    (
        np.array([[0, 1], [1, 0]]),
        normal(2, 2, 2, 2, 2),
        normal(2, 2, 2, 2, 2, seed=1),
        normal(1, 2, 2, 2, 2, 2),
        np.zeros((2, 2, 2, 2, 2)),
    ),
    wrt=(1, 2, 3),
)
def scattering_self_energies(neigh_idx, dH, G, D, Sigma):
    scattering_self_energies_kernel(neigh_idx, dH, G, D, Sigma)
    return np.sum(Sigma * Sigma)


def clouds_of_points(xs, means, weights):
    total = 0.0
    for x in xs:
        p = 0.0
        for mean, weight in zip(means, weights):
            d = x - mean
            p += weight * np.exp(-0.5 * d @ d)
        total += np.log(p)
    return total


@program((normal(4, 2), normal(3, 2), positive(3)), wrt=(0, 1, 2))
def mixture_likelihood(xs, means, weights):
    return clouds_of_points(xs, means, weights)
