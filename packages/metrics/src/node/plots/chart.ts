import type * as ObservablePlot from '@observablehq/plot';

/** What a picture needs beyond this package, with the command that brings it. */
async function optional<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    throw new Error(
      `Plots need the package '${name}': npm install @observablehq/plot linkedom @resvg/resvg-js`,
      { cause },
    );
  }
}

/** Observable Plot's marks and a way to draw them without a browser. */
export interface Charts {
  readonly Plot: typeof ObservablePlot;
  /** Draws a plot as a standalone SVG. */
  draw(options: ObservablePlot.PlotOptions): string;
}

/** Loads the chart library on first use: it is an optional peer. */
export async function charts(): Promise<Charts> {
  const Plot = await optional('@observablehq/plot', () => import('@observablehq/plot'));
  const { parseHTML } = await optional('linkedom', () => import('linkedom'));
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  return {
    Plot,
    draw: (options) => {
      const svg = Plot.plot({ ...options, document: document as unknown as Document });
      svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
      svg.setAttribute('style', `background: white; color: black; ${FONT}`);
      return svg.outerHTML;
    },
  };
}

/** Said outright, because what turns SVG into pixels has no system-ui. */
export const FONT = 'font-family: sans-serif';

/**
 * An SVG of this package as PNG bytes, on white.
 * @param options.scale Pixels per SVG unit. Default 2.
 * @throws Error if `@resvg/resvg-js` is not installed. Text needs a font on the machine.
 */
export async function svgToPng(
  svg: string,
  options: { readonly scale?: number } = {},
): Promise<Uint8Array> {
  const { Resvg } = await optional('@resvg/resvg-js', () => import('@resvg/resvg-js'));
  const image = new Resvg(svg, {
    background: 'white',
    fitTo: { mode: 'zoom', value: options.scale ?? 2 },
    font: { defaultFontFamily: 'sans-serif' },
  });
  return new Uint8Array(image.render().asPng());
}

/** Text as it must stand in SVG. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}
