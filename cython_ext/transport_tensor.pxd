"""The dispersion tensor of one cell, shared by the kernels that need it."""

from libc.math cimport sqrt


cdef inline void cell_tensor(
    double x, double y, double z, double alh, double alv, double ath1, double ath2, double atv, double diffusion,
    double* out,
) noexcept nogil:
    """MODFLOW's n D [L**2/T] for the specific discharge (x, y, z) [L/T]: xx, yy, zz, xy, xz, yz.

    With u = q/|q| and f = u_z**2: aL = ALH (1-f) + ALV f, a1 = ATH1 (1-f) + ATV f, a2 = ATH2 (1-f) + ATV f, and
    D = |q| (aL e1 e1 + a1 e2 e2 + a2 e3 e3) + n Dm I, where e1 = u, e2 is horizontal and e3 completes the triad.
    """
    cdef double q, f, h2, al, a1, a2, s, q2 = (x * x + y * y) + z * z
    out[3] = out[4] = out[5] = 0.0
    if q2 <= 0.0:
        out[0] = out[1] = out[2] = diffusion
        return
    q = sqrt(q2)
    x = x / q
    y = y / q
    z = z / q
    f = z * z
    h2 = x * x + y * y
    al = alh * h2 + alv * f
    if h2 < 1e-30:
        out[0] = out[1] = q * atv + diffusion
        out[2] = q * al + diffusion
        return
    a1 = ath1 * h2 + atv * f
    a2 = ath2 * h2 + atv * f
    s = a2 * f / h2
    out[0] = q * (al * x * x + (a1 * y * y / h2 + s * x * x)) + diffusion
    out[1] = q * (al * y * y + (a1 * x * x / h2 + s * y * y)) + diffusion
    out[2] = q * (al * f + a2 * h2) + diffusion
    out[3] = q * (x * y) * (al - a1 / h2 + s)
    out[4] = q * (al - a2) * x * z
    out[5] = q * (al - a2) * y * z
