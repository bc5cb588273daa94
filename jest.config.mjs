// One jest configuration for every package: run as `jest --rootDir packages/<name>`.
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));

// Dependencies that come as ESM alone (patterns of their names): the charts and what is under them.
const ESM_ONLY = [
  '@observablehq',
  'd3(-[a-z]+)*',
  'internmap|delaunator|robust-predicates|isoformat',
  'linkedom|css-select|css-what|dom[a-z-]+|entities|nth-check|boolbase|htmlparser2|cssom[a-z]*',
];

export default {
  testEnvironment: 'node',
  // Resolve @causal/* to TypeScript sources: tests never need a build.
  testEnvironmentOptions: {
    // TensorFlow.js keeps its engine on the global object: jest's guards on it break a second file.
    globalsCleanup: 'off',
    customExportConditions: ['@causal/source', 'node', 'require', 'default'],
  },
  testMatch: ['<rootDir>/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/', '<rootDir>/.nx/'],
  transform: {
    '^.+\\.(ts|mts|tsx)$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
    // ESM-only dependencies are turned into CommonJS for jest.
    '^.+\\.m?js$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'ecmascript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${ESM_ONLY.join('|')})/)`],
  cacheDirectory: root + '.cache/jest',
  // A test is never judged by its time: this ends what hangs, on a machine that does other work too.
  testTimeout: 240_000,
  verbose: false,
};
