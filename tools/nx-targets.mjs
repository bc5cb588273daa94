// Nx targets of every package, inferred in one place (no scripts copied into each package.json).
import { dirname } from 'node:path';

const run = (command, root, extra = {}) => ({
  executor: 'nx:run-commands',
  options: { command, cwd: root },
  ...extra,
});

export const name = 'causal-targets';

export const createNodesV2 = [
  'packages/*/package.json',
  (files) =>
    files.map((file) => {
      const root = dirname(file);
      const isPrivate = root.endsWith('/testing');
      return [
        file,
        {
          projects: {
            [root]: {
              targets: isPrivate
                ? {}
                : {
                    build: run('tsup --config ../../tsup.config.ts', root),
                    packcheck: run('publint --strict && attw --pack . --profile node16', root),
                  },
            },
          },
        },
      ];
    }),
];
