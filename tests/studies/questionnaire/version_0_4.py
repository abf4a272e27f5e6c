"""What version 0.4.0 took as a questionnaire: its rules, kept to compare with."""

import re

_NUMBER = re.compile(r"(?:number|nombre)\s+(\d{1,6})\s*(?:-|–|to|à)\s*(\d{1,6})")

Asked = tuple[str, bool, int, int, tuple[str, ...]]
"""Text, whether an answer is required, the least and greatest number, the choices."""


def parse(text: str) -> list[Asked] | None:
    """Return the questions; None where it refused the text."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    questions = [_question(line) for line in lines]
    told = [question for question in questions if question]
    if len(lines) > 30 or len(told) < len(lines) or len({question[0] for question in told}) < len(told):
        return None
    return told


def _question(line: str) -> Asked | None:
    text, colon, answers = line.removesuffix("*").rpartition(":")
    text, answers = text.strip(), answers.strip()
    if len(line) > 300 or not (colon and text and answers):
        return None
    required = line.endswith("*")
    if number := _NUMBER.fullmatch(answers):
        lowest, highest = int(number[1]), int(number[2])
        return (text, required, lowest, highest, ()) if lowest < highest else None
    choices = tuple(choice.strip() for choice in answers.split("|"))
    fits = len(choices) > 1 and "" not in choices and len(set(choices)) == len(choices)
    return (text, required, 0, 0, choices) if fits else None
