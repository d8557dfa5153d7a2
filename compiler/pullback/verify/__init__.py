"""Verification of generated gradients by oracles that share nothing with the derivative rules."""

from pullback.verify.check import verify
from pullback.verify.verdict import Finding, Report, Skipped

__all__ = ["Finding", "Report", "Skipped", "verify"]
