from django.apps import AppConfig


class MlConfig(AppConfig):
    """Images, classifiers, attacks, image pairs."""

    name = "ml"
    verbose_name = "Images and attacks"
