"""What observers saw: shares, verdict, d′, ratings, agreement, strength; knows the report."""
