"""Exact answers, with no randomness: the risk of every workflow and the best weights."""

from .closed_forms import closed_form_risk as closed_form_risk
from .closed_forms import long_run_risk as long_run_risk
from .collapse import collapse_time as collapse_time
from .collapse import log_determinant_drift as log_determinant_drift
from .limit_process import joint_relative_risk as joint_relative_risk
from .limit_process import limit_covariance as limit_covariance
from .limit_process import sample_limit as sample_limit
from .long_run import LongRun as LongRun
from .long_run import long_run as long_run
from .prediction import predict as predict
from .relative_risk import asymptotic_relative_efficiency as asymptotic_relative_efficiency
from .relative_risk import relative_risk as relative_risk
from .verification import AcceptedMoments as AcceptedMoments
from .verification import VerificationRegime as VerificationRegime
from .verification import VerifiedLoop as VerifiedLoop
from .verification import VerifiedRegression as VerifiedRegression
from .verification import VerifiedWeight as VerifiedWeight
from .verification import accepted_moments as accepted_moments
from .verification import accepted_squared_norm as accepted_squared_norm
from .verification import break_even_bias as break_even_bias
from .verification import break_even_radius as break_even_radius
from .verification import break_even_rows as break_even_rows
from .verification import contraction_rate as contraction_rate
from .verification import error_bound as error_bound
from .verification import landscape as landscape
from .verification import long_run_error as long_run_error
from .verification import noise_floor as noise_floor
from .verification import one_round_risk as one_round_risk
from .verification import predict_verified as predict_verified
from .verification import published_slack as published_slack
from .verification import random_design_bound as random_design_bound
from .verification import random_design_contraction_rate as random_design_contraction_rate
from .verification import verification_regime as verification_regime
from .verification import verified_loop as verified_loop
from .verification import verified_moments as verified_moments
from .verification import verified_optimal_weight as verified_optimal_weight
from .verification import verified_risk_curve as verified_risk_curve
from .weights import critical_weight as critical_weight
from .weights import optimal_schedule as optimal_schedule
from .weights import optimal_weight as optimal_weight
from .weights import stationary_error as stationary_error
from .weights import stationary_risk as stationary_risk

__all__ = [
    "AcceptedMoments",
    "LongRun",
    "VerificationRegime",
    "VerifiedLoop",
    "VerifiedRegression",
    "VerifiedWeight",
    "accepted_moments",
    "accepted_squared_norm",
    "asymptotic_relative_efficiency",
    "break_even_bias",
    "break_even_radius",
    "break_even_rows",
    "closed_form_risk",
    "collapse_time",
    "contraction_rate",
    "critical_weight",
    "error_bound",
    "joint_relative_risk",
    "landscape",
    "limit_covariance",
    "log_determinant_drift",
    "long_run",
    "long_run_error",
    "long_run_risk",
    "noise_floor",
    "one_round_risk",
    "optimal_schedule",
    "optimal_weight",
    "predict",
    "predict_verified",
    "published_slack",
    "random_design_bound",
    "random_design_contraction_rate",
    "relative_risk",
    "sample_limit",
    "stationary_error",
    "stationary_risk",
    "verification_regime",
    "verified_loop",
    "verified_moments",
    "verified_optimal_weight",
    "verified_risk_curve",
]
