"""What a report opens with: results in words, each with its picture and the theorems that it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tptheory.writing.gathering import TheoremResult

Picture = TypeVar("Picture")


@dataclass(frozen=True)
class Finding:
    """A result in words.

    Attributes:
        title: the result in one sentence.
        words: what it means, and where it ends.
        nodes: the theorems and counterexamples that it rests on; none where it is only measured.
        picture: the name of its picture.
    """

    title: str
    words: str
    nodes: tuple[str, ...]
    picture: str


FINDINGS: tuple[Finding, ...] = (
    Finding(
        "Target propagation takes the error to zero along a straight line",
        "Where every weight above the first has full row rank, a step of any size scales the error of one sample by a "
        "number, and along the flow the error shrinks at the rate $S_L = |x_0|^2 + \\dots + |x_{L-1}|^2$, so that "
        "there is no plateau. Backpropagation turns the error even then.",
        (
            "error_ray.py::error_steps_along_a_ray",
            "error_ray.py::error_flows_along_a_ray",
            "error_ray.py::bp_error_ray",
        ),
        "trajectories",
    ),
    Finding(
        "Each of the two rules keeps a quantity of its own",
        "The flow of backpropagation leaves the balance $W_{l+1}' W_{l+1} - W_l W_l'$ of neighbouring weights as it "
        "is; that of target propagation leaves a volume less a length, "
        "$\\log\\operatorname{pdet} W_{l+1} - \\tfrac{1}{2} |W_l|^2$. Both hold for any "
        "batch and any loss, and neither is a law of the other rule.",
        (
            "balancedness.py::bp_balance",
            "log_determinant.py::tp_logdet_without_biases",
            "balancedness.py::tp_conserves_the_balance",
        ),
        "conservation",
    ),
    Finding(
        "Target propagation can raise the loss, but only from three layers on",
        "With two layers the loss never rises, at any rank of the weights. With three it can: pseudo-inverses taken "
        "layer by layer make an oblique projection of the error, and a network of widths 1-1-2-2 goes uphill at once.",
        ("loss_descends.py::tp_descends_at_depth_two", "loss_descends.py::tp_descends_at_depth_three"),
        "rising_loss",
    ),
    Finding(
        "Where nothing is lost on the way down, target propagation never turns against the gradient",
        "At full row rank above a layer the inner product of its updates under the two rules is $|D_L X_{l-1}'|^2$. "
        "The updates are equal if the weights above are partial isometries, at any depth; from three layers on they "
        "can be equal without that.",
        (
            "acute_feedback.py::tp_is_acute_at_any_depth",
            "tp_equals_bp.py::tp_equals_bp_at_any_depth",
            "tp_equals_bp.py::isometry_is_necessary_at_depth_three",
        ),
        "training_angles",
    ),
    Finding(
        "The order of two samples matters in the second order of the step, and orthogonal inputs are no remedy",
        "In one layer the two orders differ by exactly $\\eta^2 (x_1 \\cdot x_2) (e_1 x_2' - e_2 x_1')$: orthogonal "
        "samples commute. In two layers that is not enough; with hidden activations and errors orthogonal too it is.",
        (
            "order_of_samples.py::one_layer_commutator",
            "order_of_samples.py::two_layer_samples_commute_under_bp",
            "order_of_samples.py::orthogonal_samples_commute_under_bp",
        ),
        "order_of_samples",
    ),
    Finding(
        "An update has at most as many directions as the batch has samples and its layer has units",
        "One sample makes every update of rank one, under every rule with a feedback operator; a batch can do more, up "
        "to the ranks of its errors and of its inputs. Without biases the narrowest layer bounds all updates. Both "
        "rules learn digits with updates of such small rank.",
        (
            "rank_of_updates.py::one_sample_updates_have_rank_one",
            "rank_of_updates.py::rank_bound",
            "rank_of_updates.py::no_update_outgrows_the_narrowest_layer",
            "rank_of_updates.py::batches_have_rank_one",
        ),
        "training_loss",
    ),
    Finding(
        "From balanced weights the whole map moves by itself, one singular mode after another",
        "At balanced weights the end-to-end map obeys an equation in which no single weight occurs. On whitened digits "
        "each of its singular modes follows the closed form of Saxe, McClelland and Ganguli (2014), which is measured "
        "here and not proved.",
        ("balanced_dynamics.py::balanced_map_moves_by_itself",),
        "training_modes",
    ),
    Finding(
        "From small weights backpropagation waits, and target propagation does not",
        "Backpropagation leaves the plateau at a step that can be told from the depth, the width and the scale of the "
        "weights; that is measured, and no theorem. The rate that the input alone would give it is no bound; target "
        "propagation has that rate at full row rank.",
        ("step_sizes.py::tp_falls_at_a_rate_on_one_sample", "step_sizes.py::bp_has_no_plateau"),
        "training_plateau",
    ),
)
"""The results that a report opens with, if it has their theorems."""


def shown_findings(
    results: Sequence[TheoremResult], pictures: Mapping[str, Picture]
) -> list[tuple[Finding, list[TheoremResult], Picture | None]]:
    """Return the findings whose theorems are all here with the expected verdict, with these and with their pictures.

    A finding that rests on measurements alone needs its picture.
    """
    here = {r.theorem.node: r for r in results if not (r.is_surprise or r.news)}
    shown = []
    for finding in FINDINGS:
        if all(node in here for node in finding.nodes) and (finding.nodes or finding.picture in pictures):
            shown.append((finding, [here[node] for node in finding.nodes], pictures.get(finding.picture)))
    return shown
