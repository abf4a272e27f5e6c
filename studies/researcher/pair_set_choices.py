"""Image pairs to choose from, put together by dataset and by the attack that made them."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.models import ModelChoiceIterator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from ml.attacks.stored_options import setting_text, unusual_settings
from ml.attacks.wording import attack_words
from ml.models.pair_set import PairSet
from ml.pages.option_table import option_title
from perception.core.formatting import localized
from studies.models.pair_sets.attack_arms import facets_of


class PairSetsField(forms.ModelMultipleChoiceField[PairSet]):
    """Some of the image pairs that are offered."""

    def clean(self, value: Any) -> models.QuerySet[PairSet]:
        """Return those that were chosen; refuse a number that no row can have as one that none has."""
        try:
            return super().clean(value)
        except OverflowError as error:  # Django looks at one number for this, and not at a list of them
            raise ValidationError(self.error_messages["invalid_list"], code="invalid_list") from error


class PairSetsByAttack(ModelChoiceIterator[PairSet]):
    """The choices of a field, a group for each attack: those of one group differ in strength alone."""

    def __iter__(self) -> Iterator[Any]:
        """Go through the groups, each with its heading and its choices."""
        pair_sets = self.queryset.select_related("dataset", "attack__classifier")
        in_order = sorted(pair_sets, key=lambda pair_set: (_group(pair_set), pair_set.strength, pair_set.pk))
        for _, of_attack in groupby(in_order, key=_group):
            together = list(of_attack)
            yield _heading(together[0]), [self.choice(pair_set) for pair_set in together]


def pair_set_label(pair_set: PairSet) -> SafeString:
    """Return what stands beside a choice; a reader of screens is told the group with each."""
    said = {"name": pair_set.name, "strength": localized(f"{pair_set.strength:g}")}
    return format_html(
        '{}<span class="visually-hidden">, {}</span>',
        gettext("%(name)s: strength %(strength)s") % said,
        _heading(pair_set),
    )


def _group(pair_set: PairSet) -> tuple[str, ...]:
    return (pair_set.dataset.name, *facets_of(pair_set.attack).values(), pair_set.split, f"{pair_set.image_size:05}")


def _heading(pair_set: PairSet) -> str:
    unusual = unusual_settings(pair_set.attack).items()
    settings = "".join(f", {option_title(name).lower()} {setting_text(value)}" for name, value in unusual)
    return gettext("%(dataset)s, %(split)s images of %(side)s pixels: %(attack)s") % {
        "dataset": pair_set.dataset.name,
        "split": gettext(pair_set.split),
        "side": pair_set.image_size,
        "attack": attack_words(pair_set.attack) + settings,
    }
