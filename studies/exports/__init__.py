"""What a researcher takes away: answers, figures and tables in the formats of other programs, and the whole study."""
