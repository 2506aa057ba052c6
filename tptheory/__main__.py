"""Run the command line by ``python -m tptheory``."""

from tptheory.cli import main

if __name__ == "__main__":
    main()
