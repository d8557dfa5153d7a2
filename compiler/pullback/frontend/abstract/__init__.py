"""What the interpreter knows: abstract values, what references hold, which conditions hold, what one compile keeps."""
