import lwc from '@salesforce/eslint-config-lwc/recommended.js';
import tseslint from 'typescript-eslint';

/** Of force-app only the Lightning Web Components are JavaScript of ours. */
const LWC = 'force-app/**/lwc/**/*.js';

export default tseslint.config(
  { ignores: ['node_modules/', '.data/', 'force-app/*/default/*', '!force-app/*/default/lwc'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js', 'scripts/setup.mjs'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/only-throw-error': 'error',
      // node:test returns a promise from test() that the runner awaits itself.
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['test', 'it', 'describe', 'suite'] },
          ],
        },
      ],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'max-lines': ['error', { max: 350, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // The one place that constructs things: one list, longer than any file that does something.
    files: ['middleware/src/app.ts'],
    rules: { 'max-lines': ['error', { max: 500, skipBlankLines: true, skipComments: true }] },
  },
  {
    files: ['scripts/**', 'standins/start.ts', 'middleware/src/main.ts'],
    rules: { 'no-console': 'off' },
  },
  { files: ['**/*.js', '**/*.mjs', '**/*.cjs', 'types/**'], ...tseslint.configs.disableTypeChecked },
  {
    files: ['*.cjs'],
    languageOptions: { globals: { module: 'writable', require: 'readonly', expect: 'readonly' } },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    // A declaration file that declares modules cannot import at its top, and the types of wire adapters take any.
    files: ['types/**'],
    rules: { '@typescript-eslint/consistent-type-imports': 'off', '@typescript-eslint/no-explicit-any': 'off' },
  },
  ...lwc.map((config) => ({ ...config, files: [LWC] })),
  {
    files: [LWC],
    rules: {
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/no-floating-promises': 'off',
      '@typescript-eslint/only-throw-error': 'off',
      // typescript-eslint's rule of this name knows the underscore.
      'no-unused-vars': 'off',
      'max-lines': ['error', { max: 350, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // Jest runs in Node, and the factory of a mock can only require what it needs.
    files: ['force-app/**/__tests__/**/*.js'],
    languageOptions: { globals: { process: 'readonly', require: 'readonly' } },
    rules: { '@typescript-eslint/no-require-imports': 'off', '@lwc/lwc/no-unexpected-wire-adapter-usages': 'off' },
  },
);
