"""The command `zoning`: parse, call, print."""

from optimizer.cli.app import main

__all__ = ["main"]
