"""The commands that write downloads; knows the exports and the audit log."""
