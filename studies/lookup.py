"""What the study commands' arguments mean: a study by number or title, a researcher by user name."""

from django.contrib.auth.models import User
from django.core.management.base import CommandError

from ml.models.pair_set import PairSet
from studies.models.study import Study
from studies.permissions import NotPermittedError, Permission, require


def study_from(text: str) -> Study:
    """Return the study with this number, or the only one with this title."""
    if text.isdecimal():
        by_number = Study.objects.filter(pk=int(text)).first()
        if by_number is not None:
            return by_number
    with_title = list(Study.objects.filter(title=text)[:2])
    if len(with_title) == 1:
        return with_title[0]
    if with_title:
        raise CommandError(f"Several studies are called “{text}”; give the number from the study's address.")
    known = ", ".join(f"{study.pk} “{study.title}”" for study in Study.objects.all()[:10]) or "none yet"
    raise CommandError(f"There is no study “{text}”. There are: {known}.")


def exporter_from(name: str | None, study: Study) -> User:
    """Return the user with this name, who is to take something of the study away; without a name, the only user.

    Asked before anything is written: what is in a file is not taken back.
    """
    user = researcher_from(name)
    try:
        require(user, study, Permission.EXPORT)
    except NotPermittedError as error:
        raise CommandError(str(error)) from error
    return user


def researcher_from(name: str | None) -> User:
    """Return the user with this name; without a name, the only user there is."""
    users = User.objects.filter(is_active=True)
    if name is not None:
        user = users.filter(username=name).first()
        if user is None:
            raise CommandError(f"There is no user “{name}”. `manage.py account list` lists them.")
        return user
    some = list(users[:2])
    if len(some) == 1:
        return some[0]
    if some:
        raise CommandError("There are several users; say with --by who does this.")
    raise CommandError(
        "There is no user yet. `manage.py serve` prints a code to make one on its page; `createsuperuser` does it here."
    )


def pair_set_from(name: str | None) -> PairSet:
    """Return the image pairs of this name; without a name, the newest."""
    pair_sets = PairSet.objects.order_by("-pk")
    found = pair_sets.first() if name is None else pair_sets.filter(name=name).first()
    if found is not None:
        return found
    known = ", ".join(pair_sets.values_list("name", flat=True)[:10])
    if name is None or not known:
        raise CommandError("There are no image pairs yet. Make some with `manage.py make_pairs`.")
    raise CommandError(f"There are no image pairs “{name}”. There are: {known}.")
