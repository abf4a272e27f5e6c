"""Count scores anew: they left catch trials out, and so told observers how many there had been."""

from django.db import migrations


def count_anew(apps, schema_editor):
    Session = apps.get_model("studies", "Session")
    Answer = apps.get_model("studies", "Answer")
    Truth = apps.get_model("studies", "Truth")
    scored = Session.objects.filter(score__isnull=False, observer__study__n_catch__gt=0)
    for session in scored.select_related("observer__study").iterator():
        study = session.observer.study
        perturbed = dict(Truth.objects.filter(stimulus__study=study).values_list("stimulus_id", "perturbed"))
        answers = Answer.objects.filter(trial__session=session, trial__phase="series")
        total = right = 0
        for response, first, second in answers.values_list(
            "response", "trial__stimulus_id", "trial__second_stimulus_id"
        ):
            total += 1
            right += response == _expected(study.trial_type, perturbed[first], perturbed.get(second, False))
        session.score = {"right": right, "total": total}
        session.save(update_fields=["score"])


def _expected(trial_type, first, second):
    if trial_type == "two_afc":
        return "first" if first else "second"
    if trial_type == "same_different":
        return "different" if first or second else "same"
    return "perturbed" if first else "clean"


class Migration(migrations.Migration):
    dependencies = [("studies", "0013_observer_states")]

    operations = [migrations.RunPython(count_anew, migrations.RunPython.noop)]
