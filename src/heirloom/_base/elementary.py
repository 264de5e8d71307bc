"""Exponential, logarithm and normal quantile, in forms that a processor computes many at once.

Constants of exp and log in single precision: Moshier's Cephes library. Of the normal quantile in
single precision: Giles, *Approximating the erfinv function*, GPU Computing Gems 2 (2012); in double
precision: Wichura, *Algorithm AS 241*, Applied Statistics 37 (1988).
"""

import math
from typing import Any

import numpy as np

from .compilation import inlined


@inlined
def log_single(x: Any) -> Any:
    """Natural logarithm of a positive normal number, to 1e-7 of itself or of 1."""
    bits = np.float32(x).view(np.int32)
    exponent = np.float32((bits >> 23) - 127)
    mantissa = np.int32((bits & 0x7FFFFF) | 0x3F800000).view(np.float32)
    large = mantissa > np.float32(1.41421356)
    mantissa = mantissa * np.float32(0.5) if large else mantissa
    exponent = exponent + np.float32(1) if large else exponent
    r = mantissa - np.float32(1)
    square = r * r
    p = np.float32(7.0376836292e-2)
    p = p * r - np.float32(1.1514610310e-1)
    p = p * r + np.float32(1.1676998740e-1)
    p = p * r - np.float32(1.2420140846e-1)
    p = p * r + np.float32(1.4249322787e-1)
    p = p * r - np.float32(1.6668057665e-1)
    p = p * r + np.float32(2.0000714765e-1)
    p = p * r - np.float32(2.4999993993e-1)
    p = p * r + np.float32(3.3333331174e-1)
    return r + (r * square * p - np.float32(0.5) * square) + exponent * np.float32(0.69314718)


@inlined
def exp_single(x: Any) -> Any:
    """Exponential of a number, which is cut at ±87 first, to 2e-7 of itself."""
    x = min(max(x, np.float32(-87.0)), np.float32(87.0))
    whole = np.floor(x * np.float32(1.44269504) + np.float32(0.5))
    r = x - whole * np.float32(0.693359375) + whole * np.float32(2.12194440e-4)
    p = np.float32(1.9875691500e-4)
    p = p * r + np.float32(1.3981999507e-3)
    p = p * r + np.float32(8.3334519073e-3)
    p = p * r + np.float32(4.1665795894e-2)
    p = p * r + np.float32(1.6666665459e-1)
    p = p * r + np.float32(5.0000001201e-1)
    power = np.int32((np.int32(whole) + np.int32(127)) << np.int32(23)).view(np.float32)
    return (p * r * r + r + np.float32(1.0)) * power


@inlined
def exp_double(x: Any) -> Any:
    """Exponential of a number, which is cut at ±708 first; as exact as if that were rounded."""
    x = -708.0 if x < -708.0 else (708.0 if x > 708.0 else x)
    whole = np.floor(x * 1.4426950408889634073599 + 0.5)
    r = x - whole * 6.93145751953125e-1 - whole * 1.42860682030941723212e-6
    square = r * r
    p = 1.26177193074810590878e-4
    p = p * square + 3.02994407707441961300e-2
    p = (p * square + 9.99999999999999999910e-1) * r
    q = 3.00198505138664455042e-6
    q = q * square + 2.52448340349684104192e-3
    q = q * square + 2.27265548208155028766e-1
    q = q * square + 2.00000000000000000009
    power = np.int64((np.int64(np.int32(whole)) + 1023) << 52).view(np.float64)
    return (1.0 + 2.0 * p / (q - p)) * power


@inlined
def normal_quantile_single(u: Any) -> Any:
    """Φ⁻¹(u) in single precision."""
    x = np.float32(2) * u - np.float32(1)
    w = -log_single((np.float32(1) - x) * (np.float32(1) + x))
    a = w - np.float32(2.5)
    p = np.float32(2.81022636e-08)
    p = np.float32(3.43273939e-07) + p * a
    p = np.float32(-3.5233877e-06) + p * a
    p = np.float32(-4.39150654e-06) + p * a
    p = np.float32(0.00021858087) + p * a
    p = np.float32(-0.00125372503) + p * a
    p = np.float32(-0.00417768164) + p * a
    p = np.float32(0.246640727) + p * a
    p = np.float32(1.50140941) + p * a
    s = np.sqrt(w) - np.float32(3)
    q = np.float32(-0.000200214257)
    q = np.float32(0.000100950558) + q * s
    q = np.float32(0.00134934322) + q * s
    q = np.float32(-0.00367342844) + q * s
    q = np.float32(0.00573950773) + q * s
    q = np.float32(-0.0076224613) + q * s
    q = np.float32(0.00943887047) + q * s
    q = np.float32(1.00167406) + q * s
    q = np.float32(2.83297682) + q * s
    return np.float32(1.41421356) * x * (p if w < np.float32(5) else q)


@inlined
def normal_quantile_double(u: Any) -> Any:
    """Φ⁻¹(u) in double precision, to 1e-15 of itself."""
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        top = 2509.0809287301226727
        top = top * r + 33430.575583588128105
        top = top * r + 67265.770927008700853
        top = top * r + 45921.953931549871457
        top = top * r + 13731.693765509461125
        top = top * r + 1971.5909503065514427
        top = top * r + 133.14166789178437745
        top = top * r + 3.387132872796366608
        low = 5226.495278852545925
        low = low * r + 28729.085735721942674
        low = low * r + 39307.89580009271061
        low = low * r + 21213.794301586595867
        low = low * r + 5394.1960214247511077
        low = low * r + 687.1870074920579083
        low = low * r + 42.313330701600911252
        low = low * r + 1.0
        return q * top / low
    tail = u if q < 0 else 1.0 - u
    r = math.sqrt(-math.log(tail))
    if r <= 5.0:
        r -= 1.6
        top = 7.7454501427834140764e-4
        top = top * r + 0.0227238449892691845833
        top = top * r + 0.24178072517745061177
        top = top * r + 1.27045825245236838258
        top = top * r + 3.64784832476320460504
        top = top * r + 5.7694972214606914055
        top = top * r + 4.6303378461565452959
        top = top * r + 1.42343711074968357734
        low = 1.05075007164441684324e-9
        low = low * r + 5.475938084995344946e-4
        low = low * r + 0.0151986665636164571966
        low = low * r + 0.14810397642748007459
        low = low * r + 0.68976733498510000455
        low = low * r + 1.6763848301838038494
        low = low * r + 2.05319162663775882187
        low = low * r + 1.0
    else:
        r -= 5.0
        top = 2.01033439929228813265e-7
        top = top * r + 2.71155556874348757815e-5
        top = top * r + 0.0012426609473880784386
        top = top * r + 0.026532189526576123093
        top = top * r + 0.29656057182850489123
        top = top * r + 1.7848265399172913358
        top = top * r + 5.4637849111641143699
        top = top * r + 6.6579046435011037772
        low = 2.04426310338993978564e-15
        low = low * r + 1.4215117583164458887e-7
        low = low * r + 1.8463183175100546818e-5
        low = low * r + 7.868691311456132591e-4
        low = low * r + 0.0148753612908506148525
        low = low * r + 0.13692988092273580531
        low = low * r + 0.59983220655588793769
        low = low * r + 1.0
    return -top / low if q < 0 else top / low
