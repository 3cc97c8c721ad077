"""`python -m timethief COMMAND`."""

from timethief.cli import main

if __name__ == "__main__":
    main()
