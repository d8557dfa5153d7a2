"""Containers and objects: their items, attributes and methods."""
