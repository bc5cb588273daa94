// Everything a change must pass, in order; called by .ci/run after `npm ci`. Every stage is run even
// where an earlier one failed. Stages that end with `N passed, N failed` are summed; each other stage
// counts where it fails. `node tools/ci.mjs lint build` runs some stages.
import { enginesHere } from './engines.mjs';
import { execute } from './workspace.mjs';

const STAGES = [
  { name: 'lint', command: ['npm', 'run', 'lint'] },
  { name: 'build', command: ['npm', 'run', 'build'] },
  { name: 'packcheck', command: ['npm', 'run', 'packcheck'] },
  // The pages of every public name, read without writing them: no broken link, no hidden type.
  { name: 'docs', command: ['npm', 'run', 'docs', '--', '--check'] },
  { name: 'test', command: ['npm', 'test'], counts: true },
  { name: 'examples', command: ['node', 'tools/examples.mjs'], counts: true },
  // tfjs-core's own tests; the cpu engine is its reference already.
  ...(await enginesHere())
    .filter((engine) => engine !== 'cpu')
    .map((engine) => ({
      name: `tfjs-core on ${engine}`,
      command: ['npm', 'run', 'conformance', '--', engine],
      counts: true,
    })),
  // The engines in headless Chromium; counts nothing, and says so, where it is not installed.
  { name: 'browser', command: ['npm', 'run', 'browser'], counts: true },
  { name: 'outside', command: ['npm', 'run', 'outside'], counts: true },
];

/** The last line of the form `N passed, N failed` or `engine: N passed, N failed, …`. */
function closingLine(output) {
  const line = [...output.matchAll(/^(?:\S+: )?(\d+) passed, (\d+) failed\b/gm)].at(-1);
  return line && { passed: Number(line[1]), failed: Number(line[2]) };
}

const wanted = process.argv.slice(2);
const rows = [];
for (const { name, command, counts } of STAGES) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n=== ${name}: ${command.join(' ')}`);
  const started = Date.now();
  const [program, ...args] = command;
  // Indented, so that the one closing line that stands alone is the last one.
  const { code, output } = await execute(program, args, { indent: '    ' });
  const { passed, failed } = (counts && closingLine(output)) || { passed: 0, failed: 0 };
  const broken = code !== 0 || (counts && closingLine(output) === undefined);
  rows.push({
    name,
    passed,
    failed: broken ? Math.max(failed, 1) : failed,
    seconds: (Date.now() - started) / 1000,
  });
}

console.log();
for (const { name, passed, failed, seconds } of rows) {
  const counted = passed + failed > 0 ? `${passed} passed, ${failed} failed` : '';
  console.log(
    `${failed ? 'FAILED' : 'ok    '} ${name.padEnd(24)} ${seconds.toFixed(0).padStart(5)} s  ${counted}`,
  );
}
const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);
process.exit(sum('failed') > 0 || rows.length === 0 ? 1 : 0);
