"""Rewrites of IR, one purpose a file; `pullback.pipeline` says in which order they run."""
