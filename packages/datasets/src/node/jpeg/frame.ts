import { huffmanTable, type HuffmanTable } from './huffman';

/** A component of a picture: brightness, or one of its two colour differences. */
export interface Component {
  readonly id: number;
  /** Blocks in a unit of the scan, across and down. */
  readonly across: number;
  readonly down: number;
  /** Steps of its coefficients, in zigzag order. */
  readonly steps: Float64Array;
  readonly dc: HuffmanTable;
  readonly ac: HuffmanTable;
}

/** What comes before the coefficients of a JPEG file. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  /** One (grey), or brightness and two colour differences. */
  readonly components: readonly Component[];
  /** Where the coefficients begin. */
  readonly scan: number;
}

const SOF0 = 0xc0;
const DHT = 0xc4;
const SOI = 0xd8;
const SOS = 0xda;
const DQT = 0xdb;
const APP0 = 0xe0;
const APP1 = 0xe1;
const COMMENT = 0xfe;

interface Declared {
  readonly id: number;
  readonly across: number;
  readonly down: number;
  readonly quantisation: number;
}

/**
 * The header of a JPEG file (ITU-T T.81, annex B) of the most usual kind: baseline, 8 bits, grey or
 * brightness with colour differences at full or half size, all in one scan without restarts.
 * @returns undefined for every other kind, and for what is not in order.
 */
export function readFrame(bytes: Uint8Array): Frame | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== SOI) return undefined;
  const steps = new Map<number, Float64Array>();
  const tables = new Map<number, HuffmanTable>();
  let size: readonly [number, number] | undefined;
  let declared: readonly Declared[] = [];
  let jfif = false;
  for (let at = 2; at + 4 <= bytes.length;) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1]!;
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    const next = at + 2 + length;
    if (length < 2 || next > bytes.length) return undefined;
    const body = bytes.subarray(at + 4, next);
    at = next;
    if (marker === APP0) jfif ||= isJfif(body);
    else if (marker === DQT) {
      if (!readSteps(body, steps)) return undefined;
    } else if (marker === DHT) {
      if (!readTables(body, tables)) return undefined;
    } else if (marker === SOF0 && !size) {
      if (body.length < 6 || body[0] !== 8 || body.length !== 6 + 3 * body[5]!) return undefined;
      size = [(body[3]! << 8) | body[4]!, (body[1]! << 8) | body[2]!];
      declared = readDeclared(body.subarray(6));
    } else if (marker === SOS) {
      const components = readScan(body, declared, steps, tables);
      if (!size || !components) return undefined;
      // Without the JFIF mark, components numbered so are brightness and differences by custom.
      if (!jfif && !components.every((component, c) => component.id === c + 1)) return undefined;
      return { width: size[0], height: size[1], components, scan: at };
    } else if (marker !== APP1 && marker !== COMMENT) return undefined;
  }
  return undefined;
}

function isJfif(body: Uint8Array): boolean {
  return body.length >= 14 && String.fromCharCode(...body.subarray(0, 5)) === 'JFIF\0';
}

function readSteps(body: Uint8Array, steps: Map<number, Float64Array>): boolean {
  if (body.length % 65 !== 0) return false;
  for (let at = 0; at < body.length; at += 65) {
    if (body[at]! > 3) return false;
    steps.set(body[at]!, Float64Array.from(body.subarray(at + 1, at + 65)));
  }
  return true;
}

/** Tables by their class (0 DC, 1 AC) · 16 + number. */
function readTables(body: Uint8Array, tables: Map<number, HuffmanTable>): boolean {
  for (let at = 0; at < body.length;) {
    const counts = body.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, n) => sum + n, 0);
    const symbols = body.subarray(at + 17, at + 17 + total);
    if ((body[at]! & 0xec) !== 0 || counts.length < 16 || symbols.length < total) return false;
    const table = huffmanTable(counts, symbols);
    if (!table) return false;
    tables.set(body[at]!, table);
    at += 17 + total;
  }
  return true;
}

function readDeclared(body: Uint8Array): Declared[] {
  const components: Declared[] = [];
  for (let at = 0; at < body.length; at += 3) {
    components.push({
      id: body[at]!,
      across: body[at + 1]! >> 4,
      down: body[at + 1]! & 15,
      quantisation: body[at + 2]!,
    });
  }
  return components;
}

function readScan(
  body: Uint8Array,
  declared: readonly Declared[],
  steps: ReadonlyMap<number, Float64Array>,
  tables: ReadonlyMap<number, HuffmanTable>,
): Component[] | undefined {
  const n = declared.length;
  if ((n !== 1 && n !== 3) || body.length !== 4 + 2 * n || body[0] !== n) return undefined;
  const [first, second, third] = [body[1 + 2 * n], body[2 + 2 * n], body[3 + 2 * n]];
  if (first !== 0 || second !== 63 || third !== 0) return undefined;
  const components: Component[] = [];
  for (let c = 0; c < n; c++) {
    const { id, across, down, quantisation } = declared[c]!;
    const chosen = body[2 + 2 * c]!;
    const found = {
      steps: steps.get(quantisation),
      dc: tables.get(chosen >> 4),
      ac: tables.get(16 | (chosen & 15)),
    };
    if (body[1 + 2 * c] !== id || !found.steps || !found.dc || !found.ac) return undefined;
    components.push({ id, across, down, steps: found.steps, dc: found.dc, ac: found.ac });
  }
  // Grey 1×1; or brightness 1×1 or 2×2 with differences 1×1.
  const usual = components.every(({ across, down }, c) => {
    return across === down && (across === 1 || (across === 2 && c === 0 && n === 3));
  });
  return usual ? components : undefined;
}
