"""Neighbouring blocks and ways to school: layers in, arrays out."""

from optimizer.network.adjacency import Adjacency, neighbours
from optimizer.network.walk import Walk, given, walk

__all__ = ["Adjacency", "Walk", "given", "neighbours", "walk"]
