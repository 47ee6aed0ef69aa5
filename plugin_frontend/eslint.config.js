import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['node_modules/', 'eslint.config.js'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      // What is looped over has a name: a run, a layer, a channel.
      'id-denylist': ['error', 'one'],
      // Under noUncheckedIndexedAccess every read of a pixel in a loop needs one.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // The enums of uPlot are const: they are not there at run time.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      // Lit takes methods as listeners and binds them itself.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
);
