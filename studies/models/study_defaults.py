"""The texts that a new study starts with; the researcher changes them."""

QUESTION = "Was this image changed?"

INSTRUCTIONS = """\
You will see a series of dermatoscopic images, one at a time. Some were changed by a computer program; the others \
were not.

For each image, say whether it was changed (“perturbed”) or not (“clean”). Take the time you need. If you are not \
sure, say what seems more likely to you: every image needs an answer, and an answer cannot be taken back.

You can close the page at any time and go on later with the same link."""

CONSENT_TEXT = """\
Taking part is voluntary. You can withdraw at any time, without giving a reason and without disadvantage; your \
answers are then deleted.

We record your answers, the time each answer took, and the size and resolution of your browser’s window. We do \
not record your name or your address on the network.

The answers are analysed together with those of the other observers and may be published in that form."""
