"""Template filters and tags of all pages; what they write is computed in `perception.core`."""
