"""What every test runs under: no display, and hypothesis that gives the same answer twice."""

import os

import matplotlib
from hypothesis import HealthCheck, settings

matplotlib.use("Agg")

# A property test that compiles a kernel takes a second at its first example and microseconds
# afterwards: a deadline would fail it at random.
settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
# HYPOTHESIS_PROFILE=explore looks for new counterexamples.
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
