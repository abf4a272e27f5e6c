"""Two arms judged by the same observers: Obuchowski and Rockette's analysis of variance; knows arrays and estimates."""
