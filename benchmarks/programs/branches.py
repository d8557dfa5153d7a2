"""Branches and an early return: the backward takes the branch that the forward took."""

WRT = ("x", "delta")
ARGS = (-2.3, 0.7)


def huber(x, delta):
    if abs(x) <= delta:
        return 0.5 * x * x
    if x > 0:
        sign = 1.0
    else:
        sign = -1.0
    return delta * (sign * x - 0.5 * delta)


def by_hand(x, delta):
    if abs(x) <= delta:
        return 0.5 * x * x, (x, 0.0)
    sign = 1.0 if x > 0 else -1.0
    excess = sign * x - 0.5 * delta
    return delta * excess, (delta * sign, excess - 0.5 * delta)


loss = huber
