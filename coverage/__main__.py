"""`python -m coverage COMMAND`: see `cli`."""

import sys

if __name__ == "__main__":
    try:
        from coverage.commands.cli import main

        sys.exit(main())
    except KeyboardInterrupt:  # while it was still being loaded
        sys.exit(130)
