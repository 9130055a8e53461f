"""Measured runs on published instances, other methods and generated counties; each prints JSON lines."""
