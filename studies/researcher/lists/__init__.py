"""The long lists of the researcher's pages: studies, and the observers of one."""
