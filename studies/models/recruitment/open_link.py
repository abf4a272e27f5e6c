"""A link for everybody: whoever opens it and consents becomes an observer, as long as there are places."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy

from studies.models.recruitment.recruiter import CONVENTIONS, Recruiter
from studies.models.study import Study
from studies.models.texts.groups import LONGEST_GROUP
from studies.tokens import new_token

MOST_PLACES = 5_000
LONGEST_PARAMETER = 60


class OpenLink(models.Model):
    """One link that is given to many, with its places and what its recruiter asks for."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="open_links")
    number = models.PositiveSmallIntegerField(editable=False, help_text="counts the study's links, from 1")
    name = models.CharField(
        gettext_lazy("name"),
        max_length=60,
        help_text=gettext_lazy(
            "For you and your colleagues, such as “Prolific, United Kingdom”. Observers do not see it."
        ),
    )
    token = models.CharField(max_length=22, unique=True, default=new_token, editable=False)
    group = models.CharField(
        gettext_lazy("group"),
        max_length=LONGEST_GROUP,
        blank=True,
        help_text=gettext_lazy("To which group whoever comes by this link belongs."),
    )
    recruiter = models.CharField(
        gettext_lazy("who sends people"), max_length=20, choices=Recruiter.choices, default=Recruiter.NONE
    )
    id_parameter = models.CharField(
        gettext_lazy("parameter with the person’s id"),
        max_length=LONGEST_PARAMETER,
        blank=True,
        help_text=gettext_lazy("In the address by which people arrive. Empty: that of the recruiter."),
    )
    further_parameters = models.CharField(
        gettext_lazy("further parameters to keep"),
        max_length=300,
        blank=True,
        help_text=gettext_lazy("Names, with commas between. They are kept with the id, and deleted with it."),
    )
    completion_code = models.CharField(gettext_lazy("code for whoever finishes"), max_length=100, blank=True)
    completion_url = models.CharField(
        gettext_lazy("address for whoever finishes"),
        max_length=500,
        blank=True,
        help_text=gettext_lazy(
            "As the recruiter gives it. In it, {code} stands for the code, {id} for the person’s id, and each further "
            "parameter for its value in the same way; SONA’s XXXX is the id too. Empty: that of the recruiter, if it "
            "has one."
        ),
    )
    screen_out_code = models.CharField(gettext_lazy("code for whoever is screened out"), max_length=100, blank=True)
    screen_out_url = models.CharField(gettext_lazy("address for whoever is screened out"), max_length=500, blank=True)
    full_code = models.CharField(gettext_lazy("code for whoever finds all places taken"), max_length=100, blank=True)
    full_url = models.CharField(gettext_lazy("address for whoever finds all places taken"), max_length=500, blank=True)
    earlier_studies = models.ManyToManyField(
        Study,
        related_name="+",
        blank=True,
        verbose_name=gettext_lazy("turn away whoever took part in"),
        help_text=gettext_lazy(
            "People are recognised by their id at the same recruiter, as long as the earlier study keeps the ids."
        ),
    )
    deadline = models.DateTimeField(
        gettext_lazy("closes on"),
        null=True,
        blank=True,
        help_text=gettext_lazy("UTC. Nobody can begin after it; whoever has begun can finish. Empty: with the study."),
    )
    revoked_at = models.DateTimeField(null=True, editable=False, help_text="nobody can begin by it any more")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """In the order in which they were made."""

        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["study", "number"], name="open_link_number_once_a_study"),
            models.UniqueConstraint(fields=["study", "name"], name="open_link_name_once_a_study"),
            models.CheckConstraint(condition=~models.Q(name=""), name="open_link_has_a_name"),
            models.CheckConstraint(
                condition=models.Q(recruiter__in=Recruiter.values), name="open_link_recruiter_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(recruiter=Recruiter.OWN) | ~models.Q(id_parameter=""),
                name="open_link_of_ones_own_names_the_id",
            ),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name

    @property
    def asks_id(self) -> bool:
        """Whether people come with an id of their recruiter."""
        return self.recruiter != Recruiter.NONE

    @property
    def person_parameter(self) -> str:
        """The parameter that holds the id; empty where none is asked for."""
        if not self.asks_id:
            return ""
        convention = CONVENTIONS.get(self.recruiter)
        return self.id_parameter or (convention.id_parameter if convention else "")

    @property
    def kept_parameters(self) -> tuple[str, ...]:
        """The parameters that are kept beside the id."""
        if not self.asks_id:
            return ()
        convention = CONVENTIONS.get(self.recruiter)
        named = tuple(name.strip() for name in self.further_parameters.split(",") if name.strip())
        return named or (convention.further_parameters if convention else ())

    def is_over(self, now: dt.datetime) -> bool:
        """Whether nobody can begin by it any more, whatever the study's state."""
        return self.revoked_at is not None or (self.deadline is not None and self.deadline <= now)
