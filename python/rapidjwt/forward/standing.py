"""How the workers stand: how many there are, and whether all of them answer by the configuration that the operator wrote last. Counted by
the process that starts them, told to each, shown by whichever is asked.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Standing"]


class Standing(NamedTuple):
    """What `/readyz` and the metrics say of the service as a whole."""

    workers: int
    """How many there should be."""
    missing: int
    """Those that ended, or do not serve yet."""
    behind: int
    """Those that could not take the last configuration, and answer by the one before."""
    refused: bool
    """What was read at the last SIGHUP has mistakes: no worker answers by it."""
