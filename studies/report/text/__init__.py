"""What the terminal says of answers; knows estimates."""
