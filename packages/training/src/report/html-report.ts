import type { LogEntry } from '../callback';
import { historyCharts } from './history-charts';
import { STYLE } from './style';
import { base64, escapeText, formatNumber } from './text';

export interface ReportFigure {
  readonly kind: 'png' | 'svg';
  /** Bytes of the file, or an SVG's text. */
  readonly data: Uint8Array | string;
  /** What the picture shows, for those who do not see it. */
  readonly alt: string;
  readonly caption?: string;
  /** Headings above a contact sheet, evenly spaced. */
  readonly columns?: readonly string[];
}

export interface ReportTable {
  readonly columns: readonly string[];
  /** The first cell of each row heads it. */
  readonly rows: readonly (readonly (string | number)[])[];
  readonly caption?: string;
}

export interface ReportSection {
  readonly title: string;
  readonly text?: string;
  readonly figures?: readonly ReportFigure[];
  readonly tables?: readonly ReportTable[];
  /** Drawn as one chart a loss term, and one of the learning rate. */
  readonly history?: readonly LogEntry[];
}

/** A headline number. */
export interface ReportFact {
  readonly label: string;
  readonly value: string | number;
  readonly note?: string;
  /** Whether the value is as it should be; unmarked where this is left out. */
  readonly good?: boolean;
}

export interface Report {
  readonly title: string;
  readonly summary?: string;
  readonly facts?: readonly ReportFact[];
  readonly sections: readonly ReportSection[];
}

/**
 * A report as one HTML file that needs nothing else: pictures, charts and style are within, scripts
 * are not, and its own policy forbids loading anything. Follows the reader's light or dark setting.
 * All texts are escaped.
 */
export function htmlReport(report: Report): string {
  const title = escapeText(report.title);
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">`,
    `<title>${title}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    '<main>',
    `<h1>${title}</h1>`,
    paragraph('summary', report.summary),
    report.facts?.length ? `<dl class="facts">${report.facts.map(fact).join('')}</dl>` : '',
    ...report.sections.map(section),
    '</main>',
    '</body>',
    '</html>',
    '',
  ]
    .filter((line, i, lines) => line !== '' || i === lines.length - 1)
    .join('\n');
}

const paragraph = (className: string, text: string | undefined): string =>
  text === undefined ? '' : `<p class="${className}">${escapeText(text)}</p>`;

const shown = (value: string | number): string =>
  typeof value === 'number' ? formatNumber(value) : escapeText(value);

function fact({ label, value, note, good }: ReportFact): string {
  const mark =
    good === undefined
      ? ''
      : good
        ? '<span class="mark good" role="img" aria-label="as it should be">✓</span>'
        : '<span class="mark bad" role="img" aria-label="not as it should be">✗</span>';
  return (
    `<div class="fact"><dt>${escapeText(label)}</dt>` +
    `<dd><span class="value">${shown(value)}</span>${mark}` +
    `${note === undefined ? '' : `<div class="note">${escapeText(note)}</div>`}</dd></div>`
  );
}

function section({ title, text, figures, tables, history }: ReportSection): string {
  return [
    `<section><h2>${escapeText(title)}</h2>`,
    paragraph('text', text),
    ...(figures ?? []).map(figure),
    ...(tables ?? []).map(table),
    history === undefined ? '' : historyCharts(history),
    '</section>',
  ].join('');
}

const MIME = { png: 'image/png', svg: 'image/svg+xml' } as const;
/** Small pictures are enlarged by a whole factor up to about this width. */
const ENLARGE_TO = 880;

/** As <img>, so that nothing within an SVG can run or load. */
function figure({ kind, data, alt, caption, columns }: ReportFigure): string {
  if (kind === 'png' && typeof data === 'string') {
    throw new TypeError(`htmlReport: the PNG "${alt}" must be given as bytes.`);
  }
  const source = `data:${MIME[kind]};base64,${base64(data)}`;
  const width = kind === 'png' ? pngWidth(data as Uint8Array, alt) : undefined;
  const size =
    width === undefined
      ? ''
      : ` style="width:${width * Math.max(1, Math.floor(ENLARGE_TO / width))}px"`;
  const headings = columns?.length
    ? `<div class="columns" style="grid-template-columns:repeat(${columns.length},1fr)">` +
      `${columns.map((text) => `<span>${escapeText(text)}</span>`).join('')}</div>`
    : '';
  return (
    `<figure><div class="scroll"><div class="picture"${size}>${headings}` +
    `<img class="${kind}" src="${source}" alt="${escapeText(alt)}"></div></div>` +
    `${caption === undefined ? '' : `<figcaption>${escapeText(caption)}</figcaption>`}</figure>`
  );
}

/** From the header, at byte 16. */
function pngWidth(png: Uint8Array, alt: string): number {
  if (png.length < 24 || png[1] !== 0x50 || png[2] !== 0x4e || png[3] !== 0x47) {
    throw new TypeError(`htmlReport: "${alt}" is not a PNG file.`);
  }
  return new DataView(png.buffer, png.byteOffset, png.byteLength).getUint32(16);
}

function table({ columns, rows, caption }: ReportTable): string {
  // A column of words is read from the left, numbers are compared at the right.
  const words = columns.map((_, i) =>
    rows.some((row) => typeof row[i] === 'string' && !/\d/.test(row[i]) && row[i].length > 2),
  );
  const cell = (value: string | number, i: number): string =>
    i === 0
      ? `<th scope="row">${shown(value)}</th>`
      : `<td${words[i] ? ' class="words"' : ''}>${shown(value)}</td>`;
  return (
    `<div class="scroll"><table>${caption === undefined ? '' : `<caption>${escapeText(caption)}</caption>`}` +
    `<thead><tr>${columns.map((name) => `<th scope="col">${escapeText(name)}</th>`).join('')}</tr></thead>` +
    `<tbody>${rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('')}</tbody></table></div>`
  );
}
