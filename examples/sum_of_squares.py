"""The gradient of f(x, y) = sum(x**2 + y**2) is (2x, 2y): the generated code should say just that.

python examples/sum_of_squares.py
"""

import numpy as np

import pullback


def f(x, y):
    return np.sum(x**2 + y**2)


def args():
    return np.array([1.0, -2.0, 3.0]), np.array([0.5, 0.0, -4.0])


def main():
    x, y = args()
    x_bar, y_bar = pullback.grad(f, wrt=("x", "y"))(x, y)
    print(f"x = {x}, df/dx = {x_bar}")
    print(f"y = {y}, df/dy = {y_bar}")

    # steepest descent with step 1/2 jumps to the minimum at once: x - 0.5 * 2x = 0
    print(f"after one step of length 1/2: f = {f(x - 0.5 * x_bar, y - 0.5 * y_bar):g}")


if __name__ == "__main__":
    main()
