"""`manage.py train_machine_observer`: the name that `train_model_observer` had in earlier versions."""

from ml.management.commands.train_model_observer import Command as TrainModelObserver


class Command(TrainModelObserver):
    """Do what `train_model_observer` does, and tell of the new name."""

    help = "The earlier name of train_model_observer."

    def handle(self, **options: object) -> None:
        """Tell of the new name and do the work."""
        self.stderr.write("This command is called train_model_observer now; its old name goes with the next version.")
        super().handle(**options)
