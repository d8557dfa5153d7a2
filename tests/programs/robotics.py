"""Robotics as it is written: kinematics, control, filters, planning."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()


def rotation(theta):
    c, s = np.cos(theta), np.sin(theta)
    return np.array([[c, -s], [s, c]])


@program((normal(3), positive(3)), wrt=(0, 1))
def planar_arm(angles, lengths):
    """Position of the end of a planar arm, squared distance from a target."""
    assert len(angles) == len(lengths), "one angle per link"
    position = np.zeros(2)
    orientation = 0.0
    for angle, length in zip(angles, lengths):
        orientation += angle
        position += rotation(orientation) @ np.array([length, 0.0])
    target = np.array([1.0, 1.0])
    return np.sum((position - target) ** 2)


def dh_matrix(theta, d, a, alpha):
    ct, st = math.cos(theta), math.sin(theta)
    ca, sa = math.cos(alpha), math.sin(alpha)
    return np.array(
        [
            [ct, -st * ca, st * sa, a * ct],
            [st, ct * ca, -ct * sa, a * st],
            [0, sa, ca, d],
            [0, 0, 0, 1],
        ]
    )


DH_TABLE = [(0.4, 0.0, math.pi / 2), (0.0, 0.35, 0.0), (0.1, 0.2, -math.pi / 2)]


@program((normal(3),))
def denavit_hartenberg(q):
    T = np.eye(4)
    for (d, a, alpha), theta in zip(DH_TABLE, q):
        T = T.dot(dh_matrix(theta, d, a, alpha))
    x, y, z = T[:3, 3]
    return x * y + z


class PID:
    def __init__(self, kp, ki, kd, limit=None):
        self.kp, self.ki, self.kd = kp, ki, kd
        self.limit = limit
        self.integral = 0
        self.last_error = None

    def update(self, error, dt):
        self.integral += error * dt
        if self.last_error is None:
            derivative = 0.0
        else:
            derivative = (error - self.last_error) / dt
        self.last_error = error
        out = self.kp * error + self.ki * self.integral + self.kd * derivative
        if self.limit is not None:
            out = max(-self.limit, min(self.limit, out))
        return out


@program((2.0, 0.5, 0.1), wrt=(0, 1, 2))
def pid_tracking_cost(kp, ki, kd):
    controller = PID(kp, ki, kd, limit=3.0)
    x, v, cost = 0.0, 0.0, 0.0
    for _ in range(30):
        u = controller.update(1.0 - x, 0.05)
        v += 0.05 * (u - 0.4 * v)
        x += 0.05 * v
        cost += (1.0 - x) ** 2 + 0.01 * u**2
    return cost


class KalmanFilter:
    """The textbook filter."""

    def __init__(self, F, H, Q, R, x0, P0):
        self.F, self.H, self.Q, self.R = F, H, Q, R
        self.x = x0
        self.P = P0
        self.log_likelihood = 0.0

    def predict(self):
        self.x = self.F @ self.x
        self.P = self.F @ self.P @ self.F.T + self.Q

    def update(self, z):
        y = z - self.H @ self.x
        S = self.H @ self.P @ self.H.T + self.R
        K = self.P @ self.H.T @ np.linalg.inv(S)
        self.x = self.x + K @ y
        self.P = (np.eye(len(self.x)) - K @ self.H) @ self.P
        self.log_likelihood += -0.5 * (y @ np.linalg.solve(S, y) + np.log(np.linalg.det(S)))


@program((0.1, 0.5, normal(6, 1)), wrt=(0, 1, 2))
def kalman_likelihood(q, r, measurements):
    dt = 0.1
    F = np.array([[1.0, dt], [0.0, 1.0]])
    H = np.array([[1.0, 0.0]])
    kf = KalmanFilter(F, H, q * np.eye(2), r * np.eye(1), np.zeros(2), np.eye(2))
    for z in measurements:
        kf.predict()
        kf.update(z)
    return kf.log_likelihood


@program((0.1, 0.5, normal(8)), wrt=(0, 1, 2))
def scalar_kalman(q, r, z):
    """One state: written with floats."""
    x, p = 0.0, 1.0
    estimates = np.zeros(len(z))
    for k in range(len(z)):
        p = p + q
        gain = p / (p + r)
        x = x + gain * (z[k] - x)
        p = (1 - gain) * p
        estimates[k] = x
    return np.mean((estimates - z) ** 2)


class Pose(NamedTuple):
    x: float
    y: float
    heading: float

    def compose(self, other):
        c, s = math.cos(self.heading), math.sin(self.heading)
        return Pose(
            self.x + c * other.x - s * other.y, self.y + s * other.x + c * other.y, self.heading + other.heading
        )

    def distance_to(self, other):
        return math.sqrt((self.x - other.x) ** 2 + (self.y - other.y) ** 2)


@program((0.3, 0.5), wrt=(0, 1))
def odometry_loop(turn, stride):
    pose = Pose(0.0, 0.0, 0.0)
    for _ in range(5):
        pose = pose.compose(Pose(stride, 0.0, turn))
    return pose.distance_to(Pose(1.0, 1.0, 0.0)) + pose.heading


@program((np.array([1.0, 0.2, -0.3, 0.4]), normal(3)), wrt=(0, 1))
def quaternion_rotation(q, v):
    q = q / np.linalg.norm(q)
    w, x, y, z = q
    R = np.array(
        [
            [1 - 2 * (y**2 + z**2), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x**2 + z**2), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x**2 + y**2)],
        ]
    )
    return (R @ v)[0] + (R.T @ v)[1] ** 2


class Quaternion:
    def __init__(self, w, x, y, z):
        self.w, self.x, self.y, self.z = w, x, y, z

    def __mul__(self, other):
        if isinstance(other, Quaternion):
            return Quaternion(
                self.w * other.w - self.x * other.x - self.y * other.y - self.z * other.z,
                self.w * other.x + self.x * other.w + self.y * other.z - self.z * other.y,
                self.w * other.y - self.x * other.z + self.y * other.w + self.z * other.x,
                self.w * other.z + self.x * other.y - self.y * other.x + self.z * other.w,
            )
        return Quaternion(self.w * other, self.x * other, self.y * other, self.z * other)

    def conjugate(self):
        return Quaternion(self.w, -self.x, -self.y, -self.z)

    def norm(self):
        return math.sqrt(self.w**2 + self.x**2 + self.y**2 + self.z**2)

    def normalized(self):
        n = self.norm()
        if n == 0:
            return Quaternion(1.0, 0.0, 0.0, 0.0)
        return self * (1 / n)

    @classmethod
    def from_axis_angle(cls, axis, angle):
        s = math.sin(angle / 2)
        return cls(math.cos(angle / 2), axis[0] * s, axis[1] * s, axis[2] * s)


@program((0.7, np.array([0.0, 0.6, 0.8])), wrt=(0, 1))
def attitude_error(angle, axis):
    q = Quaternion.from_axis_angle(axis, angle)
    reference = Quaternion(0.9, 0.1, 0.2, 0.3).normalized()
    error = reference.conjugate() * q
    if error.w < 0:
        error = error * -1
    return 2 * math.acos(min(1.0, error.w / error.norm()))


@dataclass
class Obstacle:
    x: float
    y: float
    radius: float = 0.5


@program((normal(6, 2),))
def trajectory_cost(waypoints):
    obstacles = [Obstacle(0.3, 0.3), Obstacle(-1.0, 0.5, radius=0.8), Obstacle(x=1.0, y=-1.0)]
    smoothness = 0.0
    clearance = 0.0
    for i in range(1, len(waypoints) - 1):
        bend = waypoints[i + 1] - 2 * waypoints[i] + waypoints[i - 1]
        smoothness += np.dot(bend, bend)
        for o in obstacles:
            d = np.linalg.norm(waypoints[i] - np.array([o.x, o.y]))
            if d < o.radius:
                clearance += (o.radius - d) ** 2
    return smoothness + 10 * clearance


@program((np.array([0.4, 0.8]), np.array([0.3, 1.2])))
def inverse_kinematics(q0, target):
    """A few Gauss-Newton steps on a two-link arm."""
    q = q0.copy()
    l1, l2 = 1.0, 0.8
    for _ in range(3):
        x = l1 * np.cos(q[0]) + l2 * np.cos(q[0] + q[1])
        y = l1 * np.sin(q[0]) + l2 * np.sin(q[0] + q[1])
        J = np.zeros((2, 2))
        J[0, 0] = -y
        J[0, 1] = -l2 * np.sin(q[0] + q[1])
        J[1, 0] = x
        J[1, 1] = l2 * np.cos(q[0] + q[1])
        e = target - np.array([x, y])
        q += np.linalg.solve(J.T @ J + 0.1 * np.eye(2), J.T @ e)
    return float(q @ q)


@program((1.0, 0.5, 0.1), wrt=(0, 1, 2))
def bicycle_model(v, steer, accel, wheelbase=2.5):
    state = {"x": 0.0, "y": 0.0, "yaw": 0.0, "v": v}
    for step in range(8):
        state["x"] += state["v"] * math.cos(state["yaw"]) * 0.1
        state["y"] += state["v"] * math.sin(state["yaw"]) * 0.1
        state["yaw"] += state["v"] / wheelbase * math.tan(steer) * 0.1
        state["v"] += accel * 0.1
    return state["x"] ** 2 + state["y"] ** 2 + state["yaw"]


def wrap(angle):
    while angle > math.pi:
        angle -= 2 * math.pi
    while angle < -math.pi:
        angle += 2 * math.pi
    return angle


@program((7.0, 1.0), (-4.0, 2.0), (0.5, 0.2), wrt=(0, 1))
def heading_error(heading, reference):
    e = wrap(heading - reference)
    return 0.5 * e**2


@program((normal(2, 2), normal(2)), wrt=(0, 1))
def lqr_cost(A, x0):
    """Riccati recursion, then the cost of the initial state."""
    B = np.array([[0.0], [1.0]])
    Q, R = np.eye(2), np.array([[0.5]])
    P = Q
    for _ in range(10):
        K = np.linalg.solve(R + B.T @ P @ B, B.T @ P @ A)
        P = Q + A.T @ P @ (A - B @ K)
    return x0 @ P @ x0
