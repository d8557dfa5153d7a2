"""Machine learning from scratch, as in notebooks and courses: layers, losses, attention, clustering."""

from dataclasses import dataclass, field

import numpy as np
from support.corpus import Programs, normal

program = Programs()


def relu(x):
    return np.maximum(0, x)


def softmax(z, axis=-1):
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def one_hot(y, n_classes):
    out = np.zeros((len(y), n_classes))
    out[np.arange(len(y)), y] = 1
    return out


@program((normal(4, 3), normal(3), normal(6, 4), np.array([0, 2, 1, 1, 0, 2])), wrt=(0, 1))
def softmax_regression(W, b, X, y):
    p = softmax(X @ W + b)
    Y = one_hot(y, W.shape[1])
    loss = -np.sum(Y * np.log(p + 1e-12)) / X.shape[0]
    return loss + 0.01 * np.sum(W * W)


class Dense:
    def __init__(self, weights, bias, activation="relu"):
        self.weights = weights
        self.bias = bias
        self.activation = activation
        self.last_input = None
        self.last_z = None

    def forward(self, x):
        self.last_input = x
        self.last_z = x @ self.weights + self.bias
        if self.activation == "relu":
            return relu(self.last_z)
        elif self.activation == "tanh":
            return np.tanh(self.last_z)
        elif self.activation is None:
            return self.last_z
        raise ValueError(f"unknown activation {self.activation!r}")


class BatchNorm:
    def __init__(self, gamma, beta, momentum=0.9, eps=1e-5):
        self.gamma, self.beta = gamma, beta
        self.momentum, self.eps = momentum, eps
        self.running_mean = np.zeros(gamma.shape)
        self.running_var = np.ones(gamma.shape)
        self.training = True

    def forward(self, x):
        if self.training:
            mean, var = x.mean(axis=0), x.var(axis=0)
            self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mean
            self.running_var = self.momentum * self.running_var + (1 - self.momentum) * var
        else:
            mean, var = self.running_mean, self.running_var
        x_hat = (x - mean) / np.sqrt(var + self.eps)
        return self.gamma * x_hat + self.beta


class Sequential:
    def __init__(self, *layers):
        self.layers = list(layers)

    def add(self, layer):
        self.layers.append(layer)

    def __call__(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x


@program(({"W1": normal(3, 5), "b1": normal(5), "W2": normal(5, 2), "b2": normal(2)}, normal(7, 3)), wrt=(0, 1))
def network_of_layers(params, X):
    net = Sequential(Dense(params["W1"], params["b1"], "tanh"), BatchNorm(np.ones(5), np.zeros(5)))
    net.add(Dense(params["W2"], params["b2"], activation=None))
    out = net(X)
    return np.mean(out**2)


MODEL = Sequential(Dense(normal(3, 4), normal(4)), Dense(normal(4, 2), np.zeros(2), None))


@program((MODEL, normal(5, 3)))
def loss_of_a_model_object(model, X):
    out = model(X)
    regularization = sum(np.sum(layer.weights**2) for layer in model.layers)
    return ((out - 1.0) ** 2).mean() + 0.01 * regularization


@program(
    (normal(4, 6), normal(6, 6, seed=1), normal(6, 6, seed=2), normal(6, 6, seed=3)),
    wrt=(0, 1, 2, 3),
)
def multi_head_attention(x, Wq, Wk, Wv, n_heads=2):
    seq, d_model = x.shape
    if d_model % n_heads != 0:
        raise ValueError("d_model must be divisible by n_heads")
    d_head = d_model // n_heads
    Q, K, V = x @ Wq, x @ Wk, x @ Wv
    heads = []
    for h in range(n_heads):
        cols = slice(h * d_head, (h + 1) * d_head)
        scores = Q[:, cols] @ K[:, cols].T / np.sqrt(d_head)
        mask = np.triu(np.ones((seq, seq)), k=1)
        scores = np.where(mask == 1, -1e9, scores)
        heads.append(softmax(scores) @ V[:, cols])
    return np.sum(np.concatenate(heads, axis=1) ** 2)


@program((normal(6, 6), normal(3, 3)), wrt=(0, 1))
def convolution_layer(image, kernel, stride=1, padding=1):
    if padding > 0:
        image = np.pad(image, padding)
    kh, kw = kernel.shape
    oh = (image.shape[0] - kh) // stride + 1
    ow = (image.shape[1] - kw) // stride + 1
    out = np.zeros((oh, ow))
    for i in range(oh):
        for j in range(ow):
            patch = image[i * stride : i * stride + kh, j * stride : j * stride + kw]
            out[i, j] = np.sum(patch * kernel)
    return relu(out).mean()


@program((normal(4, 6, 6),))
def max_pooling(x):
    n, h, w = x.shape
    pooled = x.reshape(n, h // 2, 2, w // 2, 2).max(axis=(2, 4))
    return (pooled * np.arange(9).reshape(3, 3)).sum()


@program(
    (normal(8, 2), normal(3, 2, seed=4)),
    wrt=(0, 1),
)
def kmeans_loss(points, centers):
    total = 0.0
    for p in points:
        best = None
        for c in centers:
            d = np.sum((p - c) ** 2)
            if best is None or d < best:
                best = d
        total += best
    return total / len(points)


@program((normal(8, 2), normal(3, 2, seed=4)), wrt=(0, 1))
def kmeans_inertia(X, centroids):
    distances = np.linalg.norm(X[:, np.newaxis] - centroids, axis=2)
    labels = np.argmin(distances, axis=1)
    new = np.zeros_like(centroids)
    for k in range(centroids.shape[0]):
        members = X[labels == k]
        new[k] = members.mean(axis=0) if len(members) > 0 else centroids[k]
    return ((X - new[labels]) ** 2).sum()


class LSTMCell:
    def __init__(self, W, U, b):
        self.W, self.U, self.b = W, U, b
        self.hidden_size = U.shape[0]

    def __call__(self, x, state):
        h, c = state
        gates = x @ self.W + h @ self.U + self.b
        n = self.hidden_size
        i = 1 / (1 + np.exp(-gates[:n]))
        f = 1 / (1 + np.exp(-gates[n : 2 * n]))
        o = 1 / (1 + np.exp(-gates[2 * n : 3 * n]))
        g = np.tanh(gates[3 * n :])
        c = f * c + i * g
        h = o * np.tanh(c)
        return h, c


@program(
    (normal(3, 8), normal(2, 8), normal(8), normal(5, 3)),
    wrt=(0, 1, 2, 3),
)
def lstm_sequence(W, U, b, xs):
    cell = LSTMCell(W, U, b)
    state = (np.zeros(2), np.zeros(2))
    outputs = []
    for x in xs:
        state = cell(x, state)
        outputs.append(state[0])
    return np.sum(np.array(outputs) ** 2)


@program((normal(6), normal(10, 6), normal(10)))
def gradient_descent_by_hand(w0, X, y, lr=0.05, momentum=0.9):
    """Train a line for a few steps, and return the loss reached."""
    w = w0.copy()
    velocity = np.zeros_like(w)
    for epoch in range(5):
        error = X @ w - y
        grad = 2 * X.T @ error / len(y)
        velocity = momentum * velocity - lr * grad
        w += velocity
    return np.mean((X @ w - y) ** 2)


@dataclass
class Adam:
    lr: float = 0.01
    beta1: float = 0.9
    beta2: float = 0.999
    m: dict = field(default_factory=dict)
    v: dict = field(default_factory=dict)
    t: int = 0

    def step(self, params, grads):
        self.t += 1
        for name in params:
            if name not in self.m:
                self.m[name] = np.zeros_like(params[name])
                self.v[name] = np.zeros_like(params[name])
            self.m[name] = self.beta1 * self.m[name] + (1 - self.beta1) * grads[name]
            self.v[name] = self.beta2 * self.v[name] + (1 - self.beta2) * grads[name] ** 2
            m_hat = self.m[name] / (1 - self.beta1**self.t)
            v_hat = self.v[name] / (1 - self.beta2**self.t)
            params[name] -= self.lr * m_hat / (np.sqrt(v_hat) + 1e-8)


@program((0.1, {"w": normal(4), "b": normal(1)}), wrt=(0, 1))
def adam_steps(lr, start):
    optimizer = Adam(lr=lr)
    params = {k: v.copy() for k, v in start.items()}
    for _ in range(3):
        grads = {"w": 2 * params["w"] + 1, "b": 4 * params["b"] ** 3}
        optimizer.step(params, grads)
    return np.sum(params["w"] ** 2) + params["b"][0]


@program((normal(4, 4),))
def power_iteration(M, n_iter=15):
    """The first principal component's variance."""
    A = M.T @ M
    v = np.ones(A.shape[0]) / np.sqrt(A.shape[0])
    for _ in range(n_iter):
        v = A @ v
        v /= np.linalg.norm(v)
    return v @ A @ v


@program((normal(5, 3), normal(4, 3)), wrt=(0, 1))
def matrix_factorization(P, Q):
    ratings = {(0, 1): 4.0, (2, 3): 1.0, (4, 0): 3.5, (1, 1): 2.0}
    loss = 0
    for (user, item), r in ratings.items():
        prediction = P[user] @ Q[item]
        loss += (r - prediction) ** 2
        loss += 0.02 * (np.linalg.norm(P[user]) ** 2 + np.linalg.norm(Q[item]) ** 2)
    return loss


@program((normal(6), np.array([1, 0, 1, 1, 0, 0])), wrt=(0,))
def focal_loss(logits, labels, gamma=2.0, alpha=0.25, reduction="mean"):
    p = 1.0 / (1.0 + np.exp(-logits))
    pt = np.where(labels == 1, p, 1 - p)
    weight = np.where(labels == 1, alpha, 1 - alpha)
    loss = -weight * (1 - pt) ** gamma * np.log(np.clip(pt, 1e-7, 1.0))
    if reduction == "mean":
        return loss.mean()
    if reduction == "sum":
        return loss.sum()
    return loss


@program((normal(5, 4), normal(5, 4, seed=2)), wrt=(0, 1))
def contrastive_loss(a, b, temperature=0.5):
    a = a / np.linalg.norm(a, axis=1, keepdims=True)
    b = b / np.linalg.norm(b, axis=1, keepdims=True)
    logits = np.dot(a, b.T) / temperature
    n = logits.shape[0]
    log_probs = logits - np.log(np.exp(logits).sum(1, keepdims=True))
    return -log_probs[range(n), range(n)].mean()
