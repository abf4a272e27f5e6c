"""The machine observer is a model observer now, as its field calls it; its rows, and those of runs, are kept."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ml", "0002_runs_on_the_way")]

    operations = [
        migrations.RenameModel(old_name="MachineObserver", new_name="ModelObserver"),
        migrations.AlterField(
            model_name="modelobserver",
            name="pair_set",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="model_observer", to="ml.pairset"
            ),
        ),
        migrations.AlterField(
            model_name="modelobserver",
            name="run",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="model_observers",
                to="ml.run",
            ),
        ),
        migrations.AlterField(
            model_name="run",
            name="kind",
            field=models.CharField(
                choices=[
                    ("train_classifier", "train a classifier"),
                    ("import_dataset", "import a dataset"),
                    ("add_classifier", "add an external classifier"),
                    ("train_attack", "train an attack"),
                    ("make_pairs", "make image pairs"),
                    ("evaluate_attack", "evaluate an attack"),
                    ("measure_survival", "measure what an attack survives"),
                    ("train_machine_observer", "train a model observer"),
                ],
                max_length=30,
            ),
        ),
        migrations.AlterField(
            model_name="survival",
            name="rows",
            field=models.JSONField(
                help_text="one a degradation: its name, n, fooling ratio and accuracy, with intervals"
            ),
        ),
    ]
