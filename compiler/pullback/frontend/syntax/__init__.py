"""Python source: where a function's text is found, and what its syntax says before anything is interpreted."""
