"""The solver: arrays in, plan and certificate out. It knows nothing of geography, files or policies, and prints nothing.

``solve`` is all of it seen from outside; ``complete`` and ``price`` serve plans made by people. The layers, in the order they
work: ``model``, ``prices``, ``construct``, ``anneal``, ``exact``; ``search`` conducts them. ``docs/solver.md`` tells the theory.
"""

from optimizer.solver.plans import complete, price
from optimizer.solver.search import solve
from optimizer.solver.terms import InfeasibleError, Listener, Progress, Result, Stop, silent

__all__ = ["InfeasibleError", "Listener", "Progress", "Result", "Stop", "complete", "price", "silent", "solve"]
