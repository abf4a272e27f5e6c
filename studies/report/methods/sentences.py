"""What a methods paragraph says of each method that a figure may name: a sentence, and what it cites.

A method is known by a pattern in the name that the figure's `method` holds. Where several methods are in one name (a
difference, and the intervals of the shares that it is of), each has its sentence.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MethodSentence:
    """One sentence; `[key, key]` in it cites publications of `studies.report.methods.references`."""

    pattern: str
    """A regular expression for the figure's `method`."""
    text: str

    def fits(self, method: str) -> bool:
        """Whether a figure's `method` is this one."""
        return re.search(self.pattern, method) is not None


SENTENCES = (
    MethodSentence(
        r"^clustered by image \(Obuchowski 1998\)",
        "Because several observers judged the same images, pooled shares have intervals clustered by image "
        "[obuchowski1998, rao]: Wilson’s interval [wilson] at the effective sample size, with the quantile of t; they "
        "speak of these observers and of images like these.",
    ),
    MethodSentence(
        "Clopper–Pearson on images",
        "Where all answers of a pooled share were alike, its interval is Clopper and Pearson’s on the number of images "
        "[clopper].",
    ),
    MethodSentence(
        r"both random \(two-way\), Wilson",
        "For observers other than these, the variance of pooled shares has images and observers both random (two-way: "
        "that of images plus that of observers less that of single answers) with Satterthwaite’s degrees of freedom "
        "[satterthwaite].",
    ),
    MethodSentence(r"^Wilson(,|$)", "Shares of single observers have Wilson’s score interval [wilson]."),
    MethodSentence(r"^Wald$", "Shares of single observers have Wald intervals."),
    MethodSentence(
        "answers taken as independent",
        "For comparison with earlier studies [allyn], pooled shares are also given with Wald intervals that take all "
        "answers as independent.",
    ),
    MethodSentence(r"^Clopper–Pearson(,|$)", "Shares have Clopper and Pearson’s exact interval [clopper]."),
    MethodSentence("Agresti–Coull", "Shares have Agresti and Coull’s interval [agresti]."),
    MethodSentence("Jeffreys", "Shares have Jeffreys’ interval [brown]."),
    MethodSentence(
        r"^log-linear correction \(Hautus 1995\)",
        "d′ and criterion [green, macmillan] of single observers have the log-linear correction [hautus], whatever "
        "their counts, and Gourevitch and Galanter’s variance [gourevitch].",
    ),
    MethodSentence(
        "yes/no index of same or different",
        "The d′ of same or different is an index by the yes/no formula; by the differencing model the same answers "
        "mean a larger d′ [macmillan].",
    ),
    MethodSentence(
        "^two-alternative forced choice",
        "The d′ of choices between two images is √2 times the standard normal quantile of the share right, with an "
        "interval by the delta method [macmillan].",
    ),
    MethodSentence(
        "difference of independent shares",
        "Differences of shares have Newcombe’s interval (method 10) [newcombe], of clustered shares after Zou and "
        "Donner [zou].",
    ),
    MethodSentence(
        "kappa pooled over observers",
        "Agreement within observers [grras] is kappa of first and second answers, observed agreement and that expected "
        "by chance being pooled over observers [devries]; what is expected follows from answers of one observer to "
        "different images.",
    ),
    MethodSentence("^quadratic weights, kappa pooled", "Of ratings it has quadratic weights [cohen1968]."),
    MethodSentence(
        r"both random \(two-way\), linearised",
        "Intervals of what was shown twice have images and observers both random: variances of the linearised figure "
        "by images, observers and pairs of answers [efron, cameron], with Satterthwaite’s degrees of freedom "
        "[satterthwaite].",
    ),
    MethodSentence(
        "of pooled rates with the log-linear correction",
        "How d′ and criterion changed from the first showing to the second is estimated from the answers of all "
        "observers together, with the log-linear correction [hautus].",
    ),
    MethodSentence(
        "Cohen's kappa",
        "Agreement of two observers is Cohen’s kappa [cohen] with the standard error of Fleiss, Cohen and Everitt "
        "[fleiss1969].",
    ),
    MethodSentence(
        "Holm 1979", "The p-values of the pairs of observers are adjusted for their number after Holm [holm]."
    ),
    MethodSentence(
        "Fleiss' kappa",
        "Agreement of all observers is Fleiss’ kappa [fleiss1971], with Gwet’s standard error and t [gwet2014].",
    ),
    MethodSentence(
        "Gwet's AC1", "Gwet’s AC1 [gwet2008], which is less moved by how often each answer is given, stands beside it."
    ),
    MethodSentence(
        "Krippendorff's alpha",
        "Krippendorff’s alpha [krippendorff] is given with Gwet’s standard error [gwet2014].",
    ),
    MethodSentence(
        "^DeLong 1988$",
        "Areas under ROC curves, in the fixed direction in which a higher rating means “perturbed”, have DeLong’s "
        "variance [delong].",
    ),
    MethodSentence(
        "mean of the observers' areas",
        "The mean of the observers’ areas is clustered by image, for these observers.",
    ),
    MethodSentence(
        "Obuchowski & Rockette 1995",
        "For observers other than these the interval of the mean area is Obuchowski and Rockette’s, with observers and "
        "images random [obuchowski1995] and Hillis’ degrees of freedom [hillis].",
    ),
    MethodSentence(
        r"^paired difference, Obuchowski–Rockette .*DeLong .*observers and images random",
        "Two attacks that the same observers judged are compared by the analysis of variance of Obuchowski and "
        "Rockette [obuchowski1995], with observers and images random, DeLong’s covariances [delong] and Hillis’ "
        "degrees of freedom [hillis, hillis2014]; where shares are compared, they are its figure of merit in place of "
        "the area [hillis2005, chen].",
    ),
    MethodSentence(
        r"^paired difference, .*jackknife",
        "Beside it stands the same analysis with covariances by the jackknife over images.",
    ),
    MethodSentence(
        r"^paired difference, .*images random, these observers",
        "For these observers alone, two attacks are compared by its test for fixed observers, with χ² [hillis2005].",
    ),
    MethodSentence(
        r"^paired difference, analysis of variance of the observers",
        "For these images alone, two attacks are compared by the paired t-test of the observers’ figures.",
    ),
    MethodSentence(
        r"^difference of groups: .*observers and images random",
        "Groups of observers are compared by the means of their observers’ figures, with observers nested in groups "
        "and images crossed with both: Obuchowski and Rockette’s model for observers of one group each "
        "[obuchowski1995b, hillis2014], with each group’s own variance between observers, DeLong’s covariances "
        "[delong] over the images that both judged, and Satterthwaite’s degrees of freedom [satterthwaite].",
    ),
    MethodSentence(
        r"^difference of groups: .*these observers",
        "Groups of too few observers for that, or whose observers happen to be more alike than their answers allow, "
        "are compared for these observers, by the variance that images bring about.",
    ),
    MethodSentence(
        r"^each group alone: ", "The figures of each group have the interval of the same model for that group alone."
    ),
    MethodSentence(
        r"^each alone, ", "The figures of each attack have the interval that follows from the answers to it alone."
    ),
    MethodSentence(
        "one-shot U-statistic of Gallas 2006",
        "Where not every observer rated every image, the mean area for observers other than these has Gallas’ one-shot "
        "variance, with observers and images random [gallas, gallas2008], and Satterthwaite’s degrees of freedom "
        "[satterthwaite].",
    ),
    MethodSentence(
        "no narrower than for these observers",
        "Its interval is no narrower than that for these observers.",
    ),
    MethodSentence(
        r"empirical Bayes, beta-binomial",
        "Images that different numbers of observers judged are ranked by shares that are drawn towards that of all "
        "images, the more the fewer observers judged them (empirical Bayes, beta-binomial [kleinman, casella]).",
    ),
    MethodSentence(
        "median, order statistics",
        "Response times are medians, with intervals of order statistics that hold at least their level [conover].",
    ),
    MethodSentence(
        "^mean d′ of these observers",
        "d′ of the group is the mean of the observers’ own, each from rates with 0.4 answers added to either side, so "
        "that differences of criterion do not draw it to 0; its interval has variances clustered by image and t, for "
        "these observers [satterthwaite].",
    ),
    MethodSentence(
        "^mean d′, images and observers both random",
        "For observers other than these the variance of that mean has images and observers both random, with t.",
    ),
    MethodSentence(
        "mean of sensitivity and specificity, clustered by image",
        "Balanced accuracy, the mean of sensitivity and specificity, has a 90% interval from variances clustered by "
        "image, for these observers.",
    ),
    MethodSentence(
        "mean of sensitivity and specificity, images and observers both random",
        "For observers other than these the variance of balanced accuracy has images and observers both random, with "
        "t.",
    ),
    MethodSentence(
        "share right, clustered by image",
        "The share right has, against chance, a 90% interval from a variance clustered by image, for these observers.",
    ),
    MethodSentence(
        "share right, images and observers both random",
        "For observers other than these the variance of the share right has images and observers both random, with t.",
    ),
    MethodSentence(
        r"^mean grade clustered by image",
        "The mean grade of perturbed test images beside their references is the DMOS of degradation category rating "
        "[p910]; its interval is clustered by image [obuchowski1998] for these observers, with Wilson’s limits "
        "[wilson] on the scale from 1 to 5 and the quantile of t.",
    ),
    MethodSentence(
        r"^mean grade, images and observers both random",
        "For observers other than these, its variance has images and observers both random (two-way) with "
        "Satterthwaite’s degrees of freedom [satterthwaite].",
    ),
    MethodSentence(
        "on images, on the scale from 1 to 5",
        "Where all grades were alike, the interval of their mean is Clopper and Pearson’s on the number of images "
        "[clopper], on the scale.",
    ),
    MethodSentence(
        r"^difference of mean grades clustered by image",
        "The difference of the mean grades of perturbed images and hidden references has an interval by t, clustered "
        "by image [obuchowski1998].",
    ),
    MethodSentence(
        r"^difference of mean grades, images and observers both random",
        "For observers other than these, the errors of both means are summed by observer, with images and observers "
        "both random [satterthwaite].",
    ),
    MethodSentence(
        r"\(ITU-T P.910\)$",
        "Mean grades of single images have the interval of t over observers [p910].",
    ),
    MethodSentence(
        r"^area under the LROC curve",
        "Marked places are told by the localization receiver operating characteristic, LROC [starr1975]: the area "
        "under its curve is estimated without a model, a perturbed image marked at a wrong place standing below every "
        "other [popescu2007], with the covariances of its U-statistics [wunderlich2012] in the analyses that areas "
        "under ROC curves have.",
    ),
    MethodSentence(
        "median, clustered by image",
        "Median response times of all observers have Woodruff’s interval [woodruff], clustered by image, for these "
        "observers.",
    ),
    MethodSentence(
        "on log strength, maximum likelihood",
        "Detection against strength is a psychometric function of the logarithm of strength, fitted by maximum "
        "likelihood with guess and lapse rates [wichmann, finney]; thresholds have Fieller’s intervals [fieller].",
    ),
    MethodSentence(
        "^posterior over a grid of threshold, slope",
        "Each observer’s threshold and slope are posterior means over a grid of threshold, slope, lapse rate and share "
        "of false alarms (½ of two images) with uniform priors [watson], with equal-tailed 95% credible intervals.",
    ),
    MethodSentence(
        "^mean of observers’ posterior means of log₂",
        "Threshold and slope of observers like these are the means of their posterior means on a logarithmic scale, "
        "with intervals by t over observers.",
    ),
    MethodSentence(
        "on log₂ strength, maximum likelihood, Wald", "Slopes of the psychometric function have Wald intervals."
    ),
    MethodSentence(
        "^Spearman’s ρ; Fisher z, jackknife",
        "Measures of the change are compared by Spearman’s rank correlation with the share of observers who noticed "
        "each image pair; intervals are on Fisher’s z with the jackknife over images and observers [efron, bonett].",
    ),
    MethodSentence(
        "^jackknife of images and observers, t",
        "Differences between such correlations have the jackknife’s variance over images and observers, with t.",
    ),
    MethodSentence("deviance, χ²", "The fit of one observer’s psychometric function is tested by the deviance."),
    MethodSentence(
        "deviance over the mean design effect",
        "The fit of the psychometric function of several observers is tested by the deviance over the mean design "
        "effect [rao1984].",
    ),
    MethodSentence(
        "odds ratio of a right answer, last trial to first",
        "Learning over the session is told by the shares of right answers in the thirds of the series and by a "
        "logistic regression on the position, whose odds ratio is that of the last trial to the first.",
    ),
)
"""In the order in which the paragraph says them."""
