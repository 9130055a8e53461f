"""Readers of tables and layers: files in, one validated county out."""

from optimizer.inputs.county import County, Note, Source
from optimizer.inputs.read import read

__all__ = ["County", "Note", "Source", "read"]
