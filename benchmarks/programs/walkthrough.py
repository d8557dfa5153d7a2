"""Straight-line scalar code: one adjoint serves three names."""

WRT = ("w", "x", "b", "y")
ARGS = (2.0, 3.0, 1.0, 4.0)


def loss(w, x, b, y):
    u = w * x
    z = u + b
    r = z - y
    return r**2


def by_hand(w, x, b, y):
    r = w * x + b - y
    r_bar = 2.0 * r
    return r * r, (r_bar * x, r_bar * w, r_bar, -r_bar)
