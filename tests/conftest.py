"""The suite asks hypothesis for the same examples each time; the long proofs do not come here, and ask for new ones."""

from hypothesis import settings

settings.register_profile("the same each time", derandomize=True, database=None)
settings.load_profile("the same each time")
