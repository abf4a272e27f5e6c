"""The researcher's pages and forms; knows every service, and nothing imports it but the addresses."""
