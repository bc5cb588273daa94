// Lint of the whole workspace. Unused and circular files are found by knip, not here.
import { builtinModules } from 'node:module';
import nx from '@nx/eslint-plugin';
import { defineConfig } from 'eslint/config';
import typescript from 'typescript-eslint';

const nodeBuiltins = builtinModules.flatMap((name) => [name, `node:${name}`]);

/** The arrows of ARCHITECTURE.md: what each layer may import. */
const ARROWS = {
  'layer:base': ['layer:base'],
  // Of the parts, only metrics uses another one: data sets.
  'layer:parts': ['layer:base', 'name:datasets'],
  'layer:loop': ['layer:base', 'layer:parts', 'layer:loop'],
  'layer:model': ['layer:base', 'layer:parts', 'layer:loop'],
  'layer:app': ['layer:base', 'layer:parts', 'layer:loop', 'layer:model', 'layer:app'],
};
const NO_DATASETS = ['scm', 'dag-constraints', 'divergences'];

/** @param {string[]} extra tags that every layer may import besides */
const arrows = (extra) => [
  ...Object.entries(ARROWS).map(([sourceTag, allowed]) => ({
    sourceTag,
    onlyDependOnLibsWithTags: [...allowed, ...extra],
  })),
  ...NO_DATASETS.map((name) => ({
    sourceTag: `name:${name}`,
    notDependOnLibsWithTags: ['name:datasets'],
  })),
];
const boundaries = (depConstraints, options = {}) => ({
  '@nx/enforce-module-boundaries': ['error', { depConstraints, ...options }],
});

const TESTS = ['packages/*/src/**/*.test.ts'];
const NODE_SIDE = ['packages/*/src/node/**/*.ts', 'packages/*/src/cli/**/*.ts'];

export default defineConfig(
  {
    ignores: ['**/dist/', '**/runs/', '.nx/', '.cache/', '.tmp/', 'docs/api/', '**/*.generated.ts'],
  },
  // AssemblyScript is not TypeScript.
  { ignores: ['**/assembly/'] },
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
  },
  {
    files: ['**/*.ts', '**/*.mjs'],
    rules: {
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx', 'hack'] }],
      eqeqeq: 'error',
      'no-console': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['**/*.ts'],
    extends: [typescript.configs.recommended],
    languageOptions: {
      parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['packages/*/src/**/*.ts', 'examples/**/*.ts', 'bench/**/*.ts'],
    ignores: ['packages/testing/**'],
    plugins: { '@nx': nx },
    rules: {
      'no-restricted-exports': [
        'error',
        { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } },
      ],
      ...boundaries(arrows([])),
    },
  },
  {
    files: ['packages/*/src/**/*.ts'],
    ignores: [...TESTS, ...NODE_SIDE, 'packages/testing/**'],
    rules: {
      // A bundler for browsers must not meet these (types of Node are harmless).
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: nodeBuiltins.map((name) => ({
            name,
            message: 'Runs in browsers too: file-system parts live in src/node.',
            allowTypeImports: true,
          })),
        },
      ],
    },
  },
  {
    files: TESTS,
    rules: {
      // Tests may use the helpers of @causal/testing besides what their package may.
      ...boundaries(arrows(['layer:testing']), {
        // The helpers set engines up, and engines are tested with the helpers.
        ignoredCircularDependencies: [
          ['@causal/backend', '@causal/testing'],
          ['@causal/random', '@causal/testing'],
        ],
      }),
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'MemberExpression[object.name=/^(it|test|describe)$/][property.name=/^(only|skip|todo)$/]',
          message: 'A test that does not run proves nothing: make it run, or delete it.',
        },
        {
          selector: 'CallExpression[callee.name=/^(xit|xtest|xdescribe|fdescribe)$/]',
          message: 'A test that does not run proves nothing: make it run, or delete it.',
        },
      ],
    },
  },
  {
    // Programs talk to whoever runs them.
    files: [
      'tools/**',
      'examples/**',
      'bench/**',
      'packages/*/scripts/**',
      ...NODE_SIDE,
      '*.mjs',
      '*.ts',
    ],
    rules: { 'no-console': 'off' },
  },
);
