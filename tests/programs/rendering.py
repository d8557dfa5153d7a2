"""Rays, spheres, cameras."""

import functools
import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from support.corpus import Programs, normal

program = Programs()


class Ray(NamedTuple):
    origin: np.ndarray
    direction: np.ndarray

    def at(self, t):
        return self.origin + t * self.direction


@dataclass(frozen=True)
class Sphere:
    center: np.ndarray
    radius: float
    color: float
    reflect: float = 0.0

    def hit(self, ray):
        oc = ray.origin - self.center
        b = oc @ ray.direction
        disc = b * b - (oc @ oc - self.radius**2)
        if disc < 0:
            return None
        t = -b - math.sqrt(disc)
        return t if t > 1e-4 else None


def normalize(v):
    return v / np.linalg.norm(v)


@program((np.array([0.1, 0.2, 3.0]), 1.0, np.array([1.0, 1.0, -1.0])), wrt=(0, 1, 2))
def shade_sphere(center, radius, light):
    sphere = Sphere(center, radius, color=0.8)
    ray = Ray(np.zeros(3), normalize(np.array([0.05, 0.02, 1.0])))
    t = sphere.hit(ray)
    if t is None:
        return 0.0
    p = ray.at(t)
    n = normalize(p - sphere.center)
    diffuse = max(0.0, n @ normalize(light - p))
    return sphere.color * (0.1 + diffuse)


@program((np.array([[0.0, 0.0, 3.0], [0.5, 0.4, 4.0]]), np.array([0.7, 1.2])), wrt=(0, 1))
def nearest_hit(centers, radii):
    image = np.zeros((2, 2))
    spheres = [
        Sphere(c, r, 0.5 + 0.2 * k) for k, (c, r) in enumerate(zip([centers[0], centers[1]], [radii[0], radii[1]]))
    ]
    for i in range(2):
        for j in range(2):
            ray = Ray(np.zeros(3), normalize(np.array([0.1 * i, 0.1 * j, 1.0])))
            best, best_t = None, math.inf
            for s in spheres:
                t = s.hit(ray)
                if t is not None and t < best_t:
                    best, best_t = s, t
            if best is not None:
                image[i, j] = best.color * best_t
    return image.sum()


@program((0.3, -0.2, 0.5, normal(4, 3)), wrt=(0, 1, 2, 3))
def camera_projection(yaw, pitch, roll, points, focal=1.2):
    cy, sy, cp, sp, cr, sr = (
        math.cos(yaw),
        math.sin(yaw),
        math.cos(pitch),
        math.sin(pitch),
        math.cos(roll),
        math.sin(roll),
    )
    Rz = np.array([[cy, -sy, 0], [sy, cy, 0], [0, 0, 1]])
    Ry = np.array([[cp, 0, sp], [0, 1, 0], [-sp, 0, cp]])
    Rx = np.array([[1, 0, 0], [0, cr, -sr], [0, sr, cr]])
    R = functools.reduce(np.matmul, [Rz, Ry, Rx])
    cam = points @ R.T + np.array([0, 0, 6.0])
    uv = focal * cam[:, :2] / cam[:, 2:]
    return np.sum(uv**2)


@program((np.array([0.2, 0.4, 0.6, 0.9]),))
def tone_map(rgb, mode="filmic"):
    modes = {
        "linear": lambda c: c,
        "reinhard": lambda c: c / (1 + c),
        "filmic": lambda c: (c * (6.2 * c + 0.5)) / (c * (6.2 * c + 1.7) + 0.06),
    }
    mapped = modes[mode](np.maximum(0, rgb - 0.004))
    return mapped.mean()


@program((np.array([0.3, 0.6]), normal(3, 2)), wrt=(0, 1))
def barycentric(p, tri):
    a, b, c = tri
    v0, v1, v2 = b - a, c - a, p - a
    d00, d01, d11 = v0 @ v0, v0 @ v1, v1 @ v1
    d20, d21 = v2 @ v0, v2 @ v1
    denom = d00 * d11 - d01 * d01
    if abs(denom.item()) < 1e-12:
        raise ZeroDivisionError("degenerate triangle")
    v = (d11 * d20 - d01 * d21) / denom
    w = (d00 * d21 - d01 * d20) / denom
    return np.array([1 - v - w, v, w]) @ np.array([1.0, 2.0, 4.0])
