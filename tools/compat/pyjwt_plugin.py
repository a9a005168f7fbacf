"""For pytest, before anything is collected: what `import jwt` finds, and whether there is `cryptography`."""

from __future__ import annotations

import os
import sys

import pytest

SUBJECT = os.environ["COMPAT_SUBJECT"]

if os.environ["COMPAT_CRYPTOGRAPHY"] == "without":
    # An entry of None makes `import cryptography` raise ModuleNotFoundError.
    sys.modules["cryptography"] = None  # type: ignore[assignment]

if SUBJECT == "pyjwt":
    import jwt

    assert jwt.__name__ == "jwt", jwt
else:
    import rapidjwt

    assert rapidjwt.IMPL == SUBJECT, rapidjwt.IMPL
    rapidjwt.install_as_jwt()
    import jwt

    assert jwt.__name__ == "rapidjwt.jwt", jwt

assert jwt.algorithms.has_crypto is (os.environ["COMPAT_CRYPTOGRAPHY"] == "with")


def pytest_configure(config: pytest.Config) -> None:
    """The filters of PyJWT's own configuration."""
    for line in ("error", "ignore::jwt.warnings.InsecureKeyLengthWarning"):
        config.addinivalue_line("filterwarnings", line)
