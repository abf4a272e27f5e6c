"""Study → definition: all that a researcher has set, as JSON; nothing that happened to the study or anybody in it."""

import json
from collections.abc import Mapping
from types import MappingProxyType

from django.db.models import ForeignKey, ManyToManyField

from ml.models.pair_set import PairSet
from perception.analysis.json_values import JsonObject, JsonValue
from studies.design.definitions.pair_set_reference import reference_to
from studies.design.option import StudyOption
from studies.design.options import PUBLISHED, STUDY_OPTIONS
from studies.models.study import Study

FORMAT = "perception-study-definition"
VERSION = 1
"""Of the format. A new option does not raise it: what an older file does not name has its default."""
FILE_NAME = "definition.json"

_HAPPENED = "it happened to the study, and is not part of what is asked"
_PUBLISHED = "it is of this study and those who publish it, not of what is asked"
_RESPONSIBLE = "whoever makes another study answers for the data of its observers, and is named to them"
_FIXED = "it follows from the definition and the images, once the study opens"
LEFT_OUT: Mapping[str, str] = MappingProxyType(
    {
        "id": "a number of this installation",
        "uid": "the study that is made of a definition is another study",
        "owner": "a person; whoever makes a study of the definition owns it",
        "pilot_of": "a pilot belongs to its study",
        "state": "a definition makes a draft",
        "protocol": _FIXED,
        "protocol_sha256": _FIXED,
        "estimated_minutes": _FIXED,
        "created_at": _HAPPENED,
        "opened_at": _HAPPENED,
        "closed_at": _HAPPENED,
        "unblinded_at": _HAPPENED,
        "results_seen_at": _HAPPENED,
        "data_controller": _RESPONSIBLE,
        "data_contact": _RESPONSIBLE,
        **{option.name: _PUBLISHED for option in STUDY_OPTIONS if option.group == PUBLISHED},
    }
)
"""The fields of a study that no definition holds, each with the reason."""
DEFINED = tuple(option for option in STUDY_OPTIONS if option.name not in LEFT_OUT)
"""The options that a definition holds; beside them, the plan."""


def definition_of(study: Study) -> JsonObject:
    """Return the definition of a study: its options in their order, and the plan kept with it."""
    options: JsonObject = {option.name: _value(study, option) for option in DEFINED}
    return {"format": FORMAT, "version": VERSION, "options": options, "plan": study.plan}


def definition_text(study: Study) -> str:
    """Return the definition as it stands in a file: the same study gives the same text."""
    return json.dumps(definition_of(study), indent=2, ensure_ascii=False) + "\n"


def _value(study: Study, option: StudyOption) -> JsonValue:
    value = getattr(study, option.name)
    if isinstance(option.field, ManyToManyField):
        in_order = sorted(value.all(), key=lambda pair_set: (pair_set.strength, pair_set.name))
        return [reference_to(pair_set).as_json() for pair_set in in_order]
    if isinstance(option.field, ForeignKey):
        return reference_to(value).as_json() if isinstance(value, PairSet) else None
    told: JsonValue = value
    return told
