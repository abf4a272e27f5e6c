"""STARD-AI: the forty items of the checklist for studies of diagnostic accuracy that use artificial intelligence.

Sounderajah et al. 2025, Nature Medicine 31:3283-3289. The *index test* is the classifier under attack, the *reference
standard* an image's diagnosis, and the *participants* are images and whom they show. The same list for the observers,
without what it asks of AI, is `studies.report.methods.stard`.
"""

from studies.report.methods.accuracy_answers import (
    accuracy_named,
    aims,
    cross_tabulation,
    estimates,
    failures_and_fairness,
    how_external_differs,
    outputs_stored,
    statistical_measures,
    variability,
)
from studies.report.methods.image_answers import (
    acquisition,
    annotated_by,
    attacked_sample,
    availability,
    diagnoses_of_attacked,
    eligible_images,
    flow_of_images,
    found,
    missing_data,
    partition_characteristics,
    preprocessing,
    reference_cut_offs,
    reference_standard,
    representative,
    series,
    sources,
    timing,
    unless_drawn,
)
from studies.report.methods.list_answers import (
    ABSTRACT,
    ADVERSE_EVENTS,
    IMPLICATIONS,
    LIMITATIONS,
    ethics,
    funding,
    protocol,
    registration,
)
from studies.report.methods.network_answers import (
    development,
    indeterminate,
    model,
    no_cut_off,
    readers_knew,
    software,
)
from studies.report.methods.reporting_list import Question, ReportingList, all_of, left_to_authors

STARD_AI = ReportingList(
    key="stard-ai",
    title="STARD-AI 2025",
    source="Sounderajah et al. 2025, Nature Medicine 31:3283–3289",
    reading="The index test is the classifier under attack, the reference standard an image’s diagnosis. Some items "
    "have several parts.",
    questions=(
        Question(
            "1",
            "Title or abstract",
            "Says that it is a study of an AI’s diagnostic accuracy, by a measure of it",
            accuracy_named,
        ),
        Question("2", "Abstract", "Structured summary", ABSTRACT),
        Question(
            "3",
            "Introduction",
            "Background; what the index test is meant for, new or established, in which workflow",
            left_to_authors("background; what the classifier is meant for, whether it is new, and in which workflow"),
        ),
        Question("4", "Introduction", "Objectives and hypotheses", aims),
        Question("5", "Methods: study design", "Prospective or retrospective", timing),
        Question(
            "6",
            "Methods: ethics",
            "Approval by an ethics committee, or why none was needed",
            ethics,
        ),
        Question("7", "Methods: participants", "Eligibility, of participants and of data, in order", eligible_images),
        Question("8", "Methods: participants", "On what basis they were identified", found),
        Question(
            "9",
            "Methods: participants",
            "Where and when",
            unless_drawn("where and when the images were taken"),
        ),
        Question("10", "Methods: participants", "Consecutive, random or convenience series", series),
        Question("11", "Methods: dataset", "Source: from routine, for the study, or from a repository", sources),
        Question("12", "Methods: dataset", "Who annotated, with which experience, and how", annotated_by),
        Question(
            "13", "Methods: dataset", "Devices that took the data; software of the test", all_of(acquisition, software)
        ),
        Question(
            "14", "Methods: dataset", "Acquisition and preprocessing, in detail", all_of(acquisition, preprocessing)
        ),
        Question("15a", "Methods: test", "Index test, so that it can be repeated", model),
        Question(
            "15b",
            "Methods: test",
            "How the index test was developed: training, validation, testing, with sample sizes",
            development,
        ),
        Question("15c", "Methods: test", "Cut-offs of the index test, and whether set beforehand", no_cut_off),
        Question(
            "15d",
            "Methods: test",
            "Who is to use the index test, with which expertise",
            left_to_authors("who is to use the classifier, with which expertise"),
        ),
        Question("16a", "Methods: test", "Reference standard, so that it can be repeated", reference_standard),
        Question(
            "16b",
            "Methods: test",
            "Why this reference standard",
            unless_drawn(
                "why this reference standard was chosen",
                drawn="What was drawn is known by construction; nothing else is",
            ),
        ),
        Question(
            "16c",
            "Methods: test",
            "Cut-offs of the reference standard, and whether set beforehand",
            reference_cut_offs,
        ),
        Question("17a", "Methods: test", "What readers of the index test knew", readers_knew),
        Question(
            "17b",
            "Methods: test",
            "What assessors of the reference standard knew",
            unless_drawn("what those who made the diagnoses knew of the patients and of a classifier’s reading"),
        ),
        Question("18", "Methods: analysis", "How accuracy was estimated and compared", statistical_measures),
        Question(
            "19",
            "Methods: analysis",
            "Indeterminate results",
            indeterminate,
        ),
        Question("20", "Methods: analysis", "Missing data", missing_data),
        Question("21", "Methods: analysis", "Analyses of variability, and whether set beforehand", variability),
        Question("22", "Methods: analysis", "Intended sample size, and why", attacked_sample),
        Question(
            "23", "Methods: analysis", "Analysis of errors; assessment of bias and fairness", failures_and_fairness
        ),
        Question("24", "Results: participants and dataset", "Flow, as a diagram", flow_of_images),
        Question(
            "25",
            "Results: participants and dataset",
            "Characteristics of training, validation and test sets",
            partition_characteristics,
        ),
        Question(
            "26a",
            "Results: participants and dataset",
            "Severity in those with the condition",
            unless_drawn("severity of the diseases shown"),
        ),
        Question("26b", "Results: participants and dataset", "Other diagnoses in those without", diagnoses_of_attacked),
        Question(
            "27",
            "Results: participants and dataset",
            "Time and treatment between index test and reference standard",
            unless_drawn("time and treatment between the taking of the image and the diagnosis"),
        ),
        Question(
            "28",
            "Results: participants and dataset",
            "Whether the condition is as frequent as where the test is to be used",
            representative,
        ),
        Question(
            "29",
            "Results: participants and dataset",
            "How data of an external evaluation differ",
            how_external_differs,
        ),
        Question("30", "Results: test", "Cross-tabulation of both", cross_tabulation),
        Question("31", "Results: test", "Accuracy with its precision", estimates),
        Question("32", "Results: test", "Adverse events", ADVERSE_EVENTS),
        Question("33", "Discussion", "Limitations: bias, uncertainty, generalisability", LIMITATIONS),
        Question("34", "Discussion", "Implications for practice", IMPLICATIONS),
        Question(
            "35",
            "Discussion",
            "Ethics of using the index test, and fairness",
            left_to_authors("ethical considerations and fairness in using the classifier"),
        ),
        Question("36", "Other information", "Registration number and registry", registration),
        Question("37", "Other information", "Where the full protocol is", protocol),
        Question("38", "Other information", "Funding, and the role of funders", funding),
        Question("39", "Other information", "Commercial interests", left_to_authors("commercial interests")),
        Question("40a", "Other information", "Whether data and code are available, and for what", availability),
        Question("40b", "Other information", "Whether outputs are stored and can be audited", outputs_stored),
    ),
)
