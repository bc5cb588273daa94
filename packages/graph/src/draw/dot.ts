import type { Matrix } from '../matrix';
import { drawing, type DrawOptions, edgeColours } from './model';

/** The graph in Graphviz's DOT language, coloured against a truth when one is given. */
export function toDot(a: Matrix, options: DrawOptions = {}): string {
  const { names, edges } = drawing(a, options, 'toDot(a)');
  const lines = names.map((name, i) => `  ${i} [label=${quoted(name)}];`);
  for (const { from, to, kind, label } of edges) {
    const attributes = [
      `color="${edgeColours[kind]}"`,
      ...(label === '' ? [] : [`label=${quoted(label)}`]),
      ...(kind === 'missing' ? ['style=dashed'] : []),
    ];
    lines.push(`  ${from} -> ${to} [${attributes.join(', ')}];`);
  }
  return `digraph {\n${lines.join('\n')}${lines.length > 0 ? '\n' : ''}}\n`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
