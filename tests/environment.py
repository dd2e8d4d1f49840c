"""The environment of a test run, set before Django reads its settings: a folder, keys and a date of its own."""

import os
import tempfile

from hypothesis import settings

os.environ["PEIXUN_DATA"] = tempfile.mkdtemp(prefix="peixun-test-")
os.environ["PEIXUN_TODAY"] = "2018-06-30"
os.environ["PEIXUN_DEMO"] = "1"
os.environ.pop("PEIXUN_DEBUG", None)

# The suite that must always pass walks the same examples each time; `make test-long` goes looking for new ones.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=300)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
