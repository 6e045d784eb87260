"""A controller: an LSTMCell in a loop over observations, whose state is reset where an episode ends."""

import torch
from torch import nn

import lstm_viz


class Controller(nn.Module):
    def __init__(self, observed=4, actions=2, hidden_size=12):
        super().__init__()
        self.encoder = nn.Linear(observed, 8)
        self.cell = nn.LSTMCell(8 + actions, hidden_size)
        self.policy = nn.Linear(hidden_size, actions)

    def forward(self, observations, begins):  # (T, B, observed), (T, B)
        batch = observations.shape[1]
        h = c = observations.new_zeros(batch, self.cell.hidden_size)
        action, actions = observations.new_zeros(batch, self.policy.out_features), []
        for observation, begin in zip(observations, begins, strict=True):
            keep = 1 - begin[:, None]
            h, c, action = h * keep, c * keep, action * keep
            x = torch.cat([torch.relu(self.encoder(observation)), action], dim=-1)
            h, c = self.cell(x, (h, c))
            action = torch.tanh(self.policy(h))
            actions.append(action)
        return torch.stack(actions)


torch.manual_seed(0)
model = Controller()
with torch.no_grad():
    for weight in model.parameters():
        weight.mul_(2)

time = torch.arange(24.0)
angle = torch.sin(time[:, None] / 3 + torch.tensor([0.0, 1.0]))
observations = torch.stack([angle, angle.cos(), angle.diff(dim=0, prepend=angle[:1]), angle > 0], dim=-1)
begins = torch.zeros(24, 2)
begins[0] = begins[9, 0] = begins[15, 1] = 1

lstm_viz.show(
    model, (observations, begins), decode=lambda actions: (actions, ["left", "right"]), predicts="values",
    features=["sine", "cosine", "speed", "is positive"],
)  # fmt: skip
