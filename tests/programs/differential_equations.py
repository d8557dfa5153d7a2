"""scipy.integrate of differential equations: decay, oscillators, predators and prey, epidemics, kinetics, circuits."""

import math

import numpy as np
from support.corpus import Programs, normal, positive

try:
    from scipy import integrate
    from scipy.integrate import odeint, solve_ivp
except ImportError:  # SciPy is optional
    integrate = None

program = Programs()


@program((0.7, 2.0, 3.0), wrt=(0, 1, 2), tol=1e-5)
def decay(k, y0, end):
    t = np.linspace(0.0, end, 5)
    y = odeint(lambda y, t: -k * y, y0, t, rtol=1e-11, atol=1e-11)
    return np.sum(y**2)


@program((2.0, 0.5, np.array([1.0, 0.3])), wrt=(0, 1, 2), tol=1e-5)
def harmonic_oscillator(k, m, y0):
    def rhs(t, y):
        return [y[1], -k / m * y[0]]

    sol = solve_ivp(rhs, (0, 5.0), y0, t_eval=[1.0, 2.0, 5.0], rtol=1e-11, atol=1e-11)
    return np.sum(sol.y[0] * sol.t) + sol.y[1][-1] ** 2


def lotka_volterra(y, t, a, b, c, d):
    prey, predators = y
    return [a * prey - b * prey * predators, -c * predators + d * prey * predators]


@program((np.array([1.1, 0.4, 0.4, 0.1]), np.array([2.0, 1.0])), wrt=(0, 1), tol=1e-5)
def predators_and_prey(theta, y0):
    a, b, c, d = theta
    t = np.linspace(0, 4, 9)
    sol = odeint(lotka_volterra, y0, t, args=(a, b, c, d), rtol=1e-11, atol=1e-11)
    return np.sum(np.log(sol[:, 0])) + np.sum(sol[-1])


@program((0.8, 0.3, 0.99), wrt=(0, 1, 2), tol=1e-5)
def epidemic(beta, gamma, susceptible):
    def sir(y, t):
        s, i, r = y
        infections = beta * s * i
        return np.array([-infections, infections - gamma * i, gamma * i])

    t = np.arange(0.0, 20.0, 4.0)
    sol = odeint(sir, [susceptible, 1 - susceptible, 0.0], t, rtol=1e-11, atol=1e-11)
    return np.max(sol[:, 1]) + sol[-1, 2]


@program((positive(2, 2), normal(2), 1.5), wrt=(0, 1, 2), tol=1e-5)
def linear_system(A, y0, end):
    def rhs(t, y, A):
        return A @ y * np.sin(t)

    sol = solve_ivp(
        rhs, [0.1, end], y0, t_eval=np.array([0.5, end]), args=(A,), method="DOP853", rtol=1e-11, atol=1e-12
    )
    return np.sum(sol.y**2)


@program((0.4, 0.2), wrt=(0, 1), tol=1e-5)
def the_start_moves(k, start):
    sol = solve_ivp(lambda t, y: k * t * y, (start, 2.0), [1.0 + start], t_eval=[1.0, 2.0], rtol=1e-11, atol=1e-11)
    return sol.y[0, 0] * sol.y[0, 1]


@program((positive(4),), tol=1e-5)
def times_in_any_distance(steps):
    t = np.cumsum(steps)
    y = odeint(lambda t, y: [y[1], -math.sin(t) * y[0]], [1.0, 0.0], t, tfirst=True, rtol=1e-11, atol=1e-11)
    return np.sum(y[:, 0] * np.arange(4))


@program((1.5, np.array([0.2, 0.1, 0.0])), wrt=(0, 1), tol=1e-5)
def written_element_by_element(k, c0):
    def rates(c, t):
        out = np.zeros_like(c)
        flow = k * (c[:-1] - c[1:])
        out[:-1] -= flow
        out[1:] += flow
        return out

    return odeint(rates, c0, [0.0, 0.5, 1.0], rtol=1e-11, atol=1e-11)[-1, 2]


class Pendulum:
    def __init__(self, length, damping):
        self.length = length
        self.damping = damping

    def rhs(self, t, state):
        angle, speed = state
        return speed, -9.81 / self.length * math.sin(angle) - self.damping * abs(speed) * speed


@program((1.2, 0.3), wrt=(0, 1), tol=1e-5)
def methods_of_objects(length, damping):
    pendulum = Pendulum(length, damping)
    sol = solve_ivp(pendulum.rhs, (0.0, 1.0), [0.5, 0.0], t_eval=[1.0], rtol=1e-11, atol=1e-11)
    return sol.y[0, -1]


@program((50.0, 2.0), wrt=(0, 1), tol=1e-5)
def stiff(fast, slow):
    def rhs(t, y):
        return [-fast * (y[0] - np.cos(t)), -slow * y[1] + y[0]]

    sol = solve_ivp(rhs, (0.0, 3.0), [0.0, 1.0], method="Radau", t_eval=[0.5, 3.0], rtol=1e-9, atol=1e-10)
    return np.sum(sol.y)


@program((0.7,), tol=1e-5)
def a_pulse_at_a_fixed_time(k):
    def rhs(y, t):
        dose = 1.0 if t < 1.0 else 0.0
        return dose - k * y

    early = odeint(rhs, 0.0, [0.0, 1.0], rtol=1e-11, atol=1e-11)
    return odeint(rhs, early[-1], [1.0, 2.0], rtol=1e-11, atol=1e-11)[-1, 0]


@program((positive(3), np.float32(0.5)), wrt=(0, 1), tol=2e-3)
def in_a_loop(rates, y):
    for k in range(len(rates)):
        y = odeint(lambda y, t: -rates[k] * y * y, y, [0.0, 0.5], rtol=1e-11, atol=1e-11)[-1, 0]
    return y


@program((np.array([1.0, 0.5]),), tol=1e-5)
def nothing_but_the_start(y0):
    return np.sum(odeint(lambda y, t: -y * np.array([1.0, 2.0]), y0, np.linspace(0, 1, 3), rtol=1e-11, atol=1e-11)[1:])


@program((0.3, np.zeros((0, 2))), wrt=(0, 1), tol=1e-5)
def reads_what_is_empty(k, W):
    sol = odeint(lambda y, t: -k * y + np.sum(W), np.array([1.0, 2.0]), [0.0, 1.0], rtol=1e-11, atol=1e-11)
    return np.sum(sol[1])


@program((0.3,), tol=1e-5)
def backwards_in_time(k):
    sol = solve_ivp(lambda t, y: k * y, (1.0, -1.0), [1.0], t_eval=[0.5, -1.0], rtol=1e-11, atol=1e-11)
    return np.sum(sol.y)


@program((np.array([1.0, 0.5]), 0.3), wrt=(0, 1), tol=1e-5)
def returns_what_it_is_given(y0, k):
    same = odeint(lambda y, t: y, y0, [0.0, 1.0], rtol=1e-11, atol=1e-11)
    part = odeint(lambda y, t: y[::-1], y0, [0.0, k], rtol=1e-11, atol=1e-11)
    some = odeint(lambda y, t: -y if t < 5.0 else y, y0, [0.0, 1.0], rtol=1e-11, atol=1e-11)
    rate = np.array([k, -k])
    fixed = odeint(lambda y, t: rate, y0, [0.0, 1.0], rtol=1e-11, atol=1e-11)
    return np.sum(same[1] * part[1] * some[1] * fixed[1])


def amount_after(rates, end, dose):
    """Two compartments: what is left in the second one."""

    def rhs(t, y):
        return [-rates[0] * y[0], rates[0] * y[0] - rates[1] * y[1]]

    mean = integrate.quad(lambda s: math.exp(-rates[1] * s), 0.0, end)[0]
    return solve_ivp(rhs, (0.0, end), [dose, 0.0], t_eval=[end], rtol=1e-11, atol=1e-11).y[1, 0] / mean


@program((positive(2), 1.5), wrt=(0, 1), tol=1e-5)
def calls_of_what_solves(rates, end):
    early, late = amount_after(rates, end, 1.0), amount_after(rates, 2 * end, 0.5)
    return early * late if early > late else early - late


def flux(y, k):
    out = y.copy()
    for i in range(len(y)):
        out[i] = out[i] * k + np.sin(y[i])
    return out


@program((0.7, np.array([0.3, 0.2, 0.5])), wrt=(0, 1), tol=1e-5)
def right_hand_sides_that_call(k, y0):
    def rhs(y, t):
        return flux(y, k) if k > 0 else -flux(flux(y, k), -k)

    return np.sum(odeint(rhs, y0, [0.0, 0.5, 1.0], rtol=1e-11, atol=1e-11)[1:])


@program((0.7, np.array([1.0, 0.5]), 0.2, 1.5), wrt=(0, 1, 2, 3), tol=1e-5)
def the_last_of_its_own_times(k, y0, start, end):
    sol = solve_ivp(lambda t, y, k: [-k * y[0] * t, y[0] - y[1]], [start, end], y0, args=[k], rtol=1e-10, atol=1e-11)
    return sol.y[0, -1] * sol.y[:, -1].sum() + sol.y[1][0]


OUTSIDE = (0.7, 1.5)


@program((np.array([1.0, 0.5]),), tol=1e-5)
def arguments_from_outside(y0):
    sol = solve_ivp(lambda t, y, a, b: -a * y + b, (0.0, 1.0), y0, args=OUTSIDE, rtol=1e-10, atol=1e-11)
    rates = odeint(lambda y, t, a, b: -a * y + b, y0, [0.0, 1.0], args=OUTSIDE, rtol=1e-10, atol=1e-11)
    return np.sum(sol.y[:, -1] * rates[1])


if integrate is None:
    program.rows.clear()
