"""Physics as it is written: mechanics, fields, waves, heat and quantum models."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()
G = 6.674e-1
SOFTENING = 1e-2
POSITIONS, VELOCITIES, MASSES = normal(4, 3), 0.1 * normal(4, 3, seed=1), positive(4)


@program((POSITIONS, VELOCITIES, MASSES), wrt=(0, 1, 2))
def total_energy_of_bodies(positions, velocities, masses):
    """Kinetic plus gravitational energy."""
    n = len(masses)
    kinetic = 0.5 * np.sum(masses * np.sum(velocities**2, axis=1))
    potential = 0.0
    for i in range(n):
        for j in range(i + 1, n):
            r = positions[j] - positions[i]
            distance = np.sqrt(r.dot(r) + SOFTENING**2)
            potential -= G * masses[i] * masses[j] / distance
    return kinetic + potential


def accelerations(positions: np.ndarray, masses: np.ndarray) -> np.ndarray:
    acc = np.zeros_like(positions)
    for i in range(positions.shape[0]):
        for j in range(positions.shape[0]):
            if i == j:
                continue
            r = positions[j] - positions[i]
            d2 = (r**2).sum() + SOFTENING
            acc[i] += G * masses[j] * r / d2**1.5
    return acc


@program((POSITIONS, VELOCITIES, MASSES), wrt=(0, 1, 2))
def leapfrog_orbits(positions, velocities, masses, dt=0.01, steps=5):
    pos = positions.copy()
    vel = velocities.copy()
    acc = accelerations(pos, masses)
    for _ in range(steps):
        vel += 0.5 * dt * acc
        pos += dt * vel
        acc = accelerations(pos, masses)
        vel += 0.5 * dt * acc
    return float(np.sum(pos**2) + np.sum(vel**2))


class Pendulum:
    """A damped pendulum."""

    def __init__(self, length, mass=1.0, damping=0.1):
        if length <= 0:
            raise ValueError("length must be positive")
        self.length = length
        self.mass = mass
        self.damping = damping
        self.theta = 0.0
        self.omega = 0.0

    def set_state(self, theta, omega):
        self.theta = theta
        self.omega = omega

    def derivatives(self, theta, omega):
        dtheta = omega
        domega = -9.81 / self.length * math.sin(theta) - self.damping / self.mass * omega
        return dtheta, domega

    def step(self, dt):
        k1 = self.derivatives(self.theta, self.omega)
        k2 = self.derivatives(self.theta + dt * k1[0], self.omega + dt * k1[1])
        self.theta += dt * (k1[0] + k2[0]) / 2
        self.omega += dt * (k1[1] + k2[1]) / 2

    @property
    def energy(self):
        return 0.5 * self.mass * (self.length * self.omega) ** 2 + self.mass * 9.81 * self.length * (
            1 - math.cos(self.theta)
        )


@program((1.2, 0.5), wrt=(0, 1))
def energy_after_swinging(length, theta0):
    p = Pendulum(length)
    p.set_state(theta0, 0.0)
    for _ in range(20):
        p.step(0.02)
    return p.energy


@program((30.0, 0.7, 0.02), wrt=(0, 1, 2))
def range_of_a_projectile(speed, angle, drag):
    """Integrate until the projectile hits the ground, then interpolate the landing point."""
    x, y = 0.0, 0.0
    vx = speed * math.cos(angle)
    vy = speed * math.sin(angle)
    dt = 0.05
    while True:
        v = math.hypot(vx, vy)
        ax = -drag * v * vx
        ay = -9.81 - drag * v * vy
        x_new = x + vx * dt
        y_new = y + vy * dt
        if y_new < 0:
            fraction = y / (y - y_new)
            return x + fraction * (x_new - x)
        x, y = x_new, y_new
        vx += ax * dt
        vy += ay * dt


@program((positive(12), 0.2), wrt=(0, 1))
def heat_rod(u0, alpha):
    dx = 1.0 / (len(u0) - 1)
    dt = 0.4 * dx**2 / 0.5
    u = np.array(u0)
    for n in range(15):
        un = u.copy()
        u[1:-1] = un[1:-1] + alpha * dt / dx**2 * (un[2:] - 2 * un[1:-1] + un[:-2])
        u[0] = 0.0
        u[-1] = u[-2]
    return np.trapezoid(u, dx=dx)


@program((0.8, 1.5), wrt=(0, 1))
def fdtd_pulse(width, permittivity):
    nz, nt = 30, 20
    ex = np.zeros(nz)
    hy = np.zeros(nz)
    cb = np.ones(nz) * 0.5
    cb[nz // 2 :] = 0.5 / permittivity
    for t in range(nt):
        for k in range(1, nz):
            ex[k] = ex[k] + cb[k] * (hy[k - 1] - hy[k])
        ex[5] += np.exp(-0.5 * ((t - 8.0) / (3 * width)) ** 2)
        for k in range(nz - 1):
            hy[k] = hy[k] + 0.5 * (ex[k] - ex[k + 1])
    return np.sum(ex**2) + np.sum(hy**2)


def lennard_jones(r, epsilon=1.0, sigma=1.0, cutoff=None):
    """Potential of a pair; zero past the cutoff."""
    if cutoff is not None and r > cutoff:
        return 0.0
    sr6 = (sigma / r) ** 6
    return 4.0 * epsilon * (sr6 * sr6 - sr6)


@program((2 * normal(4, 3), 1.1, 0.9), wrt=(0, 1, 2))
def cluster_energy(coordinates, epsilon, sigma):
    energy = 0.0
    for i, a in enumerate(coordinates):
        for b in coordinates[:i]:
            energy += lennard_jones(np.linalg.norm(a - b), epsilon=epsilon, sigma=sigma, cutoff=4.0)
    return energy


@dataclass
class Lens:
    focal_length: float
    distance: float

    def matrix(self):
        free = np.array([[1.0, self.distance], [0.0, 1.0]])
        lens = np.array([[1.0, 0.0], [-1.0 / self.focal_length, 1.0]])
        return lens @ free


@program((0.5, 1.5, 0.1), wrt=(0, 1, 2))
def ray_through_lenses(f1, f2, angle):
    system = [Lens(f1, 0.2), Lens(f2, 0.3), Lens(focal_length=f1 * f2, distance=0.1)]
    ray = np.array([0.01, angle])
    for element in system:
        ray = element.matrix() @ ray
    height, slope = ray
    return height**2 + 10 * slope


@program((normal(6), 0.3), wrt=(0, 1))
def ising_energy_mean_field(field, coupling):
    """Solve m = tanh(h + J m_neighbours) by damped iteration."""
    m = np.zeros_like(field)
    for iteration in range(200):
        neighbours = np.roll(m, 1) + np.roll(m, -1)
        new = 0.5 * m + 0.5 * np.tanh(field + coupling * neighbours)
        change = np.abs(new - m).max()
        m = new
        if change < 1e-10:
            break
    return -np.sum(field * m) - coupling * np.sum(m * np.roll(m, 1))


@program((1.3, 0.4), wrt=(0, 1))
def quantum_ground_state(omega, anharmonicity):
    """The energy of a Gaussian trial state, on a grid."""
    x = np.linspace(-5, 5, 81)
    dx = x[1] - x[0]
    psi = np.exp(-omega * x**2 / 2)
    psi = psi / np.sqrt(np.sum(psi**2) * dx)
    kinetic = 0.0
    for k in range(1, len(x) - 1):
        kinetic += -0.5 * psi[k] * (psi[k + 1] - 2 * psi[k] + psi[k - 1]) / dx**2 * dx
    potential = (psi**2 * (0.5 * x**2 + anharmonicity * x**4)).sum() * dx
    return kinetic + potential


class Particle:
    __slots__ = ("charge", "position", "velocity")

    def __init__(self, position, velocity, charge=1.0):
        self.position = np.asarray(position)
        self.velocity = np.asarray(velocity)
        self.charge = charge

    def kick(self, E, B, dt):
        """The Boris push."""
        t = 0.5 * dt * self.charge * B
        s = 2 * t / (1 + t.dot(t))
        v = self.velocity + 0.5 * dt * self.charge * E
        v_prime = v + np.cross(v, t)
        v = v + np.cross(v_prime, s)
        self.velocity = v + 0.5 * dt * self.charge * E

    def drift(self, dt):
        self.position = self.position + self.velocity * dt


@program((normal(3), normal(3, seed=1), normal(3, seed=2)), wrt=(0, 1, 2))
def boris_push(E, B, v0):
    particle = Particle(np.zeros(3), v0)
    for _ in range(6):
        particle.kick(E, B, dt=0.1)
        particle.drift(0.1)
    return np.sum(particle.position**2)


@program(({"mass": 2.0, "k": 3.0, "c": 0.4}, 1.0), wrt=(0, 1))
def oscillator_response(params: dict[str, float], omega: float) -> float:
    """Amplitude of a driven oscillator."""
    m, k, c = params["mass"], params["k"], params["c"]
    required = ("mass", "k", "c")
    for name in required:
        if name not in params:
            raise KeyError(f"missing parameter {name}")
    zeta = c / (2 * math.sqrt(m * k))
    r = omega / math.sqrt(k / m)
    return 1.0 / math.sqrt((1 - r**2) ** 2 + (2 * zeta * r) ** 2)


@program((0.9, 20.0), (1.4, 5.0), wrt=(0, 1))
def regime_of_a_flow(velocity: float, diameter: float) -> float:
    """Friction factor by regime."""
    reynolds = 100 * velocity * diameter
    if reynolds < 1:
        return 64.0
    elif reynolds < 2000:
        f = 64 / reynolds
    else:
        f = 0.02
        for _ in range(30):
            f_new = 1 / (-2 * math.log10(0.0001 / 3.7 + 2.51 / (reynolds * math.sqrt(f)))) ** 2
            if abs(f_new - f) < 1e-12:
                f = f_new
                break
            f = f_new
    return f * velocity**2 / 2


@program((normal(5, 5),), wrt=(0,))
def charge_potential_relaxation(rho: Any):
    phi = np.zeros(rho.shape)
    nx, ny = rho.shape
    for sweep in range(4):
        for i in range(1, nx - 1):
            for j in range(1, ny - 1):
                phi[i, j] = 0.25 * (phi[i + 1, j] + phi[i - 1, j] + phi[i, j + 1] + phi[i, j - 1] + rho[i, j])
    ex, ey = np.diff(phi, axis=0), np.diff(phi, axis=1)
    return 0.5 * ((ex**2).sum() + (ey**2).sum())
