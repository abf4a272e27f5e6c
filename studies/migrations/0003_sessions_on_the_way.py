"""Carry studies that are open on: an order for whom it was drawn at the consent, instructions for who has read them."""

import random

from django.db import migrations
from django.db.models import F


def carry_on(apps, schema_editor):
    Observer = apps.get_model("studies", "Observer")
    Session = apps.get_model("studies", "Session")
    Stimulus = apps.get_model("studies", "Stimulus")
    # Until now the instructions stood on the page of the consent.
    Session.objects.filter(instructed_at__isnull=True).update(instructed_at=F("consented_at"))
    for observer in Observer.objects.filter(study__state="open", session__isnull=True, plan__isnull=True):
        numbers = sorted(Stimulus.objects.filter(study=observer.study_id).values_list("number", flat=True))
        seed = random.SystemRandom().randrange(2**53)
        random.Random(seed).shuffle(numbers)
        observer.plan = {
            "subset": 0,
            "example": [],
            "practice": [],
            "series": [[number] for number in numbers],
            "seed": seed,
            # No version of studies.randomization: the order is that of Python's random.Random(seed).shuffle.
            "drawing_version": 0,
        }
        observer.save(update_fields=["plan"])


class Migration(migrations.Migration):
    dependencies = [("studies", "0002_observer_sessions")]

    operations = [migrations.RunPython(carry_on, migrations.RunPython.noop)]
