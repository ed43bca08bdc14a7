import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  { ignores: ['node_modules/', 'dist/', 'bin/', 'scripts/*.js', '*.config.js', 'data/', '.carry/', '.gl/'] },
  tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      // What is returned unawaited beside `await using` rejects with nobody listening while the resource is let go of.
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      // `await using` and interface methods kept asynchronous for a remote implementation need no await of their own.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // Typed-array reads in numeric kernels are in range by construction; `!` keeps them readable (style: kernels in few files).
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: 'error',
    },
  },
);
