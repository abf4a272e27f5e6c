"""What is published of two public data sets of two arms: the observers' figures, and what their errors vary by.

- Van Dyke CW et al. 1993 (79th Meeting of the Radiological Society of North America): cine against spin-echo magnetic
  resonance imaging, 5 readers, 114 cases of which 45 had an aortic dissection.
- Franken EA et al. 1992 (Investigative Radiology 27:732–737): a digital workstation against film, 4 readers, 100
  cases of which 67 were abnormal.

IOWA: OR-DBM MRMC 2.51 (Schartz, Hillis, Pesce & Berbaum, University of Iowa), its printed output for both, trapezoidal
areas, jackknife, as it lies in R's RJafroc 2.1.3, tests/testthat/goodValues361/Iowa/{VanDyke,Franken1}.txt.
MRMCAOV: R's MRMCaov 0.3.0 (Smith & Hillis), its printed output for Van Dyke's, docs/jss/MRMCaov.tex.
"""

import numpy as np

from perception.analysis.two_arms.covariance import ErrorCovariances, VarianceAndCovariance

VAN_DYKE_AREAS = np.array(
    [
        [0.91964573, 0.85877617, 0.90386473, 0.97310789, 0.82979066],
        [0.94782609, 0.90531401, 0.92173913, 0.99935588, 0.92995169],
    ]
)
"""IOWA, treatment × reader AUC estimates."""

VAN_DYKE_JACKKNIFE = ErrorCovariances(
    variance=0.0008022883,
    same_observer=0.0003466137,
    same_arm=0.0003440748,
    neither=0.0002390284,
    by_arm=(VarianceAndCovariance(0.0010141028, 0.0004839618), VarianceAndCovariance(0.0005904738, 0.0002041879)),
    by_observer=(
        VarianceAndCovariance(0.00069890, 0.00037347),
        VarianceAndCovariance(0.00110605, 0.00076016),
        VarianceAndCovariance(0.00084234, 0.00035532),
        VarianceAndCovariance(0.00015058, 0.00000108),
        VarianceAndCovariance(0.00121357, 0.00024304),
    ),
)
"""MRMCAOV, fixed readers, jackknife; by observer IOWA, analysis 2d."""

VAN_DYKE_DELONG = ErrorCovariances(
    variance=0.0007921325,
    same_observer=0.0003420090,
    same_arm=0.0003395265,
    neither=0.0002358497,
    by_arm=(VarianceAndCovariance(np.nan, 0.0004775239), VarianceAndCovariance(np.nan, 0.0002015292)),
    by_observer=(),
)
"""MRMCAOV, DeLong method; it does not print the variance of each treatment there."""

VAN_DYKE_SENSITIVITIES = np.array([[40, 35, 37, 42, 31], [44, 37, 41, 45, 40]]) / 45
"""MRMCAOV, binary_sens of ratings of 3 and more, printed as shares of 45 with three digits."""

VAN_DYKE_SENSITIVITY_ERRORS = ErrorCovariances(
    variance=0.0023681257,
    same_observer=0.0009943883,
    same_arm=0.0010145903,
    neither=0.0006604938,
    by_arm=(VarianceAndCovariance(np.nan, 0.001646465), VarianceAndCovariance(np.nan, 0.000382716)),
    by_observer=(),
)
"""MRMCAOV, binary_sens, jackknife."""

FRANKEN_AREAS = np.array(
    [[0.85345997, 0.86499322, 0.85730439, 0.81524197], [0.84961556, 0.84350972, 0.84011759, 0.81433740]]
)
"""IOWA, treatment × reader AUC estimates."""

FRANKEN_JACKKNIFE = ErrorCovariances(
    variance=0.00152578,
    same_observer=0.00079168,
    same_arm=0.00048364,
    neither=0.00051251,
    by_arm=(VarianceAndCovariance(0.00152278, 0.00047230), VarianceAndCovariance(0.00152877, 0.00049498)),
    by_observer=(
        VarianceAndCovariance(0.00147717, 0.00056158),
        VarianceAndCovariance(0.00151861, 0.00071581),
        VarianceAndCovariance(0.00137738, 0.00076509),
        VarianceAndCovariance(0.00172995, 0.00112425),
    ),
)
"""IOWA, variance component and error-covariance estimates."""
