"""The outside world in small: deterministic servers that demo, tests and compose run in place of the real ones."""
