"""What a fooling ratio is a share of, in words: it depends on whether the attack has a target class."""

from django.utils.translation import gettext

from ml.evaluation.stored_table import OverallFigures
from perception.core.formatting import percent


def fooling_sentence(overall: OverallFigures, target: str | None) -> str:
    """Return the fooling ratio with what it is of, and that of the images which the attack had to change."""
    main, other = percent(overall.fooling_ratio), overall.fooling_ratio_of_others
    if target is None:
        told = gettext("%(main)s of all images are read as another class than before") % {"main": main}
        return (
            told
            if other is None
            else gettext("%(told)s; %(other)s of those that were read rightly")
            % {"told": told, "other": percent(other)}
        )
    told = gettext("%(main)s of the images not of class %(target)s") % {"main": main, "target": target}
    return (
        told
        if other is None
        else gettext("%(told)s; %(other)s of those that were not read as %(target)s before")
        % {"told": told, "other": percent(other), "target": target}
    )
