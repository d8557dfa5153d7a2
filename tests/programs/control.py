"""Control and reinforcement learning: filters that are objects, gains, returns that are carried backwards."""

import math

import numpy as np
from support.corpus import Programs, normal

program = Programs()


class KalmanFilter:
    def __init__(self, F, H, Q, R, x0, P0):
        self.F, self.H, self.Q, self.R = F, H, Q, R
        self.x, self.P = x0, P0
        self.log_likelihood = 0.0

    def predict(self, u=None, B=None):
        self.x = self.F @ self.x
        if u is not None and B is not None:
            self.x = self.x + B @ u
        self.P = self.F @ self.P @ self.F.T + self.Q

    def update(self, z):
        y = z - self.H @ self.x
        S = self.H @ self.P @ self.H.T + self.R
        K = self.P @ self.H.T @ np.linalg.inv(S)
        self.x = self.x + K @ y
        I_KH = np.eye(self.P.shape[0]) - K @ self.H
        self.P = I_KH @ self.P @ I_KH.T + K @ self.R @ K.T
        self.log_likelihood += -0.5 * (y @ np.linalg.solve(S, y) + np.log(np.linalg.det(S)))
        return y


@program((normal(6, 1), 0.1, 0.5), wrt=(0, 1, 2))
def kalman_loglik(zs, q, r):
    dt = 0.3
    F = np.array([[1.0, dt], [0.0, 1.0]])
    H = np.array([[1.0, 0.0]])
    kf = KalmanFilter(
        F, H, q * np.array([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]]), np.array([[r]]), np.zeros(2), np.eye(2)
    )
    innovations = []
    for z in zs:
        kf.predict()
        innovations.append(kf.update(z))
    return kf.log_likelihood + np.sum(np.array(innovations) ** 2)


@program((np.array([2.0, 0.5, 0.1]),))
def pid_step_response(gains):
    kp, ki, kd = gains
    setpoint, y, v = 1.0, 0.0, 0.0
    integral, last_error = 0.0, None
    cost = 0.0
    for step in range(30):
        error = setpoint - y
        integral += error * 0.05
        derivative = 0.0 if last_error is None else (error - last_error) / 0.05
        u = kp * error + ki * integral + kd * derivative
        u = min(max(u, -5.0), 5.0)
        last_error = error
        v += (u - 0.8 * v - 1.5 * y) * 0.05
        y += v * 0.05
        cost += error**2 + 0.01 * u * u
    return cost


@program((normal(2, 2) * 0.3 + np.eye(2), normal(2, 1), 0.5), wrt=(0, 1, 2))
def lqr_riccati(A, B, r):
    Q, R = np.eye(2), np.array([[r]])
    P = Q
    for _ in range(50):
        P_next = Q + A.T @ P @ A - A.T @ P @ B @ np.linalg.solve(R + B.T @ P @ B, B.T @ P @ A)
        if np.max(np.abs(P_next - P)) < 1e-12:
            P = P_next
            break
        P = P_next
    K = np.linalg.solve(R + B.T @ P @ B, B.T @ P @ A)
    return np.trace(P) + np.sum(K**2)


@program((normal(3), 0.2), wrt=(0, 1))
def extended_kalman(theta, noise):
    def f(x):
        return np.array([x[0] + 0.1 * x[1], x[1] - 0.1 * math.sin(x[0])])

    def jac(x):
        return np.array([[1.0, 0.1], [-0.1 * math.cos(x[0]), 1.0]])

    x, P = np.array([theta[0], theta[1]]), np.eye(2) * noise
    for k in range(4):
        J = jac(x)
        x = f(x)
        P = J @ P @ J.T + 0.01 * np.eye(2)
        s = P[0, 0] + noise
        gain = P[:, 0] / s
        x = x + gain * (theta[2] - x[0])
        P = P - np.outer(gain, P[0])
    return x @ x + P.trace()


@program((normal(7), normal(8), 0.95, 0.9), wrt=(0, 1, 2, 3))
def generalized_advantage(rewards, values, gamma, lam):
    advantages = np.zeros_like(rewards)
    last = 0
    for t in reversed(range(len(rewards))):
        delta = rewards[t] + gamma * values[t + 1] - values[t]
        advantages[t] = last = delta + gamma * lam * last
    returns = advantages + values[:-1]
    advantages = (advantages - advantages.mean()) / (advantages.std() + 1e-8)
    return np.sum(returns**2) + np.sum(advantages * rewards)


class Policy:
    def __init__(self, W, temperature=1.0):
        self.W = W
        self.temperature = temperature

    def logits(self, obs):
        return obs @ self.W / self.temperature

    def log_prob(self, obs, action):
        z = self.logits(obs)
        z = z - z.max()
        return z[action] - np.log(np.exp(z).sum())


@program((normal(3, 4), normal(5, 3), np.array([0, 2, 1, 3, 3]), normal(5)), wrt=(0,))
def reinforce_loss(W, observations, actions, rewards):
    policy = Policy(W, temperature=0.7)
    G, loss = 0.0, 0.0
    for t in range(len(rewards) - 1, -1, -1):
        G = rewards[t] + 0.99 * G
        loss -= policy.log_prob(observations[t], actions[t]) * G
    return loss / len(rewards)


@program((np.array([0.2, 0.5, 0.3]), 0.1), wrt=(0,))
def softmax_bandit(prefs, alpha):
    prefs = prefs.copy()
    baseline = 0.0
    for t, (arm, reward) in enumerate([(0, 1.0), (2, 0.5), (1, 0.2), (0, 0.7)], 1):
        p = np.exp(prefs) / np.exp(prefs).sum()
        baseline += (reward - baseline) / t
        for a in range(3):
            if a == arm:
                prefs[a] += alpha * (reward - baseline) * (1 - p[a])
            else:
                prefs[a] -= alpha * (reward - baseline) * p[a]
    return prefs @ prefs
