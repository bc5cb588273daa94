import { OptionsError, show } from '@causal/options';
import type { Matrix } from '../matrix';
import { type Layout, layoutOf } from './layout';
import { drawing, type DrawnEdge, type DrawOptions, edgeColours, type EdgeKind } from './model';

export interface SvgOptions extends DrawOptions {
  /** A heading above the graph. */
  readonly title?: string;
}

const LEGEND: readonly (readonly [EdgeKind, string])[] = [
  ['true', 'right'],
  ['reversed', 'reversed'],
  ['extra', 'extra'],
  ['missing', 'missing'],
];
const LEGEND_STEP = 92;
const FONT = 'font-family="system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif"';

/**
 * The graph as a self-contained SVG: causes above effects in layers, weights beside the edges
 * (thicker = stronger), and with `truth` the edges in colours with a legend: right, reversed, extra,
 * and missing ones dashed. Cyclic graphs are drawn as well.
 * @returns The text of an SVG document with a white background.
 */
export function toSvg(a: Matrix, options: SvgOptions = {}): string {
  const parts = drawing(a, options, 'toSvg(a)');
  if (options.title !== undefined && typeof options.title !== 'string') {
    throw new OptionsError('toSvg(a)', [`\`title\` must be a string, got ${show(options.title)}.`]);
  }
  const placed = layoutOf(parts);
  const shown = options.truth === undefined ? [] : LEGEND;
  const top = options.title === undefined ? 0 : 32;
  const bottom = shown.length > 0 ? 28 : 0;
  const width = Math.max(
    placed.width,
    shown.length > 0 ? shown.length * LEGEND_STEP + 16 : 0,
    options.title === undefined ? 0 : options.title.length * 8.5 + 32,
  );
  const height = placed.height + top + bottom;
  const strongest = Math.max(...parts.edges.map(({ weight }) => Math.abs(weight)), 0);
  const kinds = [...new Set(parts.edges.map(({ kind }) => kind))];
  const shift = (width - placed.width) / 2;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" height="${round(height)}" role="img">`,
    `<title>${escaped(options.title ?? 'Causal graph')}</title>`,
    `<defs>${kinds.map(marker).join('')}</defs>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...(options.title === undefined
      ? []
      : [
          `<text x="${round(width / 2)}" y="26" ${FONT} font-size="16" font-weight="600" fill="#0f172a" text-anchor="middle">${escaped(options.title)}</text>`,
        ]),
    `<g transform="translate(${round(shift)} ${top})" ${FONT}>`,
    ...parts.edges.map((edge, i) => path(edge, placed.routes[i]!.points, strongest)),
    ...placed.nodes.map(node),
    ...parts.edges.map((edge, i) => label(edge, placed.routes[i]!.label)),
    `</g>`,
    ...shown.map(([kind, text], i) =>
      legend(kind, text, (width - shown.length * LEGEND_STEP) / 2 + i * LEGEND_STEP, height - 16),
    ),
    `</svg>`,
    '',
  ].join('\n');
}

function marker(kind: EdgeKind): string {
  return (
    `<marker id="arrow-${kind}" viewBox="0 0 10 10" refX="9" refY="5" markerUnits="userSpaceOnUse"` +
    ` markerWidth="10" markerHeight="10" orient="auto"><path d="M0 1 L10 5 L0 9 z" fill="${edgeColours[kind]}"/></marker>`
  );
}

type Points = Layout['routes'][number]['points'];

function path({ from, to, kind, weight }: DrawnEdge, points: Points, strongest: number): string {
  const stroke = strongest === 0 ? 1.5 : 1 + 1.6 * Math.sqrt(Math.abs(weight) / strongest);
  const dash = kind === 'missing' ? ' stroke-dasharray="5 4"' : '';
  return (
    `<path d="${from === to ? loop(points) : smooth(points)}" fill="none" stroke="${edgeColours[kind]}"` +
    ` stroke-width="${round(kind === 'missing' ? 1.5 : stroke)}"${dash} marker-end="url(#arrow-${kind})"/>`
  );
}

const at = ({ x, y }: { x: number; y: number }) => `${round(x)} ${round(y)}`;

function loop([start, out, back, end]: Points): string {
  return `M${at(start!)} C${at(out!)} ${at(back!)} ${at(end!)}`;
}

/**
 * A curve through all way points, x as a monotone cubic of y (Fritsch & Carlson 1980): vertical at
 * both ends and wherever the way turns, and without overshoot between.
 */
function smooth(points: Points): string {
  const slopes = points.slice(1).map(({ x, y }, i) => (x - points[i]!.x) / (y - points[i]!.y));
  const tangents = points.map((_, i) => {
    const before = slopes[i - 1] ?? 0;
    const after = slopes[i] ?? 0;
    return before * after <= 0 ? 0 : (2 * before * after) / (before + after);
  });
  const pieces = points.slice(1).map((end, i) => {
    const start = points[i]!;
    const third = (end.y - start.y) / 3;
    const first = { x: start.x + tangents[i]! * third, y: start.y + third };
    const second = { x: end.x - tangents[i + 1]! * third, y: end.y - third };
    return ` C${at(first)} ${at(second)} ${at(end)}`;
  });
  return `M${at(points[0]!)}${pieces.join('')}`;
}

function node({ name, x, y, width, height }: Layout['nodes'][number]): string {
  return (
    `<rect x="${round(x - width / 2)}" y="${round(y - height / 2)}" width="${round(width)}" height="${round(height)}"` +
    ` rx="${round(height / 2)}" fill="#eff6ff" stroke="#1e3a8a" stroke-width="1.4"/>` +
    `<text x="${round(x)}" y="${round(y + 5)}" font-size="14" fill="#0f172a" text-anchor="middle">${escaped(name)}</text>`
  );
}

function label({ label: text, kind }: DrawnEdge, { x, y }: { x: number; y: number }): string {
  if (text === '') return '';
  return (
    `<text x="${round(x)}" y="${round(y + 4)}" font-size="11" fill="${edgeColours[kind]}" stroke="#ffffff"` +
    ` stroke-width="4" paint-order="stroke" text-anchor="middle">${escaped(text)}</text>`
  );
}

function legend(kind: EdgeKind, text: string, x: number, y: number): string {
  const dash = kind === 'missing' ? ' stroke-dasharray="5 4"' : '';
  return (
    `<line x1="${round(x)}" y1="${round(y)}" x2="${round(x + 24)}" y2="${round(y)}" stroke="${edgeColours[kind]}" stroke-width="2"${dash}/>` +
    `<text x="${round(x + 30)}" y="${round(y + 4)}" ${FONT} font-size="12" fill="#334155">${text}</text>`
  );
}

const round = (value: number) => String(Math.round(value * 10) / 10);

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
