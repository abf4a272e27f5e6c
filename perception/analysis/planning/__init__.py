"""How many images and observers a study needs, by formula and by simulation; knows arrays and estimates."""
