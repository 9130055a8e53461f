"""The sample county: an invented county seat, towns and villages, written by a seeded generator."""

from optimizer.sample.workspace import write_county, write_scenarios, write_workspace

__all__ = ["write_county", "write_scenarios", "write_workspace"]
