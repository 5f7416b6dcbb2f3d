"""Wrong formulas of what the course teaches beside the walk, a file a subject."""
