import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const noRandom = {
  object: 'Math',
  property: 'random',
  message: 'Results must be reproducible: take a seeded generator (src/random.ts) as an argument.',
};

const noDefaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export by name, so that a thing is called the same everywhere.',
};

const noBundledZod = {
  selector: "ImportDeclaration[source.value='zod'] > ImportSpecifier[imported.name='z']",
  message: "Write import * as z from 'zod', so that what is not used stays out of the bundles.",
};

// describe() and it() give promises that node:test itself waits for.
const testFunctions = [
  'after',
  'afterEach',
  'before',
  'beforeEach',
  'describe',
  'it',
  'suite',
  'test',
];

const nodeGlobals = [
  ...['AbortController', 'AbortSignal', 'Buffer', 'URL', 'clearInterval', 'clearTimeout'],
  ...['console', 'fetch', 'performance', 'process', 'setInterval', 'setTimeout'],
];

export default defineConfig(
  globalIgnores(['dist/', 'node_modules/', 'test/output/', 'trainer/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['src/**/*.ts', 'webview/**/*.ts', 'test/**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      eqeqeq: 'error',
      'no-restricted-syntax': ['error', noDefaultExport],
      // `type` keeps unions and their members in one form; both are equal to the compiler.
      '@typescript-eslint/consistent-type-definitions': 'off',
      // tsc's noPropertyAccessFromIndexSignature asks for the opposite.
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [{ from: 'package', package: 'node:test', name: testFunctions }],
        },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
    },
  },
  {
    files: ['src/**/*.ts', 'webview/**/*.ts'],
    rules: {
      'no-restricted-properties': ['error', noRandom],
      'no-restricted-syntax': ['error', noDefaultExport, noBundledZod],
    },
  },
  {
    files: ['scripts/**/*.mjs', '**/*.cjs', '*.js'],
    languageOptions: {
      ecmaVersion: 2023,
      globals: Object.fromEntries(nodeGlobals.map((name) => [name, 'readonly'])),
    },
    rules: {
      eqeqeq: 'error',
      'no-const-assign': 'error',
      'no-dupe-keys': 'error',
      'no-undef': 'error',
      'no-unreachable': 'error',
      'no-unused-vars': 'error',
      'no-useless-catch': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: {
      globals: { exports: 'readonly', module: 'writable', require: 'readonly' },
    },
  },
);
