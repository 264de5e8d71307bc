"""A model as a user would write it, in a file of their own."""

from dataclasses import dataclass

import numpy as np

import heirloom as hl


@dataclass(frozen=True)
class Exponential(hl.models.Model):
    """Waiting times; the estimate of their mean is the weighted mean, with v(μ) = μ²."""

    mean: float

    curvature = 1.0

    def truth(self):
        return np.array(self.mean)

    def sample(self, random, parameters, rows):
        return -parameters[:, None] * np.log(random.uniform(rows))

    def fit(self, rows, weights, start):
        return hl.models.fitted(np.sum(weights * rows, axis=1))

    def metrics(self, parameters):
        return {"error": (parameters - self.mean) ** 2}

    def row_variance(self):
        return self.mean**2
