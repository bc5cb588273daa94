import { FUNCTIONS, PRODUCTS, work, type Times } from './work';

/** Times by who took them: an engine, 'stock' (tfjs-backend-wasm as it is) or 'PyTorch'. */
export type Results = Record<string, Times>;

export interface Ratio {
  readonly what: string;
  readonly goal: string;
  readonly value: number | null;
  readonly met: boolean | null;
}

const best = (times: number[] | undefined): number => (times ? Math.min(...times) : NaN);

/** The goals of spec/07; a value is null where one side was not measured. */
export function compare(results: Results): Ratio[] {
  const time = (who: string, key: string): number => best(results[who]?.[key]);
  const ratio = (what: string, goal: number, sign: '≤' | '<' | '≥', value: number): Ratio => {
    const known = Number.isFinite(value);
    const met = sign === '≥' ? value >= goal : sign === '<' ? value < goal : value <= goal;
    const text = goal < 1 && sign === '≤' ? `1/${Math.round(1 / goal)}` : String(goal);
    return { what, goal: `${sign} ${text}`, value: known ? value : null, met: known ? met : null };
  };
  const over = (key: string, a: string, b: string): number => time(a, key) / time(b, key);
  const rows = [
    ratio(
      'autoencoder step, onnxruntime ÷ PyTorch',
      1.5,
      '≤',
      over('autoencoder', 'onnxruntime', 'PyTorch'),
    ),
    ratio(
      'autoencoder step, tensorflow ÷ PyTorch',
      1,
      '≤',
      over('autoencoder', 'tensorflow', 'PyTorch'),
    ),
    ratio(
      'autoencoder step, wasm ÷ stock wasm with a composite filter gradient',
      1 / 10,
      '≤',
      over('autoencoder', 'wasm', 'stock'),
    ),
    ...Object.keys(PRODUCTS).map((name) =>
      ratio(
        `matMul ${work.matMul}² ${name}, onnxruntime ÷ PyTorch`,
        1.2,
        '≤',
        over(`matMul ${name}`, 'onnxruntime', 'PyTorch'),
      ),
    ),
  ];
  for (const engine of ['wasm', 'onnxruntime']) {
    rows.push(
      ratio(
        `Adam, ${(work.adam / 1e6).toFixed(1)} M parameters, ${engine} ÷ stock`,
        1 / 8,
        '≤',
        over('adam', engine, 'stock'),
      ),
    );
  }
  for (const engine of Object.keys(results).filter((name) => results[name]!['start'])) {
    if (engine !== 'stock') {
      rows.push(ratio(`start of ${engine}, s`, 1, '<', time(engine, 'start') / 1000));
    }
  }
  rows.push(
    ratio(
      'seeded normals, million a second',
      50,
      '≥',
      work.normals / 1000 / time('wasm', 'normals'),
    ),
  );
  return rows;
}

const { batch, size, channels, kernel, stride } = work.convolution;
const PRODUCT_GFLOP = (2 * work.matMul ** 3) / 1e9;
const CONV_GFLOP = (2 * batch * (size / stride) ** 2 * channels ** 2 * kernel ** 2) / 1e9;

/** A case as a row: its name, and what a time means. */
const ROWS: readonly (readonly [string, string, (ms: number) => string])[] = [
  ['autoencoder', 'autoencoder step, ms', (ms) => ms.toFixed(0)],
  ...Object.keys(PRODUCTS).map(
    (name) =>
      [
        `matMul ${name}`,
        `matMul ${work.matMul}² ${name}, GFLOP/s`,
        (ms: number) => ((1000 * PRODUCT_GFLOP) / ms).toFixed(0),
      ] as const,
  ),
  ['convForward', 'convolution, GFLOP/s', (ms) => ((1000 * CONV_GFLOP) / ms).toFixed(0)],
  [
    'convBoth',
    'convolution and both gradients, GFLOP/s',
    (ms) => ((3000 * CONV_GFLOP) / ms).toFixed(0),
  ],
  ['adam', `Adam, ${(work.adam / 1e6).toFixed(1)} M parameters, ms`, (ms) => ms.toFixed(0)],
  ...FUNCTIONS.map(
    (name) =>
      [
        name,
        `${name} of ${(work.normals / 1e6).toFixed(2)} M numbers, ms`,
        (ms: number) => ms.toFixed(1),
      ] as const,
  ),
  ['normals', 'normals, million a second', (ms) => (work.normals / 1000 / ms).toFixed(0)],
  ['start', 'start, ms', (ms) => ms.toFixed(0)],
];

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** Prints what was measured and how it stands to the goals, as Markdown. */
export function printTables(results: Results, ratios: readonly Ratio[]): void {
  const names = Object.keys(results);
  console.log(line(['', ...names]));
  console.log(line(['---', ...names.map(() => '---:')]));
  for (const [key, what, show] of ROWS) {
    const cells = names.map((name) => {
      const times = results[name]![key];
      return times ? show(best(times)) : '–';
    });
    console.log(line([what, ...cells]));
  }
  console.log(`\n${line(['goal of spec/07', 'wanted', 'measured', ''])}`);
  console.log(line(['---', '---', '---:', '---']));
  for (const { what, goal, value, met } of ratios) {
    const shown = value === null ? '–' : value >= 10 ? value.toFixed(0) : value.toFixed(3);
    console.log(line([what, goal, shown, met === null ? 'not measured' : met ? 'met' : 'missed']));
  }
}
