"""The publications that a report may cite, by key."""

REFERENCES: dict[str, str] = {
    "agresti": "Agresti A, Coull BA. Approximate is better than “exact” for interval estimation of binomial "
    "proportions. The American Statistician 1998;52:119–126.",
    "allyn": "Allyn J, Allou N, Vidal C, Renou A, Ferdynus C. Adversarial attack on deep learning-based dermatoscopic "
    "image recognition systems: risk of misdiagnosis due to undetectable image perturbations. Medicine 2020;"
    "99(50):e23568.",
    "andersson": "Andersson P, Nilsson J, Akenine-Möller T, Oskarsson M, Åström K, Fairchild MD. FLIP: a difference "
    "evaluator for alternating images. Proceedings of the ACM on Computer Graphics and Interactive Techniques 2020;"
    "3(2):15.",
    "bonett": "Bonett DG, Wright TA. Sample size requirements for estimating Pearson, Kendall and Spearman "
    "correlations. Psychometrika 2000;65:23–28.",
    "brown": "Brown LD, Cai TT, DasGupta A. Interval estimation for a binomial proportion. Statistical Science 2001;"
    "16:101–133.",
    "bt500": "International Telecommunication Union. Recommendation ITU-R BT.500-14: Methodologies for the subjective "
    "assessment of the quality of television images. Geneva: ITU; 2019.",
    "cameron": "Cameron AC, Gelbach JB, Miller DL. Robust inference with multiway clustering. Journal of Business & "
    "Economic Statistics 2011;29:238–249.",
    "casella": "Casella G. An introduction to empirical Bayes data analysis. The American Statistician 1985;39:83–87.",
    "chen": "Chen W, Wunderlich A, Petrick N, Gallas BD. Multireader multicase reader studies with binary agreement "
    "data: simulation, analysis, validation, and sizing. Journal of Medical Imaging 2014;1:031011.",
    "claim": "Tejani AS, Klontzas ME, Gatti AA, et al. Checklist for artificial intelligence in medical imaging "
    "(CLAIM): 2024 update. Radiology: Artificial Intelligence 2024;6(4):e240300.",
    "clopper": "Clopper CJ, Pearson ES. The use of confidence or fiducial limits illustrated in the case of the "
    "binomial. Biometrika 1934;26:404–413.",
    "cohen": "Cohen J. A coefficient of agreement for nominal scales. Educational and Psychological Measurement 1960;"
    "20:37–46.",
    "cohen1968": "Cohen J. Weighted kappa: nominal scale agreement with provision for scaled disagreement or partial "
    "credit. Psychological Bulletin 1968;70:213–220.",
    "conover": "Conover WJ. Practical Nonparametric Statistics. 3rd ed. New York: Wiley; 1999.",
    "croce": "Croce F, Hein M. Reliable evaluation of adversarial robustness with an ensemble of diverse "
    "parameter-free attacks. International Conference on Machine Learning; 2020:2206–2216.",
    "delong": "DeLong ER, DeLong DM, Clarke-Pearson DL. Comparing the areas under two or more correlated receiver "
    "operating characteristic curves: a nonparametric approach. Biometrics 1988;44:837–845.",
    "devries": "De Vries H, Elliott MN, Kanouse DE, Teleki SS. Using pooled kappa to summarize interrater agreement "
    "across many items. Field Methods 2008;20:272–282.",
    "efron": "Efron B. The Jackknife, the Bootstrap and Other Resampling Plans. Philadelphia: SIAM; 1982.",
    "fieller": "Fieller EC. Some problems in interval estimation. Journal of the Royal Statistical Society, Series B "
    "1954;16:175–185.",
    "finney": "Finney DJ. Probit Analysis. 3rd ed. Cambridge: Cambridge University Press; 1971.",
    "fleiss1969": "Fleiss JL, Cohen J, Everitt BS. Large sample standard errors of kappa and weighted kappa. "
    "Psychological Bulletin 1969;72:323–327.",
    "fleiss1971": "Fleiss JL. Measuring nominal scale agreement among many raters. Psychological Bulletin 1971;"
    "76:378–382.",
    "gallas": "Gallas BD. One-shot estimate of MRMC variance: AUC. Academic Radiology 2006;13:353–362.",
    "gallas2008": "Gallas BD, Brown DG. Reader studies for validation of CAD systems. Neural Networks 2008;21:387–397.",
    "goodfellow": "Goodfellow IJ, Shlens J, Szegedy C. Explaining and harnessing adversarial examples. International "
    "Conference on Learning Representations; 2015.",
    "gourevitch": "Gourevitch V, Galanter E. A significance test for one parameter isosensitivity functions. "
    "Psychometrika 1967;32:25–33.",
    "green": "Green DM, Swets JA. Signal Detection Theory and Psychophysics. New York: Wiley; 1966.",
    "grras": "Kottner J, Audigé L, Brorson S, et al. Guidelines for reporting reliability and agreement studies "
    "(GRRAS) were proposed. Journal of Clinical Epidemiology 2011;64:96–106.",
    "gwet2008": "Gwet KL. Computing inter-rater reliability and its variance in the presence of high agreement. "
    "British Journal of Mathematical and Statistical Psychology 2008;61:29–48.",
    "gwet2014": "Gwet KL. Handbook of Inter-Rater Reliability. 4th ed. Gaithersburg: Advanced Analytics; 2014.",
    "hautus": "Hautus MJ. Corrections for extreme proportions and their biasing effects on estimated values of d′. "
    "Behavior Research Methods, Instruments, & Computers 1995;27:46–51.",
    "hillis": "Hillis SL. A comparison of denominator degrees of freedom methods for multiple observer ROC analysis. "
    "Statistics in Medicine 2007;26:596–619.",
    "hillis2005": "Hillis SL, Obuchowski NA, Schartz KM, Berbaum KS. A comparison of the Dorfman–Berbaum–Metz and "
    "Obuchowski–Rockette methods for receiver operating characteristic (ROC) data. Statistics in Medicine 2005;"
    "24:1579–1607.",
    "hillis2014": "Hillis SL. A marginal-mean ANOVA approach for analyzing multireader multicase radiological imaging "
    "data. Statistics in Medicine 2014;33:330–360.",
    "holm": "Holm S. A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 1979;"
    "6:65–70.",
    "iso29170": "ISO/IEC 29170-2:2015. Information technology – Advanced image coding and evaluation – Part 2: "
    "Evaluation procedure for nearly lossless coding. Geneva: International Organization for Standardization; 2015.",
    "kleinman": "Kleinman JC. Proportions with extraneous variance: single and independent samples. Journal of the "
    "American Statistical Association 1973;68:46–54.",
    "krippendorff": "Hayes AF, Krippendorff K. Answering the call for a standard reliability measure for coding data. "
    "Communication Methods and Measures 2007;1:77–89.",
    "li": "Li Q, Joo SJ, Yeatman JD, Reinecke K. Controlling for participants’ viewing distance in large-scale, "
    "psychophysical online experiments using a virtual chinrest. Scientific Reports 2020;10:904.",
    "luo": "Luo C, Lin Q, Xie W, Wu B, Xie J, Shen L. Frequency-driven imperceptible adversarial attack on semantic "
    "similarity. IEEE/CVF Conference on Computer Vision and Pattern Recognition; 2022:15315–15324.",
    "macmillan": "Macmillan NA, Creelman CD. Detection Theory: A User’s Guide. 2nd ed. Mahwah: Erlbaum; 2005.",
    "madry": "Madry A, Makelov A, Schmidt L, Tsipras D, Vladu A. Towards deep learning models resistant to adversarial "
    "attacks. International Conference on Learning Representations; 2018.",
    "mantiuk": "Mantiuk RK, Hanji P, Ashraf M, Asano Y, Chapiro A. ColorVideoVDP: a visual difference predictor for "
    "image, video and display distortions. ACM Transactions on Graphics 2024;43:129.",
    "mcnemar": "McNemar Q. Note on the sampling error of the difference between correlated proportions or percentages. "
    "Psychometrika 1947;12:153–157.",
    "newcombe": "Newcombe RG. Interval estimation for the difference between independent proportions: comparison of "
    "eleven methods. Statistics in Medicine 1998;17:873–890.",
    "obuchowski1995": "Obuchowski NA, Rockette HE. Hypothesis testing of diagnostic accuracy for multiple readers and "
    "multiple tests: an ANOVA approach with dependent observations. Communications in Statistics – Simulation and "
    "Computation 1995;24:285–308.",
    "obuchowski1995b": "Obuchowski NA. Multireader, multimodality receiver operating characteristic curve studies: "
    "hypothesis testing and sample size estimation using an analysis of variance approach with dependent observations. "
    "Academic Radiology 1995;2(Suppl 1):S22–S29.",
    "obuchowski1998": "Obuchowski NA. On the comparison of correlated proportions for clustered data. Statistics in "
    "Medicine 1998;17:1495–1507.",
    "p910": "International Telecommunication Union. Recommendation ITU-T P.910: Subjective video quality assessment "
    "methods for multimedia applications. Geneva: ITU; 2023.",
    "popescu2007": "Popescu LM. Nonparametric ROC and LROC analysis. Medical Physics 2007;34:1556–1564.",
    "poursaeed": "Poursaeed O, Katsman I, Gao B, Belongie S. Generative adversarial perturbations. IEEE Conference on "
    "Computer Vision and Pattern Recognition; 2018:4422–4431.",
    "rao": "Rao JNK, Scott AJ. A simple method for the analysis of clustered binary data. Biometrics 1992;48:577–585.",
    "rao1984": "Rao JNK, Scott AJ. On chi-squared tests for multiway contingency tables with cell proportions "
    "estimated from survey data. Annals of Statistics 1984;12:46–60.",
    "rony": "Rony J, Granger E, Pedersoli M, Ben Ayed I. Augmented Lagrangian adversarial attacks. IEEE/CVF "
    "International Conference on Computer Vision; 2021:7738–7747.",
    "satterthwaite": "Satterthwaite FE. An approximate distribution of estimates of variance components. Biometrics "
    "Bulletin 1946;2:110–114.",
    "schuirmann": "Schuirmann DJ. A comparison of the two one-sided tests procedure and the power approach for "
    "assessing the equivalence of average bioavailability. Journal of Pharmacokinetics and Biopharmaceutics 1987;"
    "15:657–680.",
    "sharma": "Sharma G, Wu W, Dalal EN. The CIEDE2000 color-difference formula: implementation notes, supplementary "
    "test data, and mathematical observations. Color Research & Application 2005;30:21–30.",
    "sneyers": "Sneyers J. SSIMULACRA 2: structural similarity unveiling local and compression related artifacts. "
    "Version 2.1. Cloudinary; 2023. github.com/cloudinary/ssimulacra2.",
    "stard": "Bossuyt PM, Reitsma JB, Bruns DE, et al. STARD 2015: an updated list of essential items for reporting "
    "diagnostic accuracy studies. BMJ 2015;351:h5527.",
    "stard-ai": "Sounderajah V, Guni A, Liu X, et al. The STARD-AI reporting guideline for diagnostic accuracy studies "
    "using artificial intelligence. Nature Medicine 2025;31:3283–3289.",
    "starr1975": "Starr SJ, Metz CE, Lusted LB, Goodenough DJ. Visual detection and localization of radiographic "
    "images. Radiology 1975;116:533–538.",
    "su": "Su J, Vargas DV, Sakurai K. One pixel attack for fooling deep neural networks. IEEE Transactions on "
    "Evolutionary Computation 2019;23:828–841.",
    "tschandl": "Tschandl P, Rosendahl C, Kittler H. The HAM10000 dataset, a large collection of multi-source "
    "dermatoscopic images of common pigmented skin lesions. Scientific Data 2018;5:180161.",
    "wang": "Wang Z, Bovik AC, Sheikh HR, Simoncelli EP. Image quality assessment: from error visibility to structural "
    "similarity. IEEE Transactions on Image Processing 2004;13:600–612.",
    "wcag": "Campbell A, Adams C, Montgomery RB, Cooper M, Kirkpatrick A (eds). Web Content Accessibility Guidelines "
    "(WCAG) 2.2. W3C Recommendation; 2023.",
    "watson": "Watson AB. QUEST+: a general multidimensional Bayesian adaptive psychometric method. Journal of Vision "
    "2017;17(3):10.",
    "wichmann": "Wichmann FA, Hill NJ. The psychometric function: I. Fitting, sampling, and goodness of fit. "
    "Perception & Psychophysics 2001;63:1293–1313.",
    "wilson": "Wilson EB. Probable inference, the law of succession, and statistical inference. Journal of the "
    "American Statistical Association 1927;22:209–212.",
    "woodruff": "Woodruff RS. Confidence intervals for medians and other position measures. Journal of the American "
    "Statistical Association 1952;47:635–646.",
    "wunderlich2012": "Wunderlich A, Noo F. A nonparametric procedure for comparing the areas under correlated LROC "
    "curves. IEEE Transactions on Medical Imaging 2012;31:2050–2061.",
    "zhao": "Zhao Z, Liu Z, Larson M. Towards large yet imperceptible adversarial image perturbations with perceptual "
    "color distance. IEEE/CVF Conference on Computer Vision and Pattern Recognition; 2020:1039–1048.",
    "zou": "Zou GY, Donner A. Construction of confidence limits about effect measures: a general approach. Statistics "
    "in Medicine 2008;27:1693–1702.",
}
"""Key → the reference as a list of references prints it."""
