import { open, readFile, type FileHandle } from 'node:fs/promises';
import type { Callback, LogEntry } from '../callback';
import { writeFileAtomic } from './write-atomic';

/** Appends each log entry to `path` as one line of JSON. */
export function jsonlLog(path: string): Callback {
  let file: FileHandle | undefined;
  return {
    name: 'jsonl-log',
    async onStart() {
      file = await open(path, 'a');
    },
    async onLog(entry) {
      await file!.appendFile(`${JSON.stringify(entry)}\n`);
    },
    async onEnd() {
      await file?.sync();
      await file?.close();
      file = undefined;
    },
  };
}

/**
 * Cuts a log back to the entries of `step` and before (those after it will be made again by the
 * resumed run), dropping a last line that was not written to its end.
 */
export async function rewindJsonl(path: string, step: number): Promise<LogEntry[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const kept: LogEntry[] = [];
  for (const line of text.split('\n')) {
    const entry = parseEntry(line);
    if (entry !== undefined && entry.step <= step) kept.push(entry);
  }
  const rewound = kept.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  if (rewound !== text) await writeFileAtomic(path, rewound);
  return kept;
}

function parseEntry(line: string): LogEntry | undefined {
  try {
    const entry = JSON.parse(line) as LogEntry;
    return Number.isInteger(entry.step) ? entry : undefined;
  } catch {
    return undefined;
  }
}
