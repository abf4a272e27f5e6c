"""What a study asked and which rules it fixed, from the protocol in its archive: as much as its figures need."""

from dataclasses import dataclass

from perception.analysis.detection.verdict_rule import VerdictRule
from perception.analysis.json_values import JsonObject
from perception.core.json_checks import Scalar, json_list, json_object, json_scalar
from studies.design.marked_places.place_truth import MASK_SHA256, RIGHT_PLACE_SHA256
from studies.design.option import ProtocolEntry
from studies.design.options import OPTIONS, STUDY_OPTIONS
from studies.design.protocol import FROM_MASKS, REGIONS
from studies.models.pair_sets.attack_arms import arms_of_protocol
from studies.models.screening.check import Check, CheckRule
from studies.models.study import Study
from studies.models.texts.groups import parse_groups
from studies.models.verdict_rule import verdict_rule_of
from studies.trial_types import TRIAL_TYPES, TrialType
from studies.trial_types.flicker import leaves_out_stopped


@dataclass(frozen=True, slots=True)
class ArchivedStudy:
    """The facts of a study that its figures depend on, as `studies.answers.figures` asks for them."""

    trials: TrialType
    asks_diagnosis: bool
    n_subsets: int
    draws_from_pool: bool
    attack_names: tuple[str, ...]
    group_names: tuple[str, ...]
    margin: float
    verdict_rule: VerdictRule
    catch_at_least: int
    leaving_out_checks: tuple[Check, ...]
    rt_at_least_ms: int
    leaves_out_partly_shown: bool
    leaves_out_stopped: bool
    leaves_out_rejected: bool
    n_repeated: int
    adaptive_strengths: tuple[float, ...]
    control_name: str


@dataclass(frozen=True, slots=True)
class ArchivedStimulus:
    """What the protocol says of one image that observers saw."""

    name: str
    sha256: str
    image: str
    role: str
    perturbed: bool
    attack: str
    mask_sha256: str
    """Of the mask that says where it was changed; empty where none does."""
    right_place_sha256: str
    """Of the pixels in which a mark was found to be right; empty where none were looked for."""


def study_of_protocol(protocol: JsonObject) -> ArchivedStudy:
    """Return the facts from a protocol.

    Raises
    ------
    KeyError, TypeError
        The protocol is not one of this program.
    """
    return ArchivedStudy(
        trials=TRIAL_TYPES[option_of(protocol, "trial_type", str)],
        asks_diagnosis=option_of(protocol, "asks_diagnosis", bool),
        n_subsets=option_of(protocol, "n_subsets", int),
        draws_from_pool=option_of(protocol, "allocation", str) == Study.Allocation.POOL,
        attack_names=tuple(arms_of_protocol(protocol)),
        group_names=parse_groups(option_of(protocol, "groups", str)),
        margin=option_of(protocol, "margin", float),
        verdict_rule=verdict_rule_of(protocol),
        catch_at_least=option_of(protocol, "catch_at_least", int),
        leaving_out_checks=tuple(
            check for check in Check if option_of(protocol, f"checks_{check.value}", str) == CheckRule.LEAVE_OUT
        ),
        rt_at_least_ms=option_of(protocol, "rt_at_least_ms", int),
        leaves_out_partly_shown=option_of(protocol, "leaves_out_partly_shown", bool),
        leaves_out_stopped=leaves_out_stopped(protocol),
        leaves_out_rejected=option_of(protocol, "leaves_out_rejected", bool),
        n_repeated=option_of(protocol, "n_repeated", int),
        control_name=_control(protocol),
        adaptive_strengths=_strengths(protocol) if option_of(protocol, "adapts_strength", bool) else (),
    )


def stimuli_of_protocol(protocol: JsonObject) -> list[ArchivedStimulus]:
    """Return what a protocol says of every image.

    Raises
    ------
    KeyError, TypeError
        The protocol is not one of this program.
    """
    return [_stimulus(json_object(entry)) for entry in json_list(protocol["stimuli"])]


@dataclass(frozen=True, slots=True)
class ArchivedRegions:
    """What a protocol says of the regions in which a mark is right.

    Attributes
    ----------
    radius
        How far a right mark may lie from the region, of the image's side.
    side
        Of the square images, in pixels.
    n, n_from_masks
        How many images are perturbed, and of how many of these a mask says the region.
    """

    radius: float
    side: int
    n: int
    n_from_masks: int


def regions_of_protocol(protocol: JsonObject) -> ArchivedRegions | None:
    """Return what a protocol says of regions; None where no place is asked for, or that was before there were masks.

    Raises
    ------
    KeyError, TypeError
        The protocol is not one of this program.
    """
    told = protocol.get("marked_place")
    if not isinstance(told, dict) or FROM_MASKS not in told:
        return None
    return ArchivedRegions(
        radius=json_scalar(told["acceptance_radius_of_side"], float),
        side=json_scalar(json_object(protocol["images"])["side_pixels"], int),
        n=json_scalar(told[REGIONS], int),
        n_from_masks=json_scalar(told[FROM_MASKS], int),
    )


def study_figures(protocol: JsonObject) -> JsonObject:
    """Return those entries of the figures' `study` that the protocol fixes.

    Raises
    ------
    KeyError, TypeError
        The protocol is not one of this program.
    """
    figures: JsonObject = {}
    for option in STUDY_OPTIONS:
        entry = option.protocol
        # What a protocol of an older version does not say stands for nothing in its report.
        if option.in_figures and entry is not None and (entry.is_required or entry.is_in(protocol)):
            figures[option.name] = entry.read(protocol)
    figures["synthetic_images"] = json_object(protocol["images"])["synthetic"]
    if _entry("further_pair_sets").is_in(protocol):
        figures["strengths"] = [*_strengths(protocol)]
    return figures


def _control(protocol: JsonObject) -> str:
    """Return the name of the attack that is the positive control; empty where none is."""
    pairs = _entry("control_pair_set").read(protocol)
    return next((name for name, of_attack in arms_of_protocol(protocol).items() if pairs in of_attack), "")


def _strengths(protocol: JsonObject) -> tuple[float, ...]:
    """Return the strengths of the series, in 8-bit levels, ascending."""
    further = json_list(_entry("further_pair_sets").read(protocol))
    entries = [json_object(protocol["attack"]), *map(json_object, further)]
    return tuple(sorted(json_scalar(entry["strength_levels"], float) for entry in entries))


def option_of(protocol: JsonObject, name: str, kind: type[Scalar]) -> Scalar:
    """Return an option of a study, by its name.

    Raises
    ------
    KeyError, TypeError
        The protocol is not one of this program.
    """
    return json_scalar(_entry(name).read(protocol), kind)


def _entry(name: str) -> ProtocolEntry:
    entry = OPTIONS[name].protocol
    if entry is None:
        raise KeyError(name)
    return entry


def _stimulus(entry: JsonObject) -> ArchivedStimulus:
    def text(key: str) -> str:
        return json_scalar(entry[key], str)

    return ArchivedStimulus(
        name=text("name"),
        sha256=text("sha256"),
        image=text("image"),
        role=text("role"),
        perturbed=json_scalar(entry["perturbed"], bool),
        attack=json_scalar(entry.get("attack", ""), str),
        mask_sha256=json_scalar(entry.get(MASK_SHA256, ""), str),
        right_place_sha256=json_scalar(entry.get(RIGHT_PLACE_SHA256, ""), str),
    )
