/** Rows as columns of one width each; the last column, where it is long, goes on below itself. */
export function table(rows: readonly (readonly string[])[], width: number): string {
  const columns = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  const last = columns.length - 1;
  const indent = columns.slice(0, last).reduce((sum, column) => sum + column + 2, 0);
  return rows
    .map((row) => {
      const start = row.slice(0, last).map((cell, i) => cell.padEnd(columns[i]! + 2));
      const lines = wrap(row[last]!, Math.max(width - indent, 20));
      return start.join('') + lines.join(`\n${' '.repeat(indent)}`);
    })
    .join('\n');
}

function wrap(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1)!;
    if (line && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line ? `${line} ${word}` : word;
  }
  return lines;
}
