"""Where several workers count together: the folder that prometheus-client wants for that, while they run."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from typing import Final

__all__ = ["counting_together"]

_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"


@contextlib.contextmanager
def counting_together(wanted: bool) -> Iterator[None]:
    """Name a folder of our own in the environment, unless there is a name. Workers must be started inside: prometheus-client reads it
    when it is imported."""
    if not wanted or os.environ.get(_VARIABLE):
        yield
        return
    with tempfile.TemporaryDirectory(prefix="rapidjwt-metrics-", ignore_cleanup_errors=True) as folder:
        os.environ[_VARIABLE] = folder
        try:
            yield
        finally:
            del os.environ[_VARIABLE]
