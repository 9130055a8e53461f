"""The scenario file: models, reading with `extends`, JSON Schema."""

from optimizer.scenario.load import Loaded, load
from optimizer.scenario.model import Scenario

__all__ = ["Loaded", "Scenario", "load"]
