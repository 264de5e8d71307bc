"""A model as a user would write it, in a file of their own."""

import jax
import jax.numpy as jnp

import heirloom as hl


class Exponential(hl.models.Model):
    """Waiting times; the estimate of their mean is the weighted mean, with v(μ) = μ²."""

    mean: float

    curvature = 1.0

    def truth(self):
        return jnp.asarray(self.mean)

    def sample(self, key, parameters, rows):
        return parameters * jax.random.exponential(key, (rows,))

    def fit(self, rows, weights, start):
        return hl.models.fitted(jnp.sum(weights * rows))

    def metrics(self, parameters):
        return {"error": (parameters - self.mean) ** 2}

    def row_variance(self):
        return self.mean**2
