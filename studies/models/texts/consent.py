"""The consent text that a new study starts with; the researcher changes it.

Question and instructions depend on the trial type: they stand in `studies.trial_types`.
"""

from studies.trial_types import Text

CONSENT = Text(
    en="""\
Taking part is voluntary. You can withdraw at any time before your last answer, without giving a reason and without \
disadvantage; everything that you have told us is then deleted.

We record your answers, the time each answer took, and the size and resolution of your browser’s window. We do \
not record your name or your address on the network.

The answers are analysed together with those of the other observers and may be published in that form.""",
    fr="""\
La participation est volontaire. Vous pouvez vous retirer à tout moment avant votre dernière réponse, sans donner de \
raison et sans désavantage ; tout ce que vous nous aurez dit est alors supprimé.

Nous enregistrons vos réponses, le temps que chacune a demandé, ainsi que la taille et la résolution de la fenêtre de \
votre navigateur. Nous n’enregistrons ni votre nom ni votre adresse sur le réseau.

Les réponses sont analysées avec celles des autres observateurs et peuvent être publiées sous cette forme.""",
)
