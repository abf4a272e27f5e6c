"""How long a key takes to bring the next image onto the screen, by the browser's own trace."""
