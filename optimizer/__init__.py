"""Draws school zones and proves how far from the optimum they are."""

from importlib.metadata import version

__version__ = version("enrollment-zoning-optimizer")
