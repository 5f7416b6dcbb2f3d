"""Settings of every test: hypothesis draws the same examples on every run and never judges by the clock."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "deterministic", max_examples=50, derandomize=True, deadline=None, database=None,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
settings.load_profile("deterministic")
