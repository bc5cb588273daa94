// `npm run lint`: everything about the sources that can be said without running them.
// `npm run lint -- types eslint unused format` picks some; `--fix` repairs what can be repaired.
import { ESLint } from 'eslint';
import typescript from 'typescript-eslint';
import { ROOT, execute } from './workspace.mjs';

const fix = process.argv.includes('--fix');

const CHECKS = {
  types: () => passes('tsc', ['--noEmit', '-p', 'tsconfig.json']),
  eslint: async () =>
    // The rule of module boundaries reads the project graph that Nx left behind, and does nothing
    // where there is none: make it, and see the rules bite before believing their silence.
    (await passes('nx', ['show', 'projects'], { quiet: true })) &&
    (await rulesBite()) &&
    (await passes('eslint', ['.', '--max-warnings=0', ...(fix ? ['--fix'] : [])])),
  unused: () => passes('knip', ['--no-progress']),
  manifests: () => passes('node', ['tools/manifests.mjs', '--check']),
  format: () => passes('prettier', [fix ? '--write' : '--check', '--log-level=warn', '.']),
};

async function passes(command, args, options = {}) {
  const { code, output } = await execute(command, args, options);
  if (code !== 0 && options.quiet) console.error(output);
  return code === 0;
}

/** Lints a file that breaks the rules this house leans on, and expects each to be reported. */
async function rulesBite() {
  const eslint = new ESLint({ cwd: ROOT, overrideConfig: [typescript.configs.disableTypeChecked] });
  const wrong = [
    ["import { CausalWAE } from '@causal/wae';", '@nx/enforce-module-boundaries'],
    ["import { countTensors } from '@causal/testing';", '@nx/enforce-module-boundaries'],
    ["import { readFileSync } from 'node:fs';", '@typescript-eslint/no-restricted-imports'],
    ['export default 1;', 'no-restricted-exports'],
    ['export const anything = (x: any) => x;', '@typescript-eslint/no-explicit-any'],
  ];
  const missed = [];
  for (const [line, rule] of wrong) {
    const [report] = await eslint.lintText(line, { filePath: 'packages/graph/src/canary.ts' });
    if (!report.messages.some((message) => message.ruleId === rule))
      missed.push(`${rule}: ${line}`);
  }
  if (missed.length > 0) console.error(`ESLint let these pass:\n  ${missed.join('\n  ')}`);
  return missed.length === 0;
}

const chosen = process.argv.slice(2).filter((word) => word !== '--fix');
const unknown = chosen.filter((word) => !(word in CHECKS));
if (unknown.length > 0) {
  console.error(
    `Unknown check: ${unknown.join(', ')}. There are: ${Object.keys(CHECKS).join(', ')}.`,
  );
  process.exit(2);
}

const results = [];
for (const [name, check] of Object.entries(CHECKS)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  console.log(`\n== ${name}`);
  const started = Date.now();
  const passed = await check();
  results.push({ name, passed, seconds: (Date.now() - started) / 1000 });
}

console.log();
for (const { name, passed, seconds } of results) {
  console.log(`${passed ? 'ok    ' : 'FAILED'} ${name.padEnd(8)} ${seconds.toFixed(1)} s`);
}
process.exit(results.every((result) => result.passed) ? 0 : 1);
