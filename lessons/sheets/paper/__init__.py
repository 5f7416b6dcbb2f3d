"""How a sheet is set on paper: its numbers, its layout, its picture, and the two languages of sources."""
