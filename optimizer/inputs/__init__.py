"""Readers of tables and layers: files in, one validated county out."""
