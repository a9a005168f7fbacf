"""How long these tests search. RAPIDJWT_EXAMPLES is the number of examples a test; the default is for every run, `make property` sets more."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent))  # for strategies and outcome

pytest.register_assert_rewrite("outcome")

settings.register_profile(
    "rapidjwt",
    max_examples=int(os.environ.get("RAPIDJWT_EXAMPLES", "300")),
    # A gate asks the same questions in each run; who asks for more examples wants others.
    derandomize="RAPIDJWT_EXAMPLES" not in os.environ,
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
        HealthCheck.filter_too_much,
        HealthCheck.data_too_large,
    ],
)
settings.load_profile("rapidjwt")
