"""Archives for the tests: of a study that was answered, and with members exchanged."""

import io
import random
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studies.design.lifecycle import close_study
from studies.exports.archive.layout import MANIFEST
from studies.exports.archive.stored_zip import StoredZip
from studies.exports.archive.writing import write_archive
from studies.models import Study
from studies.report.build import build_report
from studies.sessions.trials import position_of, record_answer
from tests.studies.factories import begin_trials, make_open_study, make_pair_set, make_pair_set_of_strength


def answered_study(*, trial_type: str = "yes_no", observers: int = 3, **fields: Any) -> Study:
    """Return a closed study that model-free chance has answered, with ratings, diagnoses and times where asked for."""
    generator = random.Random(1)
    fields.setdefault("pair_set", make_pair_set(n=14, size=4))
    study = make_open_study(trial_type=trial_type, observers=observers, n_perturbed=5, n_clean=4, **fields)
    for number, observer in enumerate(study.observers.order_by("pk")):
        observer.group = study.group_names[number % len(study.group_names)] if study.group_names else ""
        observer.save(update_fields=["group"])
        session = begin_trials(observer)
        while (trial := position_of(session).trial) is not None:
            said = {
                "response": generator.choice(study.trials.responses).value if study.trials.responses else "",
                "rating": generator.choice(study.trials.ratings).value if study.trials.ratings else None,
                "confidence": generator.choice(study.trials.confidences).value if study.trials.confidences else None,
                "grade": generator.choice(study.trials.grades).value if study.trials.grades else None,
                "place_x": "1" if study.trials.marks_place else None,
                "place_y": str(generator.randint(0, 2)) if study.trials.marks_place else None,
                "diagnosis": generator.choice(["bcc", "mel", "nv"]) if study.asks_diagnosis else None,
            }
            given = {name: value for name, value in said.items() if value}
            display = {"visible": generator.choice([0, 1]), "pixel_ratio": 1.25, "focus_losses": 0}
            assert record_answer(
                session=session,
                trial_token=trial.token,
                rt_ms=generator.randint(200, 4000),
                display=display,
                **given,
            )
    study.refresh_from_db()
    if study.state == Study.State.OPEN:
        close_study(study=study, by=study.owner)
        study.refresh_from_db()
    return study


def study_with_everything(trial_type: str = "yes_no_confidence") -> Study:
    """Return an answered study with catch trials, practice, a second question and rules of exclusion."""
    pair_set = make_pair_set(n=20, size=4)
    return answered_study(
        trial_type=trial_type,
        pair_set=pair_set,
        catch_pair_set=make_pair_set_of_strength(pair_set, 9),
        n_catch=2,
        n_practice=2,
        asks_diagnosis=True,
        catch_at_least=50,
        rt_at_least_ms=400,
        leaves_out_partly_shown=True,
        observers=4,
    )


def archive_bytes(study: Study) -> bytes:
    """Return the archive of a study."""
    file = io.BytesIO()
    write_archive(build_report(study), file)
    return file.getvalue()


def members_in(data: bytes) -> dict[str, bytes]:
    """Return the members of an archive, in their order."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(members: Mapping[str, bytes], *, with_new_manifest: bool) -> bytes:
    """Return an archive of these members, as the program writes it; the manifest as it is among them, or made anew."""
    out = io.BytesIO()
    archive = StoredZip(out)
    for name, content in members.items():
        if name != MANIFEST or not with_new_manifest:
            archive.write(name, [content])
    if with_new_manifest:
        archive.close_with_manifest()
    else:
        archive.close()
    return out.getvalue()


def saved(data: bytes, folder: Path) -> Path:
    """Return the path of a file with this content."""
    path = folder / "archive.zip"
    path.write_bytes(data)
    return path
