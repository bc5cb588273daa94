// Which directions exactSearch finds, mistakes or leaves undecided: mechanisms × kinds of columns × rows,
// 20 draws a cell. `npm run bench -- structure/directions` writes results/directions.json.
import { exactSearch } from '@causal/dag-constraints';
import { createRng, type Rng } from '@causal/random';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

type Edge = readonly [from: number, to: number];

interface Mechanism {
  readonly name: string;
  readonly kinds: 'continuous' | 'mixed' | 'discrete';
  /** Whether anything in the data tells the direction. */
  readonly determined: boolean;
  readonly edges: readonly Edge[];
  readonly draw: (rng: Rng) => number[];
}

const coin = (rng: Rng, p = 0.5): number => (rng.uniform() < p ? 1 : 0);
const sigmoid = (t: number): number => 1 / (1 + Math.exp(-t));
const laplace = (rng: Rng): number => (coin(rng) ? 1 : -1) * -Math.log(1 - rng.uniform());
const pair: readonly Edge[] = [[0, 1]];
const collider: readonly Edge[] = [
  [0, 2],
  [1, 2],
];

function pairOf(
  name: string,
  kinds: Mechanism['kinds'],
  determined: boolean,
  cause: (rng: Rng) => number,
  effect: (x: number, rng: Rng) => number,
): Mechanism {
  const draw = (rng: Rng): number[] => {
    const x = cause(rng);
    return [x, effect(x, rng)];
  };
  return { name, kinds, determined, edges: pair, draw };
}

const uniform = (rng: Rng): number => rng.uniform();
const normal = (rng: Rng): number => rng.normal();

const MECHANISMS: readonly Mechanism[] = [
  pairOf('14x + 2e, x uniform', 'continuous', true, uniform, (x, r) => 14 * x + 2 * r.normal()),
  pairOf('x + e, both uniform', 'continuous', true, uniform, (x, r) => x + r.uniform()),
  pairOf('x + e, both Laplace', 'continuous', true, laplace, (x, r) => x + laplace(r)),
  pairOf('x² + e/2', 'continuous', true, normal, (x, r) => x * x + 0.5 * r.normal()),
  pairOf('x³ + e', 'continuous', true, normal, (x, r) => x ** 3 + r.normal()),
  pairOf('tanh 2x + e/4', 'continuous', true, normal, (x, r) => Math.tanh(2 * x) + r.normal() / 4),
  pairOf(
    '2 sin 2x + e/2',
    'continuous',
    true,
    normal,
    (x, r) => 2 * Math.sin(2 * x) + r.normal() / 2,
  ),
  pairOf('x², exactly', 'continuous', true, normal, (x) => x * x),
  pairOf('x + e, both normal', 'continuous', false, normal, (x, r) => x + r.normal()),
  pairOf('x³, exactly', 'continuous', false, normal, (x) => x ** 3),
  pairOf('coin → 2b + e', 'mixed', false, coin, (b, r) => 2 * b + r.normal()),
  pairOf('coin → (1 + 2b)e', 'mixed', false, coin, (b, r) => (1 + 2 * b) * r.normal()),
  pairOf('coin → 2b + e, e uniform', 'mixed', false, coin, (b, r) => 2 * b + 3 * r.uniform()),
  pairOf('b ~ σ(3x), x normal', 'mixed', false, normal, (x, r) => coin(r, sigmoid(3 * x))),
  pairOf('b = [x > 0]', 'mixed', false, normal, (x) => (x > 0 ? 1 : 0)),
  pairOf(
    '3 categories → mean',
    'mixed',
    false,
    (r) => r.int(3),
    (c, r) => [0, 3, 1][c]! + r.normal(),
  ),
  pairOf('coin → coin', 'discrete', false, coin, (b, r) => coin(r, b ? 0.85 : 0.2)),
  {
    name: 'coin, x → 2b + x + e',
    kinds: 'mixed',
    determined: true,
    edges: collider,
    draw: (r) => {
      const [b, x] = [coin(r), r.normal()];
      return [b, x, 2 * b + 1.5 * x + r.normal()];
    },
  },
  {
    name: 'x, z → b ~ σ(3x + 3z)',
    kinds: 'mixed',
    determined: true,
    edges: collider,
    draw: (r) => {
      const [x, z] = [r.normal(), r.normal()];
      return [x, z, coin(r, sigmoid(3 * x + 3 * z))];
    },
  },
  {
    name: 'coin, coin → coin',
    kinds: 'discrete',
    determined: true,
    edges: collider,
    draw: (r) => {
      const [a, b] = [coin(r), coin(r)];
      return [a, b, coin(r, a || b ? 0.9 : 0.1)];
    },
  },
];

interface Cell {
  readonly mechanism: string;
  readonly kinds: Mechanism['kinds'];
  readonly determined: boolean;
  /** What stands beside it in the table: nothing, or an independent coin. */
  readonly beside: 'nothing' | 'coin';
  readonly rows: number;
  readonly draws: number;
  /** Fractions of the true edges; what is missing to 1 is no edge. */
  right: number;
  wrong: number;
  undecided: number;
  /** False edges a draw. */
  extra: number;
}

async function measure(
  mechanism: Mechanism,
  beside: Cell['beside'],
  rows: number,
  draws: number,
): Promise<Cell> {
  const { name, kinds, determined, edges } = mechanism;
  const cell: Cell = {
    mechanism: name,
    kinds,
    determined,
    beside,
    rows,
    draws,
    right: 0,
    wrong: 0,
    undecided: 0,
    extra: 0,
  };
  for (let seed = 1; seed <= draws; seed++) {
    const rng = createRng(`${name} ${rows} ${seed}`);
    const x = Array.from({ length: rows }, () => {
      const row = mechanism.draw(rng);
      return beside === 'coin' ? [...row, coin(rng)] : row;
    });
    const { adjacency, undecided } = await exactSearch(x, { seed });
    const open = new Set(undecided.map(String));
    const share = 1 / (draws * edges.length);
    for (const [i, j] of edges) {
      const found = adjacency[i]![j]! + adjacency[j]![i]!;
      if (open.has(`${i},${j}`) || open.has(`${j},${i}`)) cell.undecided += share;
      else if (adjacency[i]![j]) cell.right += share;
      else if (found) cell.wrong += share;
      cell.extra -= found / draws;
    }
    cell.extra += adjacency.flat().reduce((a, b) => a + b, 0) / draws;
  }
  for (const key of ['right', 'wrong', 'undecided', 'extra'] as const) {
    cell[key] = Number(Math.max(cell[key], 0).toFixed(3));
  }
  return cell;
}

const draws = Number(process.env['DRAWS'] ?? 20);
const results: Cell[] = [];
for (const mechanism of MECHANISMS) {
  for (const beside of ['nothing', 'coin'] as const) {
    for (const rows of [200, 500, 2000]) {
      const cell = await measure(mechanism, beside, rows, draws);
      results.push(cell);
      const { right, wrong, undecided, extra } = cell;
      console.log(
        [mechanism.name.padEnd(26), beside.padEnd(8), String(rows).padStart(5)].join(' '),
        `right ${right} wrong ${wrong} undecided ${undecided} extra ${extra}`,
      );
    }
  }
}
const what =
  'exactSearch with its defaults: fractions of the true edges over the draws of a cell (right, wrong, undecided; the rest is no edge), and false edges a draw';
const file = join(dirname(fileURLToPath(import.meta.url)), 'results', 'directions.json');
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, `${JSON.stringify({ what, cells: results }, null, 1)}\n`);
