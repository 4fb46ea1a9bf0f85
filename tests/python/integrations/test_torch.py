# SPDX-License-Identifier: MIT
"""LSTM autoencoders from and to PyTorch: the same weights give the same numbers, forward and after a step of Adam."""

from typing import Any

import numpy as np
import plantwright as pw
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

X = np.random.default_rng(0).normal(size=(120, 3))


def fitted(**parameters: Any) -> pw.LSTMAutoencoder:
    small: dict[str, Any] = {"window": 6, "encoder": (6, 4), "bottleneck": 3, "decoder": (4, 6), "random_state": 0}
    return pw.LSTMAutoencoder(**small | {"max_epochs": 2} | parameters).fit(X)


def windows_of(model: Any, rows: Any) -> Any:
    z = ((rows - model.mean_) / model.scale_).astype(np.float32)
    return torch.from_numpy(np.stack([z[i : i + 6] for i in range(len(z) - 5)]))


@pytest.mark.parametrize("bottleneck", [0, 3])
def test_the_module_reconstructs_the_same(bottleneck: int) -> None:
    model = fitted(bottleneck=bottleneck, decoder=(4, 6))
    z = windows_of(model, X)
    with torch.no_grad():
        error = ((pw.to_torch(model)(z) - z) ** 2).mean(dim=(1, 2)).numpy()
    np.testing.assert_allclose(-model.score_samples(X)[5:], error, rtol=1e-5)


def test_there_and_back_are_the_same_bits() -> None:
    model = fitted()
    module = pw.to_torch(model)
    for state in (module, module.state_dict()):
        again = pw.from_torch(state, 6, mean=model.mean_, scale=model.scale_, offset=model.offset_)
        assert np.array_equal(again.score_samples(X), model.score_samples(X), equal_nan=True)
    assert again.get_params()["encoder"] == (6, 4)


def test_two_biases_are_added() -> None:
    module = pw.to_torch(fitted())
    torch.manual_seed(0)
    with torch.no_grad():
        for name, value in module.named_parameters():
            if "bias" in name:
                value.copy_(torch.randn_like(value))
        z = torch.from_numpy(np.random.default_rng(1).normal(size=(6, 3)).astype(np.float32))
        error = float(((module(z[None])[0] - z) ** 2).mean())
    assert pw.from_torch(module, 6).score_samples(z.numpy())[5] == pytest.approx(-error, rel=1e-5)


def test_one_step_of_adam_is_pytorchs() -> None:
    start = pw.from_torch(pw.to_torch(fitted()), 6)
    rows = X[:21].astype(np.float32)
    module = pw.to_torch(start).train()
    optimizer = torch.optim.Adam(module.parameters(), lr=0.01)
    z = windows_of(start, rows)
    loss = ((module(z) - z) ** 2).mean()
    loss.backward()
    before = {name: value.detach().clone() for name, value in module.named_parameters()}
    optimizer.step()
    start.set_params(batch_size=16, learning_rate=0.01, clip_norm=0.0).partial_fit(rows)
    after = pw.to_torch(start).state_dict()
    assert start.history_[0]["loss"] == pytest.approx(loss.item(), rel=1e-5)
    for name, value in module.named_parameters():
        if "bias_ih" in name or "bias_hh" in name:
            continue  # two biases in PyTorch: each takes the step that our one takes
        step, ours = value.detach() - before[name], after[name] - before[name]
        assert float((step - ours).abs().max()) < 2e-4, name  # of 0.01


def test_wrong_states_and_models_are_refused() -> None:
    state = pw.to_torch(fitted()).state_dict()
    short = {name: value for name, value in state.items() if name != "decoder.0.weight_hh_l0"}
    with pytest.raises(pw.InvalidArgument, match=r"state has no 'decoder.0.recurrent'"):
        pw.from_torch(short, 6)
    with pytest.raises(pw.InvalidArgument):
        pw.from_torch(state | {"encoder.1.weight_ih_l0": torch.zeros(3, 3)}, 6)
    with pytest.raises(pw.InvalidArgument, match="has tanh alone, got activation='relu'"):
        pw.to_torch(fitted(activation="relu"))
    with pytest.raises(pw.InvalidArgument, match="must be an LSTMAutoencoder"):
        pw.to_torch(object())  # type: ignore[arg-type]
