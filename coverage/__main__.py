"""`python -m coverage COMMAND`: see `cli`."""

import sys

from coverage.cli import main

if __name__ == "__main__":
    sys.exit(main())
