"""How people are found: open links, their places, and by which id a recruiter knows somebody."""
