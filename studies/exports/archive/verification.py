"""Archive → findings: is it whole, and does every figure follow from its answers? No database is asked."""

from pathlib import Path

from perception.analysis.json_values import JsonObject
from perception.core.input_files.csv_table import CsvError
from perception.core.json_checks import json_object
from studies.answers.figures import AnswerFigures, answer_figures
from studies.answers.observations import observations_of
from studies.answers.rows import AnswerRow
from studies.design.protocol import protocol_hash
from studies.errors import StudyError
from studies.exports.answers import read_answers_csv
from studies.exports.archive import answer_checks, layout
from studies.exports.archive.changed_figures import by_their_rules, mark_changed, version_of
from studies.exports.archive.comparison import compare_figures
from studies.exports.archive.errors import ArchiveError
from studies.exports.archive.finding import Findings
from studies.exports.archive.integrity import member_problems, right_places, stimulus_problems
from studies.exports.archive.protocol_facts import (
    ArchivedRegions,
    ArchivedStimulus,
    ArchivedStudy,
    regions_of_protocol,
    stimuli_of_protocol,
    study_figures,
    study_of_protocol,
)
from studies.exports.archive.reading import OpenArchive, file_hash, open_archive


def verify_archive(path: Path) -> Findings:
    """Check an archive.

    Every byte of the file is compared with what this program writes for its members, every member with the manifest,
    the images, masks and answers with the protocol, the CSV with the JSON; then every figure that follows from the
    answers and the protocol is computed by the present program, and compared. Where each observer judged images of
    their own, these are drawn again; where observers marked a place, each mark is judged again.

    Raises
    ------
    ArchiveError
        The file is not the archive of a study, or holds what nobody should unpack; the message says what.
    """
    try:
        size = path.stat().st_size
        findings = Findings(file_hash(path))
        with path.open("rb") as file:
            archive = open_archive(file, size)
            problems = member_problems(archive, file)
            right = f"all {len(archive.manifest)} members are as the manifest says, and the file as it was written"
            findings.conclude(problems, right)
            _check_contents(archive, findings)
    except OSError as error:
        raise ArchiveError(f"it cannot be read: {error.strerror or error}") from error
    return findings


def _check_contents(archive: OpenArchive, findings: Findings) -> None:
    missing = [name for name in layout.NEEDED if name not in archive.names]
    if missing:
        findings.problems.append(f"Without {', '.join(missing)} no figure can be computed again.")
        return
    try:
        figures = _object(archive, layout.FIGURES)
        protocol = _object(archive, layout.PROTOCOL)
        rows = read_answers_csv(archive.read(layout.ANSWERS_CSV), source=layout.ANSWERS_CSV)
        study = study_of_protocol(protocol)
        _check_agreement(archive, findings, figures, protocol, rows, study)
        _compute_again(findings, figures, protocol, rows, study)
        findings.figures = mark_changed(findings.figures, _made_by(archive))
    except (ArchiveError, CsvError, StudyError) as error:
        findings.problems.append(str(error))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        # Whatever somebody has made of protocol or answers: a sentence, not a traceback.
        findings.problems.append(f"No figure can be computed from protocol and answers as they are: {error!r}.")


def _made_by(archive: OpenArchive) -> tuple[int, int, int] | None:
    """Return the version of the program that wrote the archive; None where it does not say."""
    if layout.CODE not in archive.names:
        return None
    versions = _object(archive, layout.CODE).get("versions")
    return version_of(versions.get("perception")) if isinstance(versions, dict) else None


def _object(archive: OpenArchive, name: str) -> JsonObject:
    content = archive.read_json(name)
    if not isinstance(content, dict):
        raise ArchiveError(f"{name} is not a JSON object")
    return content


def _check_agreement(
    archive: OpenArchive,
    findings: Findings,
    figures: JsonObject,
    protocol: JsonObject,
    rows: list[AnswerRow],
    study: ArchivedStudy,
) -> None:
    said, is_ = json_object(figures["study"])["protocol_sha256"], protocol_hash(protocol)
    findings.conclude(
        [] if said == is_ else [f"{layout.PROTOCOL} has the hash {is_[:16]}…, the report says {str(said)[:16]}…"],
        f"the protocol has the hash that the report says: {is_}",
    )
    stimuli = stimuli_of_protocol(protocol)
    findings.conclude(stimulus_problems(archive, stimuli), f"all {len(stimuli)} images are those of the protocol")
    findings.conclude(
        answer_checks.csv_against_json(rows, archive.read_json(layout.ANSWERS_JSON)),
        f"{layout.ANSWERS_CSV} and {layout.ANSWERS_JSON} hold the same {len(rows):,} answers",
    )
    findings.conclude(
        answer_checks.against_protocol(rows, stimuli, study), "what was shown is what the protocol says of it"
    )
    twice = answer_checks.against_the_repeats(rows, protocol)
    if study.n_repeated or twice:
        findings.conclude(twice, "what was shown twice is what the protocol says of it")
    if (regions := regions_of_protocol(protocol)) is not None:
        _check_right_places(archive, findings, rows, stimuli, regions)
    if study.adaptive_strengths:
        findings.conclude(
            answer_checks.against_the_choices(rows, study),
            "each strength is the one that the answers before it lead to",
        )
    if study.draws_from_pool:
        findings.conclude(
            answer_checks.against_the_pool(rows, protocol),
            "each observer’s images are a sequence that the seed draws from the pool",
        )


def _check_right_places(
    archive: OpenArchive,
    findings: Findings,
    rows: list[AnswerRow],
    stimuli: list[ArchivedStimulus],
    regions: ArchivedRegions,
) -> None:
    found, problems = right_places(archive, stimuli, regions)
    masks, computed = len(found.masks), len(found.computed)
    findings.conclude(
        problems, f"all {masks + computed} right places are those of the protocol, {masks} of them by masks"
    )
    findings.conclude(
        answer_checks.against_the_right_places(rows, found, radius=regions.radius),
        "every mark in a perturbed image is judged as its right place says",
    )


def _compute_again(
    findings: Findings,
    figures: JsonObject,
    protocol: JsonObject,
    rows: list[AnswerRow],
    study: ArchivedStudy,
) -> None:
    computed_again = answer_figures(study, rows)
    exclusions, again = computed_again.exclusions, _again(figures, computed_again, study)
    finished = len({row.observer for row in rows})
    findings.conclude(
        answer_checks.against_rules(rows, exclusions.rows),
        "the protocol’s rules leave out the answers that are marked so",
    )
    for name, computed in (
        ("study", study_figures(protocol)),
        ("simulated", any(row.simulated for row in rows) if rows else figures["simulated"]),
        ("flow", {"finished": finished, "excluded": len(exclusions.observers)}),
        *again.items(),
    ):
        reported = figures.get(name)
        if isinstance(computed, dict) and isinstance(reported, dict) and name in {"study", "flow"}:
            findings.taken_over += [f"{name}.{key}" for key in reported if key not in {*computed, "protocol_sha256"}]
            reported = {key: value for key, value in reported.items() if key in computed}
        findings.figures += compare_figures(reported, computed, name)
    findings.taken_over += [name for name in figures if name not in {"study", "simulated", "flow", *again}]


def _again(figures: JsonObject, computed: AnswerFigures, study: ArchivedStudy) -> JsonObject:
    """Return the figures computed again, those of changed rules by the rule that the report names."""
    again = by_their_rules(
        figures, computed.as_dict(), computed.summary, observations_of(study, computed.exclusions.kept)
    )
    others = again.get("without_exclusions")
    if computed.without_exclusions is not None and isinstance(others, dict):
        every = observations_of(study, computed.exclusions.first_showings)
        reported = figures.get("without_exclusions")
        again["without_exclusions"] = by_their_rules(reported, others, computed.without_exclusions, every)
    return again
