"""Where the parts of the program say what is to be watched of them; `perception.site.monitoring` asks and tells."""
