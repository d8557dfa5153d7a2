"""Whole models, as people write them."""

from dataclasses import dataclass

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()


@dataclass
class LSTMParameters:
    w: np.ndarray
    u: np.ndarray
    b: np.ndarray


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def lstm_cell(p, x, h, c):
    z = x @ p.w + h @ p.u + p.b
    n = h.shape[-1]
    i, f, o, g = sigmoid(z[:, :n]), sigmoid(z[:, n : 2 * n]), sigmoid(z[:, 2 * n : 3 * n]), np.tanh(z[:, 3 * n :])
    c = f * c + i * g
    return o * np.tanh(c), c


@program((LSTMParameters(normal(2, 12), normal(3, 12), normal(12)), [normal(4, 2), normal(4, 2, seed=1)], normal(4, 3)))
def lstm_over_two_steps(p, xs, h):
    c = np.zeros_like(h)
    for x in xs:
        h, c = lstm_cell(p, x, h, c)
    return np.mean(h**2)


@program((np.array([0.1, 0.2]), np.array([1.0, -0.5]), np.array([0.4, 0.9])), wrt=(0, 1))
def logistic_regression(w, x, y):
    p = sigmoid(w * x)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


@program((np.array([0.3, -0.2, 0.5, 1.0]),))
def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


@program((normal(4, 3), 1.3), wrt=(0, 1))
def n_body_energy(q, g):
    d = q[:, None, :] - q[None, :, :]
    r = np.sqrt(np.sum(d**2, axis=-1) + 0.01)
    return -0.5 * g * np.sum((1 - np.eye(4)) / r)


@program((normal(6), 0.1, 0.05), wrt=(0, 1, 2))
def heat_equation(u, alpha, dt):
    for _ in range(3):
        inner = u[1:-1] + alpha * dt * (u[2:] - 2 * u[1:-1] + u[:-2])
        u = np.concatenate([u[:1], inner, u[-1:]])
    return np.sum(u**2)


@program((np.array([0.5, 0.3, 0.2]), positive(3, 3), positive(3, 3, seed=1), (0, 2, 1)), wrt=(0, 1, 2))
def hidden_markov_model(pi, a, b, observations):
    a = a / a.sum(axis=1, keepdims=True)
    b = b / b.sum(axis=1, keepdims=True)
    alpha = pi * b[:, observations[0]]
    log_likelihood = 0.0
    for o in observations[1:]:
        s = np.sum(alpha)
        log_likelihood = log_likelihood + np.log(s)
        alpha = (alpha / s) @ a * b[:, o]
    return log_likelihood + np.log(np.sum(alpha))


@program((normal(5, 2), normal(3, 2), positive(3)), wrt=(0, 1, 2))
def gaussian_mixture(x, mu, w):
    log_p = -0.5 * np.sum((x[:, None, :] - mu) ** 2, axis=2) + np.log(w / np.sum(w))
    m = log_p.max(axis=1)
    return np.sum(m + np.log(np.sum(np.exp(log_p - m[:, None]), axis=1)))


@program((np.array([0.1, 0.7, -0.3]), (1.0, 0.8, 0.5), np.array([1.2, 0.4])), wrt=(0, 2))
def inverse_kinematics(angles, lengths, target):
    total, x, y = 0.0, 0.0, 0.0
    for k, length in enumerate(lengths):
        total = total + angles[k]
        x = x + length * np.cos(total)
        y = y + length * np.sin(total)
    return (x - target[0]) ** 2 + (y - target[1]) ** 2


def rotation(theta):
    c, s = np.cos(theta), np.sin(theta)
    return np.array([[c, -s], [s, c]])


@program((0.3, normal(5, 2), normal(5, 2, seed=1)), wrt=(0, 1))
def registration(theta, points, target):
    moved = points @ rotation(theta).T
    return np.mean(np.sum((moved - target) ** 2, axis=1))


@program((100.0, 0.2, 0.03, normal(8)), wrt=(0, 1, 2))
def monte_carlo_call(spot, vol, rate, z):
    terminal = spot * np.exp((rate - 0.5 * vol**2) * 1.0 + vol * z)
    payoff = np.maximum(terminal - 100.0, 0.0)
    return np.exp(-rate) * payoff.mean()


@program((np.array([0.5, 0.1]), np.array([10.0, 5.0])), wrt=(0, 1))
def lotka_volterra(theta, state):
    prey, predators = state[0], state[1]
    for _ in range(3):
        d_prey = theta[0] * prey - 0.02 * prey * predators
        d_predators = theta[1] * prey * predators * 0.1 - 0.4 * predators
        prey, predators = prey + 0.01 * d_prey, predators + 0.01 * d_predators
    return prey * predators


@program((normal(6, 3), np.array([1.0, -1.0, 1.0, 1.0, -1.0, -1.0]), normal(3), 0.1), wrt=(2, 3))
def support_vector_machine(x, y, w, b):
    margin = y * (x @ w + b)
    return 0.5 * w @ w + np.sum(np.maximum(0.0, 1 - margin))


@program((normal(4, 3), normal(3, 2), normal(2, 3)), wrt=(1, 2))
def autoencoder(x, encoder, decoder):
    code = np.tanh(x @ encoder)
    return np.mean((code @ decoder - x) ** 2) + 1e-2 * np.sum(np.abs(code))


@program((normal(5, 4), np.array([[1.0, 0.0, 1.0, 1.0]] * 5), 0.5), wrt=(0,))
def dropout_and_residual(x, mask, keep):
    h = x + np.tanh(x) * mask / keep
    return np.sum(h**2)


@program((normal(7), normal(3)), wrt=(0, 1))
def convolution_by_slices(signal, kernel):
    n = len(signal) - 2
    out = sum(kernel[k] * signal[k : k + n] for k in range(3))
    return np.sum(np.maximum(out, 0) ** 2)
