"""`python -m optimizer` is the command `zoning`."""

from optimizer.cli import main

main()
