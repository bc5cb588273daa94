import { OptionDefaults } from 'typedoc';

/** @type {import('typedoc').TypeDocOptions} */
export default {
  name: 'causal',
  entryPointStrategy: 'packages',
  entryPoints: ['packages/*'],
  exclude: ['packages/testing'],
  out: 'docs/api',
  includeVersion: true,
  readme: 'none',
  // A package with a part for Node says so in a typedoc.json of its own.
  packageOptions: {
    entryPoints: ['src/index.ts'],
    excludeInternal: true,
    excludePrivate: true,
    skipErrorChecking: true,
    disableSources: true,
    // tfjs' own mark on static members that its compiler must keep.
    modifierTags: [...OptionDefaults.modifierTags, '@nocollapse'],
  },
};
