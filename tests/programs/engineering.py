"""Engineering as it is written: structures, circuits, thermodynamics, hydraulics, energy systems."""

import cmath
import logging
import math
import warnings
from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()
logger = logging.getLogger(__name__)
STEEL = 2.1e2


@program(
    (positive(5), 1.5),
    wrt=(0, 1),
)
def truss_compliance(areas, load):
    """A plane truss: element matrices are added to a global matrix."""
    nodes = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    elements = [(0, 1), (0, 3), (1, 2), (1, 3), (2, 3)]
    K = np.zeros((8, 8))
    for (i, j), A in zip(elements, areas):
        d = nodes[j] - nodes[i]
        L = np.linalg.norm(d)
        c, s = d / L
        k = STEEL * A / L
        ke = k * np.array(
            [
                [c * c, c * s, -c * c, -c * s],
                [c * s, s * s, -c * s, -s * s],
                [-c * c, -c * s, c * c, c * s],
                [-c * s, -s * s, c * s, s * s],
            ]
        )
        dofs = [2 * i, 2 * i + 1, 2 * j, 2 * j + 1]
        for a in range(4):
            for b in range(4):
                K[dofs[a], dofs[b]] += ke[a, b]
    free = [2, 3, 6, 7]
    f = np.zeros(8)
    f[7] = -load
    u = np.zeros(8)
    u[free] = np.linalg.solve(K[np.ix_(free, free)], f[free])
    return -f @ u


class Element(ABC):
    """A one-port."""

    def __init__(self, value):
        self.value = value

    @abstractmethod
    def impedance(self, omega): ...

    def __or__(self, other):
        return Parallel(self, other)

    def __add__(self, other):
        return Series(self, other)


class Resistor(Element):
    def impedance(self, omega):
        return self.value, 0.0


class Capacitor(Element):
    def impedance(self, omega):
        return 0.0, -1 / (omega * self.value)


class Series(Element):
    def __init__(self, a, b):
        super().__init__(None)
        self.parts = (a, b)

    def impedance(self, omega):
        re = im = 0.0
        for part in self.parts:
            r, x = part.impedance(omega)
            re += r
            im += x
        return re, im


class Parallel(Series):
    def impedance(self, omega):
        (r1, x1), (r2, x2) = (p.impedance(omega) for p in self.parts)
        num = (r1 * r2 - x1 * x2, r1 * x2 + x1 * r2)
        den = (r1 + r2, x1 + x2)
        m = den[0] ** 2 + den[1] ** 2
        return (num[0] * den[0] + num[1] * den[1]) / m, (num[1] * den[0] - num[0] * den[1]) / m


@program((100.0, 0.002, 50.0), wrt=(0, 1, 2))
def impedance_of_a_network(r, c, r2):
    circuit = Resistor(r) + (Capacitor(c) | Resistor(r2))
    re, im = circuit.impedance(omega=10.0)
    return math.hypot(re, im)


@program((1.0, 0.5, 2.0), wrt=(0, 1, 2))
def impedance_with_complex_numbers(r, l, c):
    omega = 2.0
    z = r + 1j * omega * l + 1 / (1j * omega * c)
    return abs(z)


@program((np.array([0.3, 0.5]), 2.0), wrt=(0, 1))
def pipe_network(diameters, demand):
    """Flow split of two parallel pipes by fixed point iteration."""
    lengths = [100.0, 150.0]
    q1 = demand / 2
    for it in range(60):
        q2 = demand - q1
        r1 = lengths[0] / diameters[0] ** 5
        r2 = lengths[1] / diameters[1] ** 5
        imbalance = r1 * q1 * abs(q1) - r2 * q2 * abs(q2)
        step = imbalance / (2 * r1 * abs(q1) + 2 * r2 * abs(q2))
        q1 -= step
        logger.debug("iteration %d: %s", it, q1)
        if abs(step) < 1e-12:
            break
    return q1 * demand


@dataclass
class Battery:
    capacity: float
    efficiency: float = 0.9
    charge: float = 0.0
    log: list = field(default_factory=list)

    def store(self, energy):
        room = self.capacity - self.charge
        accepted = min(energy * self.efficiency, room)
        self.charge += accepted
        self.log.append(accepted)
        return energy - accepted / self.efficiency

    def draw(self, energy):
        delivered = min(energy, self.charge)
        self.charge -= delivered
        return delivered


@program((2.0, 0.85, positive(8)), wrt=(0, 1, 2))
def microgrid_cost(capacity, efficiency, solar):
    battery = Battery(capacity, efficiency)
    demand = [0.8, 1.2, 0.5, 1.5, 1.0, 0.7, 1.9, 0.6]
    cost = 0.0
    for production, need in zip(solar, demand):
        surplus = production - need
        if surplus >= 0:
            spilled = battery.store(surplus)
            cost += 0.01 * spilled
        else:
            deficit = -surplus - battery.draw(-surplus)
            cost += 0.3 * deficit
    return cost + 0.05 * battery.capacity


@program((350.0, 300.0, 0.8), wrt=(0, 1, 2))
def heat_exchanger(hot_in, cold_in, ua, kind="counter"):
    c_hot, c_cold = 1.5, 1.0
    c_min, c_max = min(c_hot, c_cold), max(c_hot, c_cold)
    ntu, cr = ua / c_min, c_min / c_max
    match kind:
        case "counter":
            effectiveness = (1 - math.exp(-ntu * (1 - cr))) / (1 - cr * math.exp(-ntu * (1 - cr)))
        case "parallel":
            effectiveness = (1 - math.exp(-ntu * (1 + cr))) / (1 + cr)
        case _:
            raise ValueError(kind)
    return effectiveness * c_min * (hot_in - cold_in)


@program((1.2, 0.05), wrt=(0, 1))
def beam_deflection(length, height, **kwargs):
    width = kwargs.get("width", 0.03)
    load = kwargs.pop("load", 500.0)
    inertia = width * height**3 / 12
    n = 20
    x = np.linspace(0, length, n)
    moment = load * (length - x)
    slope = np.zeros(n)
    deflection = np.zeros(n)
    for i in range(1, n):
        h = x[i] - x[i - 1]
        slope[i] = slope[i - 1] + 0.5 * h * (moment[i] + moment[i - 1]) / (STEEL * 1e9 * inertia)
        deflection[i] = deflection[i - 1] + 0.5 * h * (slope[i] + slope[i - 1])
    return deflection[-1] * 1e3


class Tank:
    count = 0

    def __init__(self, area, level=1.0):
        self.area = area
        self._level = level

    @property
    def level(self):
        return self._level

    @level.setter
    def level(self, value):
        self._level = max(0.0, value)

    def outflow(self, valve):
        return valve * math.sqrt(2 * 9.81 * self.level)


@program((0.5, 0.02, 0.03), wrt=(0, 1, 2))
def coupled_tanks(area, valve1, valve2):
    tanks = [Tank(area), Tank(area=0.8 * area, level=0.3)]
    for _ in range(8):
        q1 = tanks[0].outflow(valve1)
        q2 = tanks[1].outflow(valve2)
        tanks[0].level -= q1 * 0.5 / tanks[0].area
        tanks[1].level += (q1 - q2) * 0.5 / tanks[1].area
    return tanks[0].level + 2 * tanks[1].level


@program((0.3, 1.4), (0.9, 1.3), wrt=(0, 1))
def mach_from_area_ratio(mach, gamma):
    def area_ratio(m):
        t = 1 + (gamma - 1) / 2 * m * m
        return (2 / (gamma + 1) * t) ** ((gamma + 1) / (2 * (gamma - 1))) / m

    try:
        pressure = (1 + (gamma - 1) / 2 * mach**2) ** (-gamma / (gamma - 1))
    except ZeroDivisionError:
        pressure = float("nan")
    return area_ratio(mach) * pressure


@program((np.array([2.0, 3.0, 1.0]), 12.0), wrt=(0, 1))
def nodal_analysis(conductances, source):
    g1, g2, g3 = conductances
    G = np.array([[g1 + g2, -g2], [-g2, g2 + g3]])
    rhs = np.array([g1 * source, 0.0])
    det = G[0, 0] * G[1, 1] - G[0, 1] * G[1, 0]
    v1 = (rhs[0] * G[1, 1] - G[0, 1] * rhs[1]) / det
    v2 = (G[0, 0] * rhs[1] - G[1, 0] * rhs[0]) / det
    return v2 * v2 * g3 + (v1 - v2) ** 2 * g2


@program((normal(4, 4), positive(4)), wrt=(0, 1))
def gaussian_elimination(A, b):
    """With partial pivoting, on copies."""
    A = A.copy()
    b = b.copy()
    n = len(b)
    for k in range(n):
        p = k + int(np.argmax(np.abs(A[k:, k])))
        if abs(A[p, k]) < 1e-14:
            raise ValueError("matrix is singular")
        if p != k:
            A[[k, p]] = A[[p, k]]
            b[[k, p]] = b[[p, k]]
        for i in range(k + 1, n):
            factor = A[i, k] / A[k, k]
            A[i, k:] -= factor * A[k, k:]
            b[i] -= factor * b[k]
    x = np.zeros(n)
    for i in range(n - 1, -1, -1):
        x[i] = (b[i] - np.dot(A[i, i + 1 :], x[i + 1 :])) / A[i, i]
    return np.sum(x**2)


def update_state(state: dict[str, Any], out: dict[str, Any]) -> None:
    """Fills `out`."""
    out["power"] = state["voltage"] * state["current"]
    out["heat"] = state["current"] ** 2 * 0.1
    out.update(total=out["power"] + out["heat"])


@program((230.0, 1.5), wrt=(0, 1))
def results_in_a_dict(voltage, current):
    out = {}
    update_state({"voltage": voltage, "current": current}, out)
    if "heat" not in out:
        raise RuntimeError("heat is missing")
    return out["total"] * out["heat"]


@program((1.0, 0.3), wrt=(0, 1))
def turbine_power(wind, pitch):
    if wind > 25.0 or wind < 0.1:
        warnings.warn("outside the operating range", stacklevel=2)
        return 0.0
    cp = 0.5 * (116 / 2.0 - 0.4 * pitch - 5) * math.exp(-21 / 12.5)
    print(f"power coefficient {cp:.3f}")
    return 0.5 * 1.225 * cp * wind**3


@dataclass(frozen=True, slots=True)
class Material:
    density: float
    modulus: float
    strength: float


@program((7.8, 210.0), wrt=(0, 1))
def material_index(density, modulus):
    m = Material(density, modulus, 0.3)
    values = asdict(m)
    score = values["modulus"] ** 0.5 / values["density"]
    for name in sorted(values):
        score += 0.01 * getattr(m, name)
    return score


@program((50.0, 0.6), wrt=(0, 1))
def phasor_power(magnitude, phase):
    v = cmath.rect(magnitude, phase)
    i = v / complex(3.0, 4.0)
    return (v * i.conjugate()).real


@program((normal(3, 4), None), (normal(3, 4), normal(4)))
def weighted_average(values, weights=None, axis=None):
    values = np.asarray(values, dtype=float)
    if weights is None:
        return values.mean()
    weights = np.asarray(weights)
    if values.ndim != 2 or weights.shape != (values.shape[1],):
        raise ValueError(f"shapes {values.shape} and {weights.shape} do not fit")
    return np.average(values @ weights)
