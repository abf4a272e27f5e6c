"""The commands of a study, from its design to its report; knows every service of `studies`."""
