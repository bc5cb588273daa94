"""A training step of the decoder `fields` and its encoder in PyTorch: what speed.ts measures.

python peer.py [threads] [steps]   prints a line of JSON.
"""
import json, math, resource, sys, time
import torch
from torch import nn
from torch.nn import functional as F

THREADS = int(sys.argv[1]) if len(sys.argv) > 1 else 2
STEPS = int(sys.argv[2]) if len(sys.argv) > 2 else 20
torch.set_num_threads(THREADS)
B, P, SIZE, D, R, M, H = 48, 176, 48, 4, 16, 5, 32
OCTAVES, WAVES, WIDTH, COLOURS = 4, 64, 64, 16
FEATURES = 2 + 4 * OCTAVES


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.deep = nn.Sequential(
            nn.Conv2d(5, 16, 5, 2, 2), nn.SiLU(), nn.Conv2d(16, 32, 3, 2, 1), nn.SiLU(),
            nn.Conv2d(32, 48, 3, 2, 1), nn.SiLU(), nn.Flatten(),
            nn.Linear(48 * (SIZE // 8) ** 2, 96), nn.SiLU(), nn.Linear(96, R))
        self.skip = nn.Linear(192, R)
        line = torch.linspace(-1, 1, SIZE)
        self.places = torch.stack(torch.meshgrid(line, line, indexing='xy'))[None]

    def forward(self, x):
        both = torch.cat([x, self.places.expand(len(x), -1, -1, -1)], 1)
        return self.deep(both) + self.skip(F.avg_pool2d(x, SIZE // 8).flatten(1))


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        f = D + 1
        normal = lambda *shape, std=0.1: nn.Parameter(torch.randn(*shape) * std)
        self.place, self.code, self.bias1 = normal(f, FEATURES, H), normal(f, 2, H), normal(f, 1, H)
        self.hidden, self.bias2, self.out = normal(f, H, H), normal(f, 1, H), normal(f, H, M)
        self.frame, self.pose = normal(R, 6), normal(R, 2)
        self.wave, self.phase = normal(M, WAVES, std=6), normal(WAVES)
        self.grids = nn.ParameterList([normal(1, 8, s, s) for s in (16, 48)])
        self.net = nn.Sequential(nn.Linear(WAVES + 16 + M - 2, WIDTH), nn.SiLU(),
                                 nn.Linear(WIDTH, WIDTH), nn.SiLU(), nn.Linear(WIDTH, COLOURS))
        self.palette, self.tint, self.light = normal(COLOURS, 3), normal(R, COLOURS * 3), normal(R, 3)

    def forward(self, p, u, e):
        n, count, _ = p.shape
        a = (e @ self.frame).view(n, 3, 2)
        q = p + p @ a[:, :2] + a[:, 2:]
        angles = torch.cat([q * math.pi / 2 * 2 ** k for k in range(OCTAVES)], -1)
        phi = torch.cat([q, angles.sin(), angles.cos()], -1).view(n * count, -1)
        y = e @ self.pose
        codes = torch.cat([F.pad(u.T[:, :, None], (0, 1)), y[None]])
        scale = torch.cat([u.T, (y.square().sum(1) + 1e-6).sqrt()[None]])[:, :, None, None]
        first = ((phi[None] @ self.place).view(D + 1, n, count, H)
                 + (torch.bmm(codes, self.code) + self.bias1)[:, :, None]).tanh().view(D + 1, -1, H)
        second = torch.baddbmm(self.bias2, first, self.hidden).tanh()
        fields = torch.bmm(second, self.out).view(D + 1, n, count, M) * scale
        c = fields.sum(0)
        c = torch.cat([q + c[..., :2], c[..., 2:]], -1).view(n * count, M)
        at = (c[:, :2] / 1.2).view(1, 1, -1, 2)
        read = [F.grid_sample(g, at, align_corners=True, padding_mode='border')[0, :, 0].T
                for g in self.grids]
        logits = self.net(torch.cat([(c @ self.wave + self.phase).sin(), *read, c[:, 2:]], 1))
        palette = self.palette + (e @ self.tint).view(n, COLOURS, 3)
        light = e @ self.light
        painted = torch.softmax(2 * logits, -1).view(n, count, COLOURS) @ palette
        return painted * (p @ light[:, :2, None] + light[:, None, 2:]).exp(), fields


def main():
    encoder, decoder = Encoder(), Decoder()
    groups = [dict(params=decoder.parameters(), lr=1.2e-2), dict(params=encoder.parameters(), lr=4e-3)]
    optimizer = torch.optim.AdamW(groups, weight_decay=1e-4, betas=(0.9, 0.99))
    line = torch.linspace(-1, 1, SIZE)
    places = torch.stack(torch.meshgrid(line, line, indexing='xy'), -1).view(-1, 2)
    pictures, labels = torch.rand(100, SIZE * SIZE, 3), torch.randn(100, D)
    waves = torch.randn(D, 24) * 0.8
    standard = lambda x: (x - x.mean(0)) / (x.std(0) + 1e-3)

    def step():
        rows = torch.randint(100, (B,))
        drawn = torch.randint(SIZE * SIZE, (B, P))
        x, u = pictures[rows], labels[rows]
        e = encoder((x.view(B, SIZE, SIZE, 3).permute(0, 3, 1, 2) - 0.5) * 2)
        phi = standard(torch.cat([u, (u @ waves).sin(), (u @ waves).cos()], 1))
        free = 0.3 * (phi.T @ standard(e) / B).square().mean()
        painted, fields = decoder(places[drawn], u, e + 0.03 * torch.randn_like(e))
        error = painted - torch.gather(x, 1, drawn[:, :, None].expand(-1, -1, 3))
        size = fields[:D].square().sum(-1).add(1e-6).sqrt().sum(0).mean()
        loss = 0.3 * ((error.square() + 1e-4).sqrt() - 0.01).mean() + free + 5e-4 * size
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(decoder.parameters(), 1.0)
        nn.utils.clip_grad_norm_(encoder.parameters(), 0.3)
        optimizer.step()

    cpu = lambda: sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    for _ in range(3):
        step()
    times, before = [], cpu()
    for _ in range(STEPS):
        start = time.perf_counter()
        step()
        times.append(1e3 * (time.perf_counter() - start))
    times.sort()
    print(json.dumps(dict(engine='PyTorch ' + torch.__version__, threads=THREADS,
                          medianMs=round(times[STEPS // 2], 1), leastMs=round(times[0], 1),
                          cpuMs=round(1e3 * (cpu() - before) / STEPS, 1))))


main()
