"""Whether the change is seen: shares, d′, equivalence with chance and the verdict; knows arrays and estimates."""
