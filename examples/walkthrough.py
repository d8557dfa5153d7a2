"""The smallest backward pass, step by step: L = (w*x + b - y)**2 at w=2, x=3, b=1, y=4.

Forward: u = w*x = 6, z = u + b = 7, r = z - y = 3, L = r**2 = 9.
Backward: dL/dr = 2r = 6, which is also dL/dz and dL/db; dL/dw = 6*x = 18; dL/dx = 6*w = 12; dL/dy = -6.

    python examples/walkthrough.py
"""

from pullback import differentiate


def loss(w, x, b, y):
    u = w * x
    z = u + b
    r = z - y
    return r**2


def args():
    return 2.0, 3.0, 1.0, 4.0


def main():
    names = ("w", "x", "b", "y")
    differentiated = differentiate(loss, wrt=names)
    value, gradient = differentiated.value_and_grad(*args())
    print(differentiated.lower(*args()).source)
    print(f"loss = {value}")
    for name, derivative in zip(names, gradient, strict=True):
        print(f"d loss / d{name} = {derivative:g}")


if __name__ == "__main__":
    main()
