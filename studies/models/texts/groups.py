"""The groups of observers that a study compares: a text with one a line."""

from django.utils.translation import gettext

from studies.errors import StudyError

LONGEST_GROUP = 60  # characters
MOST_GROUPS = 20


def parse_groups(text: str) -> tuple[str, ...]:
    """Return the names of groups, in their order; none of a text without lines.

    Raises
    ------
    StudyError
        One group alone, more than `MOST_GROUPS`, or a name that is too long or stands twice.
    """
    names = tuple(" ".join(line.split()) for line in text.splitlines() if line.strip())
    if len(names) == 1:
        raise StudyError(gettext("One group alone is no group: name two or more, one a line, or none."))
    if len(names) > MOST_GROUPS:
        raise StudyError(
            gettext("At most %(most)d groups can be compared; these are %(n)d.")
            % {"most": MOST_GROUPS, "n": len(names)}
        )
    for place, name in enumerate(names):
        if len(name) > LONGEST_GROUP:
            raise StudyError(
                gettext("The group “%(name)s…” has more than %(longest)d characters.")
                % {"name": name[:20], "longest": LONGEST_GROUP}
            )
        if name.casefold() in (other.casefold() for other in names[:place]):
            raise StudyError(gettext("The group “%(name)s” stands twice.") % {"name": name})
    return names
