"""Synthetic data that a verifier accepts: exact theory in linear regression."""

from .accepted_mean import MeanRule as MeanRule
from .accepted_mean import accepted_mean_rule as accepted_mean_rule
from .best_weight import VerifiedWeight as VerifiedWeight
from .best_weight import verified_optimal_weight as verified_optimal_weight
from .best_weight import verified_risk_curve as verified_risk_curve
from .contraction import accepted_squared_norm as accepted_squared_norm
from .contraction import contraction_rate as contraction_rate
from .contraction import error_bound as error_bound
from .contraction import noise_floor as noise_floor
from .contraction import random_design_bound as random_design_bound
from .contraction import random_design_contraction_rate as random_design_contraction_rate
from .loop import VerifiedLoop as VerifiedLoop
from .loop import long_run_error as long_run_error
from .loop import verified_loop as verified_loop
from .one_round import break_even_bias as break_even_bias
from .one_round import break_even_radius as break_even_radius
from .one_round import break_even_rows as break_even_rows
from .one_round import landscape as landscape
from .one_round import one_round_risk as one_round_risk
from .regime import VerificationRegime as VerificationRegime
from .regime import verification_regime as verification_regime
from .setting import VerifiedRegression as VerifiedRegression
from .setting import published_slack as published_slack
from .truncated_normal import AcceptedMoments as AcceptedMoments
from .truncated_normal import accepted_moments as accepted_moments
from .workflow import predict_verified as predict_verified
from .workflow import verified_moments as verified_moments

__all__ = [
    "AcceptedMoments",
    "MeanRule",
    "VerificationRegime",
    "VerifiedLoop",
    "VerifiedRegression",
    "VerifiedWeight",
    "accepted_mean_rule",
    "accepted_moments",
    "accepted_squared_norm",
    "break_even_bias",
    "break_even_radius",
    "break_even_rows",
    "contraction_rate",
    "error_bound",
    "landscape",
    "long_run_error",
    "noise_floor",
    "one_round_risk",
    "predict_verified",
    "published_slack",
    "random_design_bound",
    "random_design_contraction_rate",
    "verification_regime",
    "verified_loop",
    "verified_moments",
    "verified_optimal_weight",
    "verified_risk_curve",
]
