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

/** The entries of `step` and before; a line that was not written to its end is passed over. */
export async function readJsonl(path: string, step: number): Promise<LogEntry[]> {
  return entriesOf(await readText(path), step);
}

/**
 * Cuts a log back to the entries of `step` and before (those after it will be made again by the
 * resumed run), dropping a last line that was not written to its end.
 */
export async function rewindJsonl(path: string, step: number): Promise<void> {
  const text = await readText(path);
  const rewound = entriesOf(text, step)
    .map((entry) => `${JSON.stringify(entry)}\n`)
    .join('');
  if (rewound !== text) await writeFileAtomic(path, rewound);
}

function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
}

function entriesOf(text: string, step: number): LogEntry[] {
  return text.split('\n').flatMap((line) => {
    const entry = parseEntry(line);
    return entry !== undefined && entry.step <= step ? [entry] : [];
  });
}

function parseEntry(line: string): LogEntry | undefined {
  try {
    const entry = JSON.parse(line) as LogEntry;
    return Number.isInteger(entry.step) ? entry : undefined;
  } catch {
    return undefined;
  }
}
