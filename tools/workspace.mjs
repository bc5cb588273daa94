// What the tools know about the workspace: where it is, which packages it has, how to run a command.
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');

/** Every package: its folder name, its path from the root, its manifest. */
export function packages() {
  return readdirSync(join(ROOT, 'packages'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const root = `packages/${name}`;
      const manifest = JSON.parse(readFileSync(join(ROOT, root, 'package.json'), 'utf8'));
      return {
        name,
        root,
        manifest,
        usesTensors: '@tensorflow/tfjs' in (manifest.peerDependencies ?? {}),
      };
    });
}

export function publicPackages() {
  return packages().filter((entry) => entry.manifest.private !== true);
}

/**
 * Runs a program of the workspace and shows its output as it comes.
 * @param {string} command the name of a binary in node_modules/.bin, or a program
 * @param {{ cwd?: string, env?: Record<string, string>, indent?: string, quiet?: boolean }} [options]
 *   `indent` is put before each line; `quiet` keeps the output for the result only
 * @returns {Promise<{ code: number, output: string }>} `code` is 1 where a signal ended it
 */
export function execute(command, args, { cwd = ROOT, env = {}, indent = '', quiet = false } = {}) {
  const path = `${join(ROOT, 'node_modules', '.bin')}:${process.env.PATH}`;
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, PATH: path, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    let atLineStart = true;
    stream.on('data', (text) => {
      output += text;
      if (quiet) return;
      if (indent === '') return void process.stdout.write(text);
      const indented = text.replace(/\n(?!$)/g, `\n${indent}`);
      process.stdout.write((atLineStart ? indent : '') + indented);
      atLineStart = text.endsWith('\n');
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
