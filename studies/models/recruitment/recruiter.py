"""Where people come from who open a link for everybody: what their address says, and how they go back."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy


class Recruiter(models.TextChoices):
    """Who sends people to an open link."""

    NONE = "none", gettext_lazy("nobody: whoever has the link takes part")
    PROLIFIC = "prolific", "Prolific"
    SONA = "sona", "SONA"
    MTURK = "mturk", "Amazon Mechanical Turk"
    CONNECT = "connect", "CloudResearch Connect"
    OWN = "own", gettext_lazy("another one: parameters of your own")


@dataclass(frozen=True, slots=True)
class Convention:
    """What a recruiter puts into the address, and the address to which it wants people to return.

    Attributes
    ----------
    id_parameter
        The parameter that names the person; the same person comes with the same value.
    further_parameters
        What else the address says: of the task, or of this visit.
    placeholders
        What the recruiter replaces by the values, in the order of the parameters, `id_parameter` first.
    return_address
        Where people return to with a code, in the place of `{code}`; empty where the recruiter gives an address for
        each study, or where people type the code.
    preview_value
        What a parameter holds where somebody only looks at the task.
    by_script
        Whether the recruiter fills in no address, and tells the parameters to its own page alone, where a script hands
        them on.
    """

    id_parameter: str
    further_parameters: tuple[str, ...]
    placeholders: tuple[str, ...]
    return_address: str = ""
    preview_value: str = ""
    by_script: bool = False

    @property
    def parameters(self) -> tuple[str, ...]:
        """All parameters, that of the person first."""
        return (self.id_parameter, *self.further_parameters)


CONVENTIONS: dict[str, Convention] = {
    Recruiter.PROLIFIC: Convention(
        "PROLIFIC_PID",
        ("STUDY_ID", "SESSION_ID"),
        ("{{%PROLIFIC_PID%}}", "{{%STUDY_ID%}}", "{{%SESSION_ID%}}"),
        return_address="https://app.prolific.com/submissions/complete?cc={code}",
    ),
    # SONA's own documentation calls the parameter as each survey program wants it, and fills in %SURVEY_CODE%.
    Recruiter.SONA: Convention("survey_code", (), ("%SURVEY_CODE%",)),
    Recruiter.MTURK: Convention(
        "workerId",
        ("assignmentId", "hitId"),
        ("${workerId}", "${assignmentId}", "${hitId}"),
        preview_value="ASSIGNMENT_ID_NOT_AVAILABLE",
        by_script=True,
    ),
    Recruiter.CONNECT: Convention(
        "participantId",
        ("assignmentId", "projectId"),
        ("{{participantId}}", "{{assignmentId}}", "{{projectId}}"),
    ),
}
"""Of the recruiters that are known; of one's own, the link names its parameters."""
