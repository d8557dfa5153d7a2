"""Positions on the earth and in the plane."""

import math

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()
WGS84 = {"a": 6378.137, "f": 1 / 298.257223563}


@program((0.5, 0.3, 0.1), wrt=(0, 1, 2))
def geodetic_to_ecef(lat, lon, h, ellipsoid=WGS84):
    a, f = ellipsoid["a"], ellipsoid["f"]
    e2 = f * (2 - f)
    N = a / math.sqrt(1 - e2 * math.sin(lat) ** 2)
    x = (N + h) * math.cos(lat) * math.cos(lon)
    y = (N + h) * math.cos(lat) * math.sin(lon)
    z = (N * (1 - e2) + h) * math.sin(lat)
    return math.hypot(x, y, z) + x * 1e-3


@program((np.array([4000.0, 3000.0, 3900.0]),))
def ecef_to_latitude(xyz, **ellipsoid):
    params = {**WGS84, **ellipsoid}
    e2 = params["f"] * (2 - params["f"])
    x, y, z = xyz
    p = np.hypot(x, y)
    lat = np.arctan2(z, p * (1 - e2))
    for _ in range(10):
        N = params["a"] / np.sqrt(1 - e2 * np.sin(lat) ** 2)
        new = np.arctan2(z + e2 * N * np.sin(lat), p)
        converged = abs(new - lat) < 1e-12
        lat = new
        if converged:
            break
    return lat


@program((normal(5, 2),))
def polygon_area_and_centroid(points):
    area = cx = cy = 0.0
    n = len(points)
    for i, (x0, y0) in enumerate(points):
        x1, y1 = points[(i + 1) % n]
        cross = x0 * y1 - x1 * y0
        area += cross
        cx += (x0 + x1) * cross
        cy += (y0 + y1) * cross
    area /= 2
    out = {"area": abs(area), "cx": cx / (6 * area), "cy": cy / (6 * area)}
    return out["area"] + out["cx"] * out["cy"]


@program((normal(4, 2), positive(4)), wrt=(0, 1))
def trilateration(anchors, ranges):
    pos = anchors.mean(axis=0)
    for _ in range(3):
        J, res = [], []
        for anchor, r in zip(anchors, ranges):
            diff = pos - anchor
            dist = np.sqrt(diff @ diff)
            J.append(diff / dist)
            res.append(dist - r)
        J, res = np.array(J), np.array(res)
        pos = pos - np.linalg.solve(J.T @ J + 1e-3 * np.eye(2), J.T @ res)
    return pos @ pos


@program((0.1, 0.2), wrt=(0, 1))
def mercator_roundtrip(lat, lon):
    def forward(lat, lon, *, R=1.0):
        return R * lon, R * math.log(math.tan(math.pi / 4 + lat / 2))

    def inverse(x, y, *, R=1.0):
        return 2 * math.atan(math.exp(y / R)) - math.pi / 2, x / R

    x, y = forward(lat, lon, R=2.0)
    back = inverse(*(x * 1.1, y), **{"R": 2.0})
    return sum(v**2 for v in back)
