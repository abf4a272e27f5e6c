"""Whether database and files are whole and agree: what is wrong is named, with what mends it. Nothing is changed."""
