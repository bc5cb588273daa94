import type { Parameters } from '@causal/nn';

/** Parameters as float64 numbers, by name. */
export type Numbers = Record<string, Float64Array>;

export const numbersOf = (parameters: Parameters): Numbers =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, v]) => [name, Float64Array.from(v.dataSync())]),
  );

/** What one pixel of one picture is painted from. */
export interface Pixel {
  readonly place: readonly [number, number];
  /** Standardised latents [d][k]. */
  readonly concepts: readonly (readonly number[])[];
  readonly free: readonly number[];
  /** Gate of each concept. */
  readonly gates: readonly number[];
}

export interface Sizes {
  readonly width: number;
  readonly octaves: number;
  readonly ambient: number;
  readonly poseCodes: number;
  readonly waves: number;
  readonly grids: readonly number[];
  readonly gridChannels: number;
  readonly hidden: number;
  readonly palette: number;
  readonly channels: number;
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const sum = (values: readonly number[]): number => values.reduce((s, v) => s + v, 0);
const silu = (x: number): number => x / (1 + Math.exp(-x));
const dense = (x: readonly number[], weight: Float64Array, bias: Float64Array): number[] =>
  Array.from(bias, (b, j) => b + sum(x.map((v, i) => v * weight[i * bias.length + j]!)));

/** spec/09's decoder for one pixel, number by number. */
export function paintPixel(p: Numbers, pixel: Pixel, s: Sizes): number[] {
  const { place, concepts, free, gates } = pixel;
  const [x, y] = place;
  const frame = p['frame/weight'];
  const map = range(6).map((k) => (frame ? sum(free.map((e, r) => e * frame[r * 6 + k]!)) : 0));
  const moved = [0, 1].map((o) => place[o]! + x * map[o]! + y * map[2 + o]! + map[4 + o]!);
  const angles = range(s.octaves).flatMap((k) => moved.map((v) => (v * Math.PI * 2 ** k) / 2));
  const features = [...moved, ...angles.map(Math.sin), ...angles.map(Math.cos)];
  const pose = p['pose'];
  const codes = concepts.map((z) => [...z]);
  if (pose) {
    codes.push(
      range(s.poseCodes).map((k) => sum(free.map((e, r) => e * pose[r * s.poseCodes + k]!))),
    );
  }
  const c = [...moved, ...range(s.ambient).map(() => 0)];
  codes.forEach((z, i) => {
    const field = fieldAt(p, features, z, i, codes.length, s);
    field.forEach((v, j) => (c[j]! += (gates[i] ?? 1) * v));
  });
  const picture = [...wavesAt(p, c, s), ...gridsAt(p, c, s), ...c.slice(2)];
  const first = dense(picture, p['picture/layer-1/weight']!, p['picture/layer-1/bias']!).map(silu);
  const second = dense(first, p['picture/layer-2/weight']!, p['picture/layer-2/bias']!).map(silu);
  const logits = dense(second, p['picture/layer-3/weight']!, p['picture/layer-3/bias']!);
  const powers = logits.map((v) => Math.exp(2 * v));
  const total = sum(powers);
  const tint = p['colour/tint'];
  const light = p['colour/light'];
  const bright = light
    ? Math.exp(
        sum(
          free.map((e, r) => e * (x * light[r * 3]! + y * light[r * 3 + 1]! + light[r * 3 + 2]!)),
        ),
      )
    : 1;
  return range(s.channels).map((channel) => {
    const painted = powers.map((power, k) => {
      const at = k * s.channels + channel;
      const shade = tint ? sum(free.map((e, r) => e * tint[r * s.palette * s.channels + at]!)) : 0;
      return (power / total) * (p['colour/palette']![at]! + shade);
    });
    return bright * sum(painted);
  });
}

function fieldAt(
  p: Numbers,
  features: readonly number[],
  code: readonly number[],
  i: number,
  fields: number,
  s: Sizes,
): number[] {
  const h = s.width;
  const m = 2 + s.ambient;
  const part = (name: string): Float64Array => {
    const all = p[`fields/${name}`]!;
    const size = all.length / fields;
    return all.subarray(i * size, (i + 1) * size);
  };
  const byCode = part('code');
  const shift = part('bias1').map((b, j) => b + sum(code.map((z, k) => z * byCode[k * h + j]!)));
  const first = dense(features, part('place'), shift).map(Math.tanh);
  const second = dense(first, part('hidden'), part('bias2')).map(Math.tanh);
  const scale = code.length === 1 ? code[0]! : Math.sqrt(sum(code.map((z) => z * z)) + 1e-6);
  return dense(second, part('out'), new Float64Array(m)).map((v) => v * scale);
}

function wavesAt(p: Numbers, c: readonly number[], s: Sizes): number[] {
  const wave = p['picture/wave']!;
  return range(s.waves).map((k) =>
    Math.sin(p['picture/phase']![k]! + sum(c.map((v, j) => v * wave[j * s.waves + k]!))),
  );
}

function gridsAt(p: Numbers, c: readonly number[], s: Sizes): number[] {
  return s.grids.flatMap((side, g) => {
    const cells = p[`picture/grid-${g + 1}/cells`]!;
    const [u, v] = [c[0]!, c[1]!].map((at) =>
      Math.min(side - 1, Math.max(0, ((at / 1.2 + 1) / 2) * (side - 1))),
    ) as [number, number];
    const [column, row] = [u, v].map((at) => Math.min(side - 2, Math.floor(at))) as [
      number,
      number,
    ];
    const [fx, fy] = [u - column, v - row];
    return range(s.gridChannels).map((channel) => {
      const at = (dy: number, dx: number): number =>
        cells[((row + dy) * side + column + dx) * s.gridChannels + channel]!;
      return (
        (1 - fy) * ((1 - fx) * at(0, 0) + fx * at(0, 1)) +
        fy * ((1 - fx) * at(1, 0) + fx * at(1, 1))
      );
    });
  });
}
