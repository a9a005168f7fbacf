"""`python -m rapidjwt` and the console script `rapidjwt`."""

from __future__ import annotations

import sys

from rapidjwt.cli.program import main

if __name__ == "__main__":
    sys.exit(main())
