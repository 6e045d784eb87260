"""A forecaster of the next hour: an LSTM whose hidden state is projected, over vectors of real numbers."""

import torch
from torch import nn

import lstm_viz


class Forecaster(nn.Module):
    def __init__(self, features=3, outputs=1):
        super().__init__()
        self.rnn = nn.LSTM(features, 24, proj_size=6, batch_first=True)
        self.head = nn.Linear(6, outputs)

    def forward(self, series):  # (B, T, features)
        output, _ = self.rnn(series)
        return self.head(output)


def days(number):
    """Return hours of a made-up power station: its load, the temperature and the weekend."""
    hours = torch.arange(24.0 * number)
    temperature = 12 + 6 * torch.sin((hours - 8) / 24 * 2 * torch.pi) + torch.randn(len(hours))
    weekend = ((hours // 24) % 7 >= 5).float()
    load = 50 - temperature + 12 * torch.sin((hours - 6) / 12 * torch.pi) - 8 * weekend
    return torch.stack([load + torch.randn(len(hours)), temperature, weekend], -1)


torch.manual_seed(0)
series = days(10)
scaled = (series - series.mean(0)) / series.std(0)
model = Forecaster()
optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
for _ in range(80):
    predicted = model(scaled[None, :-1])[0, :, 0]
    loss = nn.functional.mse_loss(predicted, scaled[1:, 0])
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()

shown = scaled[96:133]
inputs, targets = shown[None, :-1], shown[1:, 0]
times = [f"{hour % 24}:00" for hour in range(len(targets))]
lstm_viz.show(
    model, inputs, decode=lambda y: (y, ["load"]), predicts="values",
    targets=targets, labels=times, features=["load", "temperature", "weekend"],
)  # fmt: skip
