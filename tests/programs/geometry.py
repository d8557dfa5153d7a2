"""Geometry and graphics as it is written: vectors, meshes, curves, cameras, intersection tests."""

import math
from typing import NamedTuple

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()


class Vector:
    """A small vector class, as everybody writes one."""

    def __init__(self, x, y, z=0.0):
        self.x = x
        self.y = y
        self.z = z

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y, self.z + other.z)

    def __sub__(self, other):
        return Vector(self.x - other.x, self.y - other.y, self.z - other.z)

    def __mul__(self, k):
        return Vector(self.x * k, self.y * k, self.z * k)

    __rmul__ = __mul__

    def __truediv__(self, k):
        return self * (1 / k)

    def __neg__(self):
        return self * -1

    def __iter__(self):
        return iter((self.x, self.y, self.z))

    def __getitem__(self, i):
        return (self.x, self.y, self.z)[i]

    def __len__(self):
        return 3

    def __eq__(self, other):
        return isinstance(other, Vector) and tuple(self) == tuple(other)

    def __repr__(self):
        return f"Vector({self.x}, {self.y}, {self.z})"

    def dot(self, other):
        return sum(a * b for a, b in zip(self, other))

    def cross(self, other):
        return Vector(
            self.y * other.z - self.z * other.y,
            self.z * other.x - self.x * other.z,
            self.x * other.y - self.y * other.x,
        )

    def length(self):
        return math.sqrt(self.dot(self))

    def normalize(self):
        n = self.length()
        if n < 1e-12:
            raise ZeroDivisionError("null vector")
        return self / n


@program((0.5, -1.0, 2.0), wrt=(0, 1, 2))
def triangle_area(x, y, z):
    a, b, c = Vector(0.0, 0.0), Vector(1.0, x), Vector(y, 1.0, z)
    return (b - a).cross(c - a).length() / 2


@program((0.5, -1.0), wrt=(0, 1))
def vector_as_a_sequence(x, y):
    v = 2 * Vector(x, y, x * y) + -Vector(1.0, 2.0, 3.0)
    first, *rest = v
    return first * sum(rest) + v[-1] / len(v) + max(v)


def reflect(direction, normal_):
    return direction - 2 * direction.dot(normal_) * normal_


@program((0.3, 0.4, 1.5), wrt=(0, 1, 2))
def ray_hits_sphere(dx, dy, radius):
    origin, direction = Vector(0.0, 0.0, -5.0), Vector(dx * 0.1, dy * 0.1, 1.0)
    d = direction / direction.length()
    b = 2 * origin.dot(d)
    c = origin.dot(origin) - radius**2
    discriminant = b * b - 4 * c
    if discriminant < 0:
        return 0.0
    t = (-b - math.sqrt(discriminant)) / 2
    hit = origin + t * d
    n = hit / radius
    light = Vector(1.0, 1.0, -1.0) / math.sqrt(3)
    shade = max(0.0, n.dot(light))
    return shade + 0.1 * reflect(d, n).z


@program((normal(7, 2),))
def polygon_area_and_perimeter(vertices):
    """Shoelace formula; the polygon is closed."""
    n = len(vertices)
    area = 0.0
    perimeter = 0.0
    for i in range(n):
        x1, y1 = vertices[i]
        x2, y2 = vertices[(i + 1) % n]
        area += x1 * y2 - x2 * y1
        perimeter += math.sqrt((x2 - x1) ** 2 + (y2 - y1) ** 2)
    return abs(area) / 2 / perimeter


@program((normal(5, 2), 0.3), wrt=(0, 1))
def bezier_curve(control_points, t):
    """De Casteljau."""
    points = [p for p in control_points]
    while len(points) > 1:
        points = [(1 - t) * a + t * b for a, b in zip(points[:-1], points[1:])]
    x, y = points[0]
    return x**2 + y**2


@program((normal(4, 3), 800.0, np.array([0.1, -0.2, 0.3])), wrt=(0, 1, 2))
def camera_reprojection(points, focal, rotation_vector):
    angle = np.linalg.norm(rotation_vector)
    k = rotation_vector / angle
    K = np.array([[0, -k[2], k[1]], [k[2], 0, -k[0]], [-k[1], k[0], 0]])
    R = np.eye(3) + np.sin(angle) * K + (1 - np.cos(angle)) * K @ K
    error = 0
    for p in points:
        X = R @ p + np.array([0.0, 0.0, 6.0])
        u, v = focal * X[0] / X[2], focal * X[1] / X[2]
        error += (u / 100 - 0.5) ** 2 + (v / 100 - 0.2) ** 2
    return error


FACES = np.array([[0, 1, 2], [0, 2, 3], [0, 3, 1], [1, 3, 2]])


@program((normal(4, 3),))
def mesh_volume(vertices):
    volume = 0.0
    for face in FACES:
        a, b, c = vertices[face]
        volume += np.dot(a, np.cross(b, c)) / 6
    return volume


@program((normal(4, 3),))
def mesh_area(vertices):
    a, b, c = (vertices[FACES[:, k]] for k in range(3))
    normals = np.cross(b - a, c - a)
    return 0.5 * np.sqrt((normals**2).sum(axis=1)).sum()


class Box(NamedTuple):
    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def area(self):
        return max(0.0, self.x1 - self.x0) * max(0.0, self.y1 - self.y0)

    def intersection(self, other):
        return Box(max(self.x0, other.x0), max(self.y0, other.y0), min(self.x1, other.x1), min(self.y1, other.y1))


@program((0.1, 0.2, 1.1, 1.3), wrt=(0, 1, 2, 3))
def intersection_over_union(x0, y0, x1, y1):
    a, b = Box(x0, y0, x1, y1), Box(0.0, 0.0, 1.0, 1.0)
    inter = a.intersection(b).area
    union = a.area + b.area - inter
    return inter / union if union > 0 else 0.0


@program((48.8, 2.3, 52.5, 13.4), wrt=(0, 1, 2, 3))
def haversine(lat1, lon1, lat2, lon2):
    """Distance on the sphere, in kilometres."""
    lat1, lon1, lat2, lon2 = map(math.radians, (lat1, lon1, lat2, lon2))
    dlat, dlon = lat2 - lat1, lon2 - lon1
    h = math.sin(dlat / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(dlon / 2) ** 2
    return 2 * 6371 * math.asin(math.sqrt(h))


@program((np.array([0.0, 1.0, 0.5, 2.0]), 1.4), wrt=(0, 1))
def natural_cubic_spline(y, x):
    """Second derivatives by the Thomas algorithm, then evaluation."""
    knots = np.arange(len(y), dtype=float)
    n = len(y)
    a, b, c, d = np.zeros(n), np.ones(n), np.zeros(n), np.zeros(n)
    for i in range(1, n - 1):
        a[i], b[i], c[i] = 1.0, 4.0, 1.0
        d[i] = 6 * (y[i + 1] - 2 * y[i] + y[i - 1])
    for i in range(1, n):
        w = a[i] / b[i - 1]
        b[i] -= w * c[i - 1]
        d[i] -= w * d[i - 1]
    m = np.zeros(n)
    m[-1] = d[-1] / b[-1]
    for i in range(n - 2, -1, -1):
        m[i] = (d[i] - c[i] * m[i + 1]) / b[i]
    i = min(int(np.searchsorted(knots, x)) - 1, n - 2)
    t = x - knots[i]
    return y[i] + t * (y[i + 1] - y[i] - (2 * m[i] + m[i + 1]) / 6) + t**2 * m[i] / 2 + t**3 * (m[i + 1] - m[i]) / 6


@program((np.array([0.3, 0.2]), np.array([1.5, 1.0]), np.array([0.0, 1.0])), wrt=(0, 1, 2))
def distance_to_segment(p, a, b):
    ab = b - a
    t = np.dot(p - a, ab) / np.dot(ab, ab)
    t = max(0.0, min(1.0, t))
    nearest = a + t * ab
    return np.linalg.norm(p - nearest)


@program((normal(6, 3), normal(6, 3, seed=3)), wrt=(0, 1))
def hausdorff_like(A, B):
    total = 0.0
    for a in A:
        d = min(np.linalg.norm(a - b) for b in B)
        total += d
    return total / A.shape[0]


def transform(points, scale=1.0, angle=0.0, shift=(0.0, 0.0)):
    c, s = math.cos(angle), math.sin(angle)
    R = np.array([[c, -s], [s, c]])
    return scale * points @ R.T + np.array(shift)


@program((1.1, 0.3, 0.2, -0.1), wrt=(0, 1, 2, 3))
def procrustes_objective(scale, angle, dx, dy):
    source = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, 1.0]])
    target = source[:, ::-1] * 1.2
    config = dict(scale=scale, angle=angle)
    moved = transform(source, shift=(dx, dy), **config)
    return ((moved - target) ** 2).sum()


@program((positive(3), 2.5), (positive(3), 0.5), wrt=(0, 1))
def superellipse_radius(axes, p):
    total = 0
    for direction, axis in zip((1.0, 0.7, 0.3), axes.tolist()):
        total += (direction / axis) ** p
    return total ** (-1 / p)
