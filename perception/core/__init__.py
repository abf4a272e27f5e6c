"""What every part of the program writes, draws and reads alike; knows Django and the analysis, no app."""
