"""The chain against every path there is, and against pytorch-crf."""

import math
from itertools import pairwise, product

import pytest
import torch
from torch import Tensor, nn
from torchcrf import CRF

from lstm_viz.crf import NO_TAG, LinearChain, word_mask

T, B, K = 5, 4, 3
LENGTHS = torch.tensor([5, 3, 1, 4])


def chain(num_tags: int = K, seed: int = 0, dtype: torch.dtype = torch.float64) -> LinearChain:
    generator = torch.Generator().manual_seed(seed)
    made = LinearChain(num_tags).to(dtype)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.copy_(2 * torch.randn(parameter.shape, generator=generator))
    return made


def drawn(*shape: int, seed: int = 1, dtype: torch.dtype = torch.float64) -> Tensor:
    return 2 * torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def drawn_tags(steps: int = T, batch: int = B, num_tags: int = K) -> Tensor:
    return torch.randint(num_tags, (steps, batch), generator=torch.Generator().manual_seed(2))


def every_path(made: LinearChain, scores: Tensor, *, end: bool = True) -> dict[tuple[int, ...], float]:
    """Return the score of each of the K^T paths through one sentence's scores (T, K), summed step by step."""
    found = {}
    for path in product(range(scores.shape[1]), repeat=len(scores)):
        total = made.start[path[0]].item() + (made.end[path[-1]].item() if end else 0.0)
        total += sum(scores[t, k].item() for t, k in enumerate(path))
        total += sum(made.transitions[j, k].item() for j, k in pairwise(path))
        found[path] = total
    return found


def log_sum(values) -> float:
    return torch.tensor(list(values), dtype=torch.float64).logsumexp(0).item()


def sentences(scores: Tensor) -> list[Tensor]:
    return [scores[:length, b] for b, length in enumerate(LENGTHS.tolist())]


def oracle(made: LinearChain) -> CRF:
    crf = CRF(len(made.start)).to(made.start.dtype)
    crf.load_state_dict(
        {
            "start_transitions": made.start,
            "end_transitions": made.end,
            "transitions": made.transitions,
        }
    )
    return crf


# ---------------------------------------------------------------- every path


def test_the_likelihood_is_the_paths_share_of_all_paths() -> None:
    made, scores, tags = chain(), drawn(T, B, K), drawn_tags()
    found = made.log_likelihood(scores, tags, LENGTHS)
    for b, sentence in enumerate(sentences(scores)):
        paths = every_path(made, sentence)
        right = paths[tuple(tags[: len(sentence), b].tolist())]
        assert found[b].item() == pytest.approx(right - log_sum(paths.values()), abs=1e-9)


def test_the_best_path_is_the_best_of_all() -> None:
    for seed in range(20):
        made, scores = chain(seed=seed), drawn(T, B, K, seed=seed + 100)
        found = made.decode(scores, LENGTHS)
        for b, sentence in enumerate(sentences(scores)):
            paths = every_path(made, sentence)
            assert tuple(found[: len(sentence), b].tolist()) == max(paths, key=paths.__getitem__)
        assert bool((found[~word_mask(T, LENGTHS)] == NO_TAG).all())


def test_a_marginal_is_the_share_of_the_paths_through_it() -> None:
    made, scores = chain(), drawn(T, B, K)
    found = made.marginals(scores, LENGTHS)
    assert bool(found[~word_mask(T, LENGTHS)].isnan().all())
    for b, sentence in enumerate(sentences(scores)):
        paths = every_path(made, sentence)
        whole = log_sum(paths.values())
        for t, k in product(range(len(sentence)), range(K)):
            through = log_sum(score for path, score in paths.items() if path[t] == k)
            assert found[t, b, k].item() == pytest.approx(math.exp(through - whole), abs=1e-9)


def test_delta_is_the_best_score_of_a_path_up_to_there() -> None:
    made, scores = chain(), drawn(T, K)
    found = made.best(scores)
    for t, k in product(range(T), range(K)):
        paths = every_path(made, scores[: t + 1], end=False)
        best = max(score for path, score in paths.items() if path[-1] == k)
        assert found[t, k].item() == pytest.approx(best, abs=1e-9)


@pytest.mark.parametrize("steps", [1, 2, 50])
def test_delta_traced_back_is_the_path(steps: int) -> None:
    for seed in range(10):
        made, scores = chain(17, seed), drawn(steps, 1, 17, seed=seed)
        path = made.decode(scores, torch.tensor([steps]))[:, 0]
        assert torch.equal(made.trace_back(made.best(scores[:, 0])), path)


def test_a_word_without_a_tag_may_have_any() -> None:
    made, scores, tags = chain(), drawn(T, B, K), drawn_tags()
    tags[1, 0] = tags[3, 0] = tags[0, 1] = tags[0, 2] = NO_TAG
    found = made.log_likelihood(scores, tags, LENGTHS)
    for b, sentence in enumerate(sentences(scores)):
        wanted = tags[: len(sentence), b].tolist()
        paths = every_path(made, sentence)
        agree = [
            score
            for path, score in paths.items()
            if all(w in {NO_TAG, k} for w, k in zip(wanted, path, strict=True))
        ]
        assert found[b].item() == pytest.approx(log_sum(agree) - log_sum(paths.values()), abs=1e-9)
    assert found[2].item() == pytest.approx(0.0, abs=1e-12)


# ---------------------------------------------------------------- pytorch-crf


@pytest.mark.parametrize(("steps", "batch", "num_tags"), [(1, 1, 2), (7, 3, 5), (40, 8, 17)])
def test_it_agrees_with_pytorch_crf(steps: int, batch: int, num_tags: int) -> None:
    made, scores = chain(num_tags), drawn(steps, batch, num_tags)
    lengths = torch.randint(1, steps + 1, (batch,), generator=torch.Generator().manual_seed(3))
    lengths[0] = steps
    tags, mask = drawn_tags(steps, batch, num_tags), word_mask(steps, lengths)
    crf = oracle(made)
    expected = crf(scores, tags, mask, reduction="none")
    torch.testing.assert_close(made.log_likelihood(scores, tags, lengths), expected)
    found = made.decode(scores, lengths)
    assert [found[:n, b].tolist() for b, n in enumerate(lengths)] == crf.decode(scores, mask)


def test_its_gradients_are_those_of_pytorch_crf() -> None:
    made, scores, tags = chain(), drawn(T, B, K).requires_grad_(), drawn_tags()
    crf, same = oracle(made), scores.detach().clone().requires_grad_()
    made.log_likelihood(scores, tags, LENGTHS).sum().backward()
    crf(same, tags, word_mask(T, LENGTHS)).backward()
    torch.testing.assert_close(scores.grad, same.grad)
    torch.testing.assert_close(made.start.grad, crf.start_transitions.grad)
    torch.testing.assert_close(made.transitions.grad, crf.transitions.grad)
    torch.testing.assert_close(made.end.grad, crf.end_transitions.grad)


# ---------------------------------------------------------------- gradients and bounds


class Likelihood(nn.Module):
    """The chain's likelihood as a module's call, so that parameters can be handed in."""

    def __init__(self, made: LinearChain) -> None:
        super().__init__()
        self.made = made

    def forward(self, *inputs: Tensor) -> Tensor:
        return self.made.log_likelihood(*inputs)


@pytest.mark.parametrize("missing", [False, True])
def test_gradients_are_differences(missing: bool) -> None:
    whole, tags = Likelihood(chain()), drawn_tags()
    if missing:
        tags[1, 0] = tags[0, 2] = NO_TAG
    names = [name for name, _ in whole.named_parameters()]

    def likelihood(scores: Tensor, *parameters: Tensor) -> Tensor:
        inputs = scores, tags, LENGTHS
        return torch.func.functional_call(whole, dict(zip(names, parameters, strict=True)), inputs)

    parameters = [parameter.detach().clone().requires_grad_() for parameter in whole.parameters()]
    assert torch.autograd.gradcheck(likelihood, (drawn(T, B, K).requires_grad_(), *parameters))


def test_the_gradient_of_the_sum_over_paths_is_the_marginals() -> None:
    made, scores, tags = chain(), drawn(T, B, K).requires_grad_(), drawn_tags()
    made.log_likelihood(scores, tags, LENGTHS).sum().backward()
    one_hot = nn.functional.one_hot(tags, K).double()
    marginals = made.marginals(scores, LENGTHS).nan_to_num()
    inside = word_mask(T, LENGTHS)[..., None]
    torch.testing.assert_close(scores.grad, (one_hot - marginals) * inside)


def test_zeros_decode_word_by_word_the_first_of_equals() -> None:
    made, scores = LinearChain(K), torch.tensor([[[1.0, 3.0, 3.0]], [[2.0, 2.0, 2.0]], [[0.0, 0.0, 9.0]]])
    assert made.decode(scores, torch.tensor([3]))[:, 0].tolist() == [1, 0, 2]
    scores = drawn(300, 1, 17, dtype=torch.float32).log_softmax(-1)
    path = LinearChain(17).decode(scores, torch.tensor([300]))
    assert torch.equal(path, scores.argmax(-1))
    torch.testing.assert_close(LinearChain(17).marginals(scores, torch.tensor([300])), scores.exp())


def test_it_takes_nothing_from_the_random_stream() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    assert not any(bool(parameter.any()) for parameter in LinearChain(K).parameters())
    assert torch.equal(torch.rand(3), expected)


def test_a_long_sentence_in_single_precision_keeps_its_digits() -> None:
    double, scores = chain(17), 20 * drawn(1000, 1, 17)
    single, lengths = chain(17, dtype=torch.float32), torch.tensor([1000])
    assert torch.equal(single.decode(scores.float(), lengths), double.decode(scores, lengths))
    marginals = single.marginals(scores.float(), lengths)
    torch.testing.assert_close(marginals.double(), double.marginals(scores, lengths), atol=1e-4, rtol=0)
    torch.testing.assert_close(marginals.sum(-1), torch.ones(1000, 1))
    tags = drawn_tags(1000, 1, 17)
    found = single.log_likelihood(scores.float(), tags, lengths).double()
    torch.testing.assert_close(found, double.log_likelihood(scores, tags, lengths), rtol=1e-5, atol=0)


def test_a_forbidden_transition_is_not_taken_and_its_gradients_are_finite() -> None:
    made, scores = chain(), drawn(T, B, K).requires_grad_()
    with torch.no_grad():
        made.transitions[made.decode(scores, LENGTHS)[:-1, 0], made.decode(scores, LENGTHS)[1:, 0]] = -1e4
    made.log_likelihood(scores, drawn_tags(), LENGTHS).sum().backward()
    for gradient in (scores.grad, *(parameter.grad for parameter in made.parameters())):
        assert bool(gradient.isfinite().all())
    path = made.decode(scores, LENGTHS)[:, 0].tolist()
    assert all(made.transitions[pair] > -1e3 for pair in pairwise(path))


def test_huge_scores_give_finite_numbers() -> None:
    made, scores = chain(dtype=torch.float32), (1e6 * drawn(T, B, K)).float().requires_grad_()
    found = made.log_likelihood(scores, drawn_tags(), LENGTHS)
    found.sum().backward()
    marginals = made.marginals(scores, LENGTHS)
    assert bool(found.isfinite().all()) and bool(scores.grad.isfinite().all())
    torch.testing.assert_close(marginals[0].sum(-1), torch.ones(B))


def test_what_stands_past_a_sentences_end_changes_nothing() -> None:
    made, scores, tags = chain(), drawn(T, B, K), drawn_tags()
    mask = word_mask(T, LENGTHS)
    other, others = scores.masked_fill(~mask[..., None], 99.0), tags.masked_fill(~mask, NO_TAG)
    assert torch.equal(
        made.log_likelihood(scores, tags, LENGTHS), made.log_likelihood(other, others, LENGTHS)
    )
    assert torch.equal(made.decode(scores, LENGTHS), made.decode(other, LENGTHS))
    assert torch.equal(
        made.marginals(scores, LENGTHS).nan_to_num(), made.marginals(other, LENGTHS).nan_to_num()
    )
