"""Go on with a data folder that was updated: by the present code, in a process of its own (see `test_update.py`)."""

import json
import sys
from pathlib import Path

import django


def main(target: Path) -> None:
    """Finish what was half done, open what was a draft, write an archive; print what came of it as JSON."""
    from django.contrib.auth.models import User
    from django.test import Client
    from django.urls import reverse

    from studies.design.lifecycle import open_study
    from studies.models import Observer, Study
    from studies.models.observer_state import state_of
    from tests.studies.exports.archives import archive_bytes
    from tests.studies.factories import answer_trials, begin_trials

    for observer in Observer.objects.filter(study__state=Study.State.OPEN):
        answer_trials(observer.session if hasattr(observer, "session") else begin_trials(observer))
    draft = open_study(study=Study.objects.get(title="A draft"), by=User.objects.get(username="administrator"))
    target.write_bytes(archive_bytes(Study.objects.get(title="Noise study")))
    client = Client()
    client.force_login(User.objects.get(username="administrator"))
    studies = list(Study.objects.order_by("pk"))
    pages = ["/studies/", *(reverse("studies:study-detail", args=[study.pk]) for study in studies)]
    print(  # noqa: T201 - read by the test
        json.dumps(
            {
                "observers": [state_of(observer) for observer in Observer.objects.order_by("pk")],
                "draft": draft.state,
                "pages": {page: client.get(page, headers={"Host": "localhost"}).status_code for page in pages},
            }
        )
    )


if __name__ == "__main__":
    django.setup()
    main(Path(sys.argv[1]))
