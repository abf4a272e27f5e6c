"""A plan that is kept with a study: what was to be shown, what was assumed, by which rule, and what came of it.

It is written once, where the plan is made, and only read afterwards: whoever asks later why there are so many images
gets the figures of then, with the version of the program that computed them.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from perception.analysis.detection.verdict_rule import D_PRIME
from perception.analysis.json_values import JsonObject
from perception.core.formatting import localized
from perception.core.json_checks import json_object, json_scalar
from perception.core.languages import in_english
from perception.versions import versions
from studies.models.observer import Observer
from studies.models.study import Study
from studies.planning import wording
from studies.planning.form import StudyPlanForm, plan_request, with_defaults
from studies.planning.links import images_in_pool, images_of_a_verdict, verdicts_of

if TYPE_CHECKING:
    from studies.planning.plan import DesignPower, Plan

MOST_SHOWN = 1000
"""Images of either truth in one study."""


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """A plan as it is stored with a study, read back.

    Attributes
    ----------
    made_on
        The day, in UTC.
    version
        Of the program.
    claim, assumptions, needed, design, power
        Sentences, or parts of them, as the page of the plan has them.
    perturbed, clean, observers, pool
        Of the design; `pool` is None where all judge the same images.
    margin
        δ of what is claimed; None where detection is planned.
    query
        The address of the plan's page, behind the question mark.
    """

    made_on: datetime
    version: str
    claim: str
    assumptions: str
    needed: str
    design: str
    power: str
    perturbed: int
    clean: int
    observers: int
    pool: int | None
    margin: float | None
    query: str

    @classmethod
    def of(cls, study: Study) -> "KeptPlan | None":
        """Return the plan of a study: of one that is open the one in its protocol, which is what was fixed."""
        return None if study.plan is None else cls.read(study.plan)

    @classmethod
    def read(cls, stored: JsonObject) -> "KeptPlan":
        """Read a stored plan.

        Raises
        ------
        KeyError, TypeError, ValueError
            It is none that this program stores.
        """
        words, figures = json_object(stored["in_words"]), json_object(stored["figures"])
        design, claim = json_object(figures["design"]), json_object(figures["claim"])
        margin = claim["margin"]
        return cls(
            made_on=datetime.fromisoformat(json_scalar(stored["made_at"], str)),
            version=json_scalar(stored["program_version"], str),
            claim=json_scalar(words["claim"], str),
            assumptions=json_scalar(words["assumptions"], str),
            needed=json_scalar(words["needed"], str),
            design=json_scalar(words["design"], str),
            power=json_scalar(words["power"], str),
            perturbed=json_scalar(design["perturbed"], int),
            clean=json_scalar(design["clean"], int),
            observers=json_scalar(design["observers"], int),
            # Plans of before there were pools do not name one.
            pool=None if design.get("pool") is None else json_scalar(design["pool"], int),
            margin=None if margin is None else json_scalar(margin, float),
            query=json_scalar(stored["query"], str),
        )

    @property
    def options(self) -> dict[str, object]:
        """The options of a study that has the plan's numbers."""
        numbers: dict[str, object] = {"n_perturbed": self.perturbed, "n_clean": self.clean, "n_subsets": 1}
        if self.pool is not None:
            numbers |= {"allocation": Study.Allocation.POOL, "pool_size": self.pool}
        return numbers if self.margin is None else {**numbers, "margin": self.margin}

    @property
    @in_english()
    def text(self) -> str:
        """The plan in one paragraph, in English as it is kept."""
        return (
            f"Planned on {date_format(self.made_on, 'j F Y')} (Perception {self.version}), to show that the change is "
            f"{self.claim}. Assumed: {self.assumptions}. {self.needed} The design planned: {self.design}; power by "
            f"formula {self.power}."
        )

    def departures(self, study: Study) -> list[str]:
        """Return how a study is otherwise than planned; of observers, people alone are counted."""
        departed = []
        perturbed, clean = images_of_a_verdict(study)
        shown = (perturbed * study.n_subsets, clean * study.n_subsets)
        each = gettext(" for each verdict") if verdicts_of(study) > 1 else ""
        # Of two images, one is perturbed in every trial: their number counts alone.
        if shown != (self.perturbed, self.clean) and not (
            study.trials.always_perturbed and sum(shown) == self.perturbed + self.clean
        ):
            planned = localized(f"{self.perturbed:,} + {self.clean:,}")
            departed.append(
                gettext("%(shown)s perturbed + %(shown2)s clean images%(each)s in the place of %(planned)s")
                % {
                    "shown": localized(f"{shown[0]:,}"),
                    "shown2": localized(f"{shown[1]:,}"),
                    "each": each,
                    "planned": planned,
                }
            )
        pool = images_in_pool(study)
        if pool != self.pool:
            departed.append(
                gettext("%(pool)s in the place of %(planned)s")
                % {"pool": _pool_text(pool), "planned": _pool_text(self.pool)}
            )
        if self.margin is not None and self.margin != study.margin:
            departed.append(
                gettext("a margin of %(margin)s in the place of %(margin2)s")
                % {"margin": localized(f"{study.margin:g}"), "margin2": localized(f"{self.margin:g}")}
            )
        invited = Observer.objects.filter(study=study, is_simulated=False).count()
        if invited and invited != self.observers:
            departed.append(
                ngettext(
                    "%(n)s observer in the place of %(planned)s", "%(n)s observers in the place of %(planned)s", invited
                )
                % {"n": invited, "planned": self.observers}
            )
        return departed


def _pool_text(pool: int | None) -> str:
    if pool is None:
        return gettext("the same images for all")
    return gettext("images of each observer’s own from a pool of %(pool)s") % {"pool": localized(f"{pool:,}")}


def departures_text(plan: KeptPlan, study: Study) -> str:
    """Say how a study is otherwise than planned; nothing where it is as planned."""
    departed = plan.departures(study)
    return gettext("The study has %(departures)s.") % {"departures": gettext("; ").join(departed)} if departed else ""


def make_kept_plan(query: str) -> JsonObject:
    """Work out the plan that an address of the page holds, as it is stored with a study.

    It loads SciPy.

    Raises
    ------
    ValidationError
        The address holds no plan, or one that no study of this program can have.
    """
    form = StudyPlanForm(with_defaults(QueryDict(query.rpartition("?")[2])))
    if not form.is_valid():
        wrong = "; ".join(f"{form[name].label}: {' '.join(map(str, errors))}" for name, errors in form.errors.items())
        raise ValidationError(gettext("The address holds no plan. %(wrong)s") % {"wrong": wrong})
    from studies.planning.plan import make_plan

    plan = make_plan(plan_request(form.cleaned_data))
    shown = plan.design_power
    if shown is None:
        raise ValidationError(
            gettext("%(needed)s A plan without a design is not kept with a study.")
            % {"needed": wording.needed_text(plan)}
        )
    if max(shown.design.perturbed, shown.design.clean) > MOST_SHOWN:
        raise ValidationError(
            gettext(
                "The plan has %(images)s images; a study shows at most %(most_shown)s perturbed and as many "
                "clean ones. Plan with more observers."
            )
            % {"images": localized(f"{shown.design.images:,}"), "most_shown": localized(f"{MOST_SHOWN:,}")}
        )
    with in_english():
        return _as_kept(plan, shown, query=form.data.urlencode() if isinstance(form.data, QueryDict) else query)


def _as_kept(plan: "Plan", shown: "DesignPower", *, query: str) -> JsonObject:
    figures: JsonObject = json.loads(json.dumps(plan.as_dict()))
    del figures["curve"]
    stored: JsonObject = {
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "program_version": versions()["perception"],
        "rule_of_equivalence": D_PRIME,
        "query": query,
        "figures": figures,
        "in_words": {
            "claim": wording.claim_text(plan),
            "assumptions": wording.assumptions_text(plan),
            "needed": wording.needed_text(plan),
            "design": wording.design_text(shown.design),
            "power": wording.power_text(shown.formula.power),
        },
    }
    return stored
