"""The independent verifier: judges a plan from the raw inputs, sharing no code with what it checks."""

from optimizer.check.report import Finding, Report
from optimizer.check.verify import verify

__all__ = ["Finding", "Report", "verify"]
