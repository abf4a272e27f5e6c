"""Definition → draft: the image pairs that it names are looked up, and what is not there is told by name."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext

from ml.models.pair_set import PairSet
from perception.analysis.json_values import JsonObject
from studies import audit
from studies.design.definitions.document import FILE_NAME, definition_text
from studies.design.definitions.pair_set_reference import PairSetFinder, PairSetReference
from studies.design.definitions.reading import Definition, read_definition
from studies.design.lifecycle.drafts import create_defined_study, keep_plan
from studies.design.options import OPTIONS
from studies.errors import StudyError
from studies.models.audit_event import AuditEvent
from studies.models.study import Study
from studies.permissions import Permission, require

COPY_OF = "Copy of "
COPIE_DE = "Copie de "
LACKING, DIFFERENT = "lacking", "different"
SERIES, FURTHER, CATCH, CONTROL = "pair_set", "further_pair_sets", "catch_pair_set", "control_pair_set"
_OF_CATCH_TRIALS = {CATCH, "n_catch"}


class PairSetLackingError(StudyError):
    """The image pairs of a definition's series are not among those that somebody may use."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Image pairs that a definition names and that are not there as they were.

    Attributes
    ----------
    option
        Which option names them.
    name
        Theirs, in the definition.
    what
        `LACKING`; or `DIFFERENT`, where those of that name hold something else.
    """

    option: str
    name: str
    what: str

    @property
    def text(self) -> str:
        """What is the matter, in words."""
        label = OPTIONS[self.option].field.verbose_name
        values = {"option": label, "name": self.name}
        if self.what == DIFFERENT:
            return (
                gettext("The definition’s “%(name)s” (%(option)s) held other images than those of that name here.")
                % values
            )
        if self.option == CATCH:
            told = gettext(
                "The definition names “%(name)s” (%(option)s); you may use none such, so there are no catch trials."
            )
        else:
            told = gettext("The definition names “%(name)s” (%(option)s); you may use none such, so it was left out.")
        return told % values


@dataclass(frozen=True, slots=True)
class Imported:
    """A draft that was made of a definition, and which image pairs are not there as they were."""

    study: Study
    gaps: tuple[Gap, ...]


def import_definition(*, definition: Definition, by: User, instead: PairSet | None = None) -> Imported:
    """Make a draft of a definition, which `by` owns.

    What its options say together is not looked at: that is told where the draft is looked over, as what is lacking is
    (`studies.design.drafts.readiness`). Without image pairs of their own there are no catch trials,
    and no positive control.

    Parameters
    ----------
    instead
        Image pairs for the series, where those that the definition names are not among those that `by` may use.

    Raises
    ------
    PairSetLackingError
        They are not, and there are none instead.
    """
    finder = PairSetFinder(PairSet.objects.usable_by(by).order_by("pk"))
    options, gaps = dict(definition.options), []
    options[SERIES], gap = _found(finder, SERIES, definition.pair_set)
    if options[SERIES] is None:
        options[SERIES] = instead
    elif gap is not None:
        gaps.append(gap)
    if options[SERIES] is None:
        raise PairSetLackingError(
            gettext(
                "There are no image pairs “%(name)s” that you may use (strength %(strength)s, %(side)d pixels wide). "
                "Bring or make them first, or choose others in their place."
            )
            % {
                "name": definition.pair_set.name,
                "strength": f"{definition.pair_set.strength_levels:g}",
                "side": definition.pair_set.side_pixels,
            }
        )
    further = [_found(finder, FURTHER, reference) for reference in definition.further_pair_sets]
    options[FURTHER] = [pair_set for pair_set, _ in further if pair_set not in {None, options[SERIES]}]
    gaps += [gap for _, gap in further if gap is not None]
    if definition.catch_pair_set is not None:
        options[CATCH], gap = _found(finder, CATCH, definition.catch_pair_set)
        gaps += [gap] if gap is not None else []
        if options[CATCH] is None:
            options["n_catch"] = 0
    if definition.control_pair_set is not None:
        options[CONTROL], gap = _found(finder, CONTROL, definition.control_pair_set)
        gaps += [gap] if gap is not None else []
    with transaction.atomic():
        told: JsonObject = {"gaps": [{"option": gap.option, "name": gap.name, "what": gap.what} for gap in gaps]}
        study = create_defined_study(by=by, details={"definition": told}, **options)
        if definition.plan is not None:
            study = keep_plan(study=study, by=by, plan=definition.plan)
    return Imported(study, tuple(gaps))


def export_definition(*, study: Study, by: User) -> str:
    """Return the definition of a study as the text of a file, and write down that it was taken.

    Raises
    ------
    NotPermittedError
        `by` may take nothing away from the study.
    """
    require(by, study, Permission.EXPORT)
    text = definition_text(study)
    audit.record(study=study, action=AuditEvent.Action.EXPORTED, by=by, details={"what": FILE_NAME})
    return text


def duplicate_study(*, study: Study, by: User) -> Imported:
    """Make a draft of the definition of a study, whatever state that is in, with another title.

    Raises
    ------
    NotPermittedError
        `by` may take nothing away from the study.
    PairSetLackingError
        `by` may not use its image pairs.
    """
    with transaction.atomic():
        text = export_definition(study=study, by=by)
        definition = read_definition(text.encode(), source=study.title)
        titles = {"title": COPY_OF + study.title, "title_fr": COPIE_DE + study.title_fr if study.title_fr else ""}
        for name, title in titles.items():
            definition.options[name] = title[: OPTIONS[name].field.max_length]
        return import_definition(definition=definition, by=by)


def gaps_left(study: Study) -> Iterator[Gap]:
    """Yield what a draft still lacks of the definition that it was made of: until somebody has changed the option."""
    told: list[Gap] = []
    changed: set[str] = set()
    for event in AuditEvent.objects.filter(study_uid=study.uid):
        if event.action == AuditEvent.Action.CREATED:
            told = [Gap(**gap) for gap in event.details.get("definition", {}).get("gaps", [])]
        elif event.action == AuditEvent.Action.CHANGED:
            changed |= set(event.details.get("fields", []))
    for gap in told:
        if not changed & (_OF_CATCH_TRIALS if gap.option == CATCH else {gap.option}):
            yield gap


def _found(finder: PairSetFinder, option: str, reference: PairSetReference) -> tuple[PairSet | None, Gap | None]:
    pair_set = finder.find(reference)
    if pair_set is None:
        return None, Gap(option, reference.name, LACKING)
    return pair_set, None if finder.is_same(pair_set, reference) else Gap(option, reference.name, DIFFERENT)
