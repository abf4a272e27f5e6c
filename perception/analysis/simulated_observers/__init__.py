"""How a simulated observer judges, by signal detection theory; knows arrays, and draws nothing itself."""
