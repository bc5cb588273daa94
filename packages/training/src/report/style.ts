/** The report's only style sheet: light and dark, no fonts or pictures from elsewhere. */
export const STYLE = `
:root { color-scheme: light dark;
  --page: #f9f9f7; --card: #fcfcfb; --ink: #0b0b0b; --soft: #52514e; --muted: #75746f; --rule: #e1e0d9;
  --good: #006300; --bad: #b42a2a; --c0: #2a78d6; --c1: #eb6834; --c2: #1baf7a; --c3: #4a3aa7; }
@media (prefers-color-scheme: dark) { :root {
  --page: #0d0d0d; --card: #1a1a19; --ink: #fff; --soft: #c3c2b7; --muted: #98978f; --rule: #2c2c2a;
  --good: #0ca30c; --bad: #e66767; --c0: #3987e5; --c1: #d95926; --c2: #199e70; --c3: #9085e9; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.25rem; margin: 0 0 .75rem; }
.summary, .text { color: var(--soft); max-width: 46rem; margin: 0 0 1rem; }
.muted { color: var(--muted); fill: var(--muted); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .75rem; margin: 1.5rem 0; padding: 0; }
.fact, section { background: var(--card); border: 1px solid var(--rule); border-radius: .6rem; }
.fact { padding: .8rem 1rem; margin: 0; }
.fact dt { color: var(--soft); font-size: .875rem; }
.fact dd { margin: 0; }
.fact .value { font-size: 1.6rem; font-weight: 600; line-height: 1.3; overflow-wrap: anywhere; }
.fact .note { color: var(--muted); font-size: .8125rem; }
.good { color: var(--good); } .bad { color: var(--bad); }
.mark { font-size: 1rem; margin-left: .4rem; }
section { padding: 1.25rem; margin: 1rem 0; }
figure { margin: 0 0 1rem; } figure:last-child, .scroll:last-child { margin-bottom: 0; }
figcaption, caption { color: var(--soft); font-size: .875rem; text-align: left; }
figcaption { margin-top: .4rem; } caption { margin-bottom: .4rem; }
.scroll { overflow-x: auto; margin-bottom: 1rem; }
.picture { width: fit-content; min-width: min(100%, 24rem); }
.picture img { display: block; background: #fff; border-radius: .3rem; }
.picture img.png { width: 100%; image-rendering: pixelated; }
.picture img.svg { max-width: 100%; min-width: min(100%, 22rem); padding: .75rem; }
.columns { display: grid; font-size: .75rem; line-height: 1.2; color: var(--soft); text-align: center; align-items: end; padding-bottom: .3rem; }
.columns span { padding: 0 .15rem; overflow-wrap: anywhere; }
table { border-collapse: collapse; font-size: .9375rem; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .9rem .3rem 0; text-align: right; border-bottom: 1px solid var(--rule); }
th { font-weight: 600; color: var(--soft); } th:first-child, td.words { text-align: left; }
tbody th { font-weight: 400; color: var(--ink); }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); gap: 1.25rem; }
.chart { width: 100%; height: auto; display: block; font: 11px system-ui, sans-serif; }
.chart text { fill: var(--soft); } .chart .chart-title { fill: var(--ink); font-weight: 600; font-size: 13px; }
.chart .muted, .chart .tick { fill: var(--muted); } .chart .chart-title .muted { font-weight: 400; }
.chart .legend { font-size: 12px; }
.chart .grid { stroke: var(--rule); stroke-width: 1; }
.chart .line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.chart .hover { fill: transparent; } .chart .hover:hover { fill: var(--muted); fill-opacity: .15; }
${[0, 1, 2, 3].map((i) => `.line.series-${i} { stroke: var(--c${i}); } .chart .dot.series-${i}, .chart tspan.series-${i} { fill: var(--c${i}); }`).join('\n')}
@media print { body { background: #fff; } section, .fact { break-inside: avoid; } }
`;
