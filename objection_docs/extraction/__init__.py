"""Bytes of a letter → `Paper`."""
