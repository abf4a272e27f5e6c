"""What workers put down beside the runs: who lives, what is kept, claimed, due and still to be removed."""
