"""An attack from the database: its family, and whether its parts are there."""

from django.utils.translation import gettext

from ml.attacks import ATTACKS, AttackMethod
from ml.classifiers.weights import read_weights
from ml.errors import MlError
from ml.models import Attack


def method_of(attack: Attack) -> AttackMethod:
    """Return the attack's family.

    Raises
    ------
    MlError
        This version of the program has none of that name.
    """
    if attack.is_elsewhere:
        raise MlError(
            gettext(
                "The attack %(name)s was made elsewhere (%(made_by)s): nothing here perturbs as it does. Bring "
                "further pairs of it in with `manage.py import_pairs`."
            )
            % {"name": attack.name, "made_by": attack.made_by}
        )
    if attack.kind not in ATTACKS:
        raise MlError(
            gettext(
                "The attack %(name)s is of the kind %(kind)s, which this version does not know. It knows %(listed)s."
            )
            % {"name": attack.name, "kind": repr(attack.kind), "listed": ", ".join(ATTACKS)}
        )
    return ATTACKS[attack.kind]


def check_attack(attack: Attack) -> None:
    """Refuse an attack whose parts are not there, before any long work.

    Raises
    ------
    MlError
        Its weights, or the classifier's that it asks, are gone or damaged.
    """
    method = method_of(attack)
    if method.learns:
        read_weights(attack)
    if method.asks_classifier:
        read_weights(attack.attacked_classifier)
