import { exp, log } from './elementary';

/**
 * Tables of the ziggurat for the standard normal (Marsaglia & Tsang, J. Stat. Softw. 5(8), 2000):
 * 128 layers of equal area under exp(−x²/2).
 */
export const LAYERS = 128;
/** Where the tail starts (the paper's r for 128 layers). */
export const TAIL_START = 3.442619855899;
const AREA = 9.91256303526217e-3;

const density = (x: number): number => exp(-0.5 * x * x);

/** Right edge of each layer. */
const layerEdge = new Float64Array(LAYERS + 1);
/** Height of the density at each layer's edge; layer i spans heights [i], [i + 1]. */
export const layerHeight = new Float64Array(LAYERS + 1);
/** Signed integers of 25 bits become numbers across the layer: edge · 2⁻²⁴ (exact). */
export const layerScale = new Float64Array(LAYERS);
/** Integers nearer to 0 than this are certainly under the curve. */
export const layerLimit = new Int32Array(LAYERS);

layerEdge[0] = AREA / density(TAIL_START);
layerEdge[1] = TAIL_START;
for (let i = 2; i < LAYERS; i++) {
  layerEdge[i] = Math.sqrt(-2 * log(AREA / layerEdge[i - 1]! + density(layerEdge[i - 1]!)));
}
layerEdge[LAYERS] = 0;
for (let i = 0; i <= LAYERS; i++) layerHeight[i] = density(layerEdge[i]!);
for (let i = 0; i < LAYERS; i++) {
  layerScale[i] = layerEdge[i]! * 2 ** -24;
  layerLimit[i] = Math.ceil((layerEdge[i + 1]! / layerEdge[i]!) * 2 ** 24);
}
