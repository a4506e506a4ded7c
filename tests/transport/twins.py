"""The transport kernels again in plain numpy: short, obvious, slow."""

import numpy as np

AXES = np.array([[1.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, -1.0]])  # along columns, rows, layers


def neighbours(grid, wet):
    """Cell one step along each axis of a DIS grid, backwards and forwards, -1 where none; (axis, 2, cell)."""
    cell = np.full(np.add(grid.shape, 2), -1)
    index = np.unravel_index(grid.node, grid.shape)
    place = [i + 1 for i in index]
    cell[tuple(place)] = np.where(wet, np.arange(grid.n_cells), -1)
    found = np.full((3, 2, grid.n_cells), -1)
    for axis, dimension in enumerate((2, 1, 0)):
        for side, step in enumerate((-1, 1)):
            moved = [p + (step if d == dimension else 0) for d, p in enumerate(place)]
            found[axis, side] = np.where(wet, cell[tuple(moved)], -1)
    return found


def extent(grid):
    """Size of each cell along the axes, (axis, cell)."""
    return np.stack([grid.cell_width[:, 0], grid.cell_width[:, 1], grid.thickness])


def gradient(grid, wet, c):
    """Concentration gradient of each cell along the axes, (axis, cell)."""
    beside, size = neighbours(grid, wet), extent(grid)
    out = np.zeros((3, grid.n_cells))
    for axis in range(3):
        for i in range(grid.n_cells):
            back, ahead = beside[axis, :, i]
            d_back, d_ahead = (0.5 * (size[axis, i] + size[axis, j]) for j in (back, ahead))
            if back >= 0 and ahead >= 0:
                back2, ahead2 = beside[axis, 0, back], beside[axis, 1, ahead]
                line = size[axis, [back2, back, i, ahead, ahead2]]
                apart = 0.5 * (line[1:] + line[:-1])
                if back2 >= 0 and ahead2 >= 0 and np.ptp(apart) < 1e-9:
                    out[axis, i] = (8 * (c[ahead] - c[back]) - (c[ahead2] - c[back2])) / (12 * apart[0])
                else:
                    up, down = (c[ahead] - c[i]) / d_ahead, (c[i] - c[back]) / d_back
                    out[axis, i] = (d_back * up + d_ahead * down) / (d_back + d_ahead)
            elif ahead >= 0:
                out[axis, i] = (c[ahead] - c[i]) / d_ahead
            elif back >= 0:
                out[axis, i] = (c[i] - c[back]) / d_back
    return out


def koren(a, b):
    """Koren's limited increment of a, the upstream difference, and b, the one across the face."""
    t = (a + 2 * b) / 3
    if a > 0 and b > 0:
        return min(2 * a, t, 2 * b)
    if a < 0 and b < 0:
        return max(2 * a, t, 2 * b)
    return 0.0


def van_leer(a, b):
    """Harmonic mean of differences of one sign."""
    return 2 * a * b / (a + b) if a * b > 0 else 0.0


INCREMENTS = (koren, van_leer, lambda a, b: b)  # by number of the limiter


def slope_at_end(q, b, donor, given):
    """Upstream difference at the end of the grid, b kept within that towards a given concentration."""
    a = np.sign(q) * (donor - given)
    return np.sign(b) * min(abs(a), abs(b)) if a * b > 0 else 0.0


def advected(q, high, phi, c_n, c_m):
    """Solute that water carries, the face value kept between those of its cells."""
    return np.clip(q * (c_n if q > 0 else c_m) + high * phi, *sorted((q * c_n, q * c_m)))


def second_order(model, flow, faces, k, fixed, content, step, clip):
    """H, G1, G2, gamma of each face of a DIS grid with the Lax-Wendroff terms of the donors' steps, shape (4, face)."""
    grid = model.grid
    wet = 0.5 * (flow.saturation_start + flow.saturation_end)
    along = flow.specific_discharge.T * np.array([1.0, -1.0, -1.0])[:, None]
    size = np.vstack([grid.cell_width.T, grid.thickness * np.maximum(wet, 1e-9)])
    found = np.zeros((4, grid.n_faces))
    for f, (n, m) in enumerate(faces.cells):
        q = k[0, f]
        donor, receiver = (n, m) if q > 0 else (m, n)
        h = min(step[donor], step[receiver]) if fixed[donor] else step[donor]
        inverse = 1 / content[donor] if content[donor] > 0 else 0.0
        more = 0.5 * h * q * grid.volume[donor] * wet[donor] * inverse
        beside = [d for d in range(3) if d != faces.axis[f]]
        g = [k[4 + i, f] + more * along[d, donor] for i, d in enumerate(beside)]
        gamma = 0.25 * clip * sum(abs(own) / size[d, [n, m]].min() for own, d in zip(g, beside, strict=True))
        found[:, f] = k[1, f] * max(1 - abs(q) * h * inverse, 0.0), *g, gamma
    return found


def row_fluxes(grid, wet, faces, k, c, rule, limiter=0):
    """Flux through each face of a DIS grid, in kernel order."""
    beside, size, g = neighbours(grid, wet), extent(grid), gradient(grid, wet, c)
    given = dict(zip(rule.faces.tolist(), rule.concentration, strict=True))
    flux = np.zeros(grid.n_faces)
    for f, (n, m) in enumerate(faces.cells):
        axis = faces.axis[f]
        q, high, factor, conductance, g1, g2, clip = k[:, f]
        behind, beyond = beside[axis, 0, n], beside[axis, 1, m]
        far = behind if q > 0 else beyond
        b = c[m] - c[n]
        donor = c[n if q > 0 else m]
        a = factor * (slope_at_end(q, b, donor, given[f]) if f in given else b)
        if far >= 0:
            donor, apart = (n if q > 0 else m), 0.5 * (size[axis, n] + size[axis, m])
            ratio = apart / (0.5 * (size[axis, donor] + size[axis, far]))
            a = ratio * ((c[n] - c[far]) if q > 0 else (c[far] - c[m]))
        phi = INCREMENTS[limiter](a, b)
        phi = min(phi, c[n]) if q > 0 else max(phi, -c[m])
        t1, t2 = [d for d in range(3) if d != axis]
        mean = 0.5 * (g[:, n] + g[:, m])
        if behind >= 0 and beyond >= 0 and np.ptp(size[axis, [behind, n, m, beyond]]) < 1e-9:
            mean = (7 * (g[:, n] + g[:, m]) - (g[:, behind] + g[:, beyond])) / 12
        cross = -(g1 * mean[t1] + g2 * mean[t2])
        cross = max(min(cross, clip * c[n]), -clip * c[m])
        flux[f] = advected(q, high, phi, c[n], c[m]) - conductance * b + cross
    return flux


def cloud_fluxes(grid, wet, k, c, rule, limiter=0):
    """Flux through each face of any grid; centres are joined by straight lines."""
    centre = np.column_stack([grid.x, grid.y, grid.z])
    given = dict(zip(rule.faces.tolist(), rule.concentration, strict=True))
    g = np.zeros((grid.n_cells, 3))
    for i in range(grid.n_cells):
        near = [n if m == i else m for n, m in grid.face_cells if i in (n, m)]
        near = [j for j in near if wet[i] and wet[j]]
        if near:
            away = centre[near] - centre[i]
            scale = 1 / np.linalg.norm(away, axis=1)
            g[i] = np.linalg.lstsq(away * scale[:, None], (c[near] - c[i]) * scale, rcond=1e-6)[0]
    flux = np.zeros(grid.n_faces)
    for f, (n, m) in enumerate(grid.face_cells):
        q, high, factor, conductance, clip = k[[0, 1, 2, 3, 7], f]
        b = c[m] - c[n]
        a = factor * (2 * g[n if q > 0 else m] @ (centre[m] - centre[n]) - b)
        if f in given:
            a = slope_at_end(q, b, c[n if q > 0 else m], given[f])
        phi = INCREMENTS[limiter](a, b)
        phi = min(phi, c[n]) if q > 0 else max(phi, -c[m])
        cross = max(min(-k[4:7, f] @ (g[n] + g[m]) / 2, clip * c[n]), -clip * c[m])
        flux[f] = advected(q, high, phi, c[n], c[m]) - conductance * b + cross
    return flux


def balance(cells, flux, n_cells):
    """What faces bring to each cell."""
    net = np.zeros(n_cells)
    np.subtract.at(net, cells[:, 0], flux)
    np.add.at(net, cells[:, 1], flux)
    return net


def tensor(q, alh, alv, ath1, ath2, atv, diffusion):
    """Dispersion tensor of one cell, 3 x 3, from its principal axes."""
    size = np.linalg.norm(q)
    if size == 0:
        return diffusion * np.eye(3)
    e1 = q / size
    f = e1[2] ** 2
    flat = np.hypot(e1[0], e1[1])
    e2 = np.array([-e1[1], e1[0], 0]) / flat if flat > 0 else np.array([0.0, 1.0, 0.0])
    e3 = np.cross(e1, e2)
    along = alh * (1 - f) + alv * f
    first, second = ath1 * (1 - f) + atv * f, ath2 * (1 - f) + atv * f
    parts = along * np.outer(e1, e1) + first * np.outer(e2, e2) + second * np.outer(e3, e3)
    return size * parts + diffusion * np.eye(3)


def face_coefficients(grid, faces, tensors, flow, clip=4.0):
    """(q, H, K, G1, G2, gamma) of each face of a full DIS grid, and what can leave each cell."""
    size = extent(grid)
    out, rate = np.zeros((6, grid.n_faces)), np.zeros(grid.n_cells)
    for f, (n, m) in enumerate(faces.cells):
        axis = faces.axis[f]
        t1, t2 = [d for d in range(3) if d != axis]
        l_n, l_m = 0.5 * size[axis, n], 0.5 * size[axis, m]
        height = [1.0, 1.0] if axis == 2 else [size[2, n], size[2, m]]
        a_n, a_m = grid.face_width[faces.order[f]] * height[0], grid.face_width[faces.order[f]] * height[1]
        d = [[AXES[axis] @ tensors[i] @ AXES[t] for t in (axis, t1, t2)] for i in (n, m)]
        k_n, k_m = a_n * d[0][0] / l_n, a_m * d[1][0] / l_m
        k = 1 / (1 / k_n + 1 / k_m)
        w_n, w_m = k_m / (k_n + k_m), k_n / (k_n + k_m)
        g = [w_n * a_n * d[0][j] + w_m * a_m * d[1][j] for j in (1, 2)]
        gamma = 0.25 * clip * sum(abs(x) / min(size[t, n], size[t, m]) for x, t in zip(g, (t1, t2), strict=True))
        part = (l_n if flow[f] > 0 else l_m) / (l_n + l_m)
        out[:, f] = flow[f], abs(flow[f]) * part, k, g[0], g[1], gamma
        rate[n if flow[f] > 0 else m] += abs(flow[f]) * (1 + 2 * part)
        rate[[n, m]] += k + gamma
    return out, rate
