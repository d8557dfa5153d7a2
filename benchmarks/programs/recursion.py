"""Recursion: a forward that returns what its backward needs, nested as the calls were."""

WRT = ("x",)
ARGS = (1.3, 11)


def power(x, n):
    if n == 0:
        return 1.0
    half = power(x, n // 2)
    if n % 2 == 0:
        return half * half
    return x * half * half


def power_and_tape(x, n):
    if n == 0:
        return 1.0, None
    half, inner = power_and_tape(x, n // 2)
    even = n % 2 == 0
    return half * half * (1.0 if even else x), (half, inner, x, even)


def power_pullback(tape, out_bar):
    if tape is None:
        return 0.0
    half, inner, x, even = tape
    if even:
        return power_pullback(inner, 2.0 * out_bar * half)
    return out_bar * half * half + power_pullback(inner, 2.0 * out_bar * x * half)


def by_hand(x, n):
    value, tape = power_and_tape(x, n)
    return value, (power_pullback(tape, 1.0),)


loss = power
