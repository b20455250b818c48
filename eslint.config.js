import tseslint from "typescript-eslint";

export default tseslint.config(
  {
    ignores: [
      "dist/",
      "node_modules/",
      "test-output/",
      "**/*.mjs",
      "**/*.cjs",
      "eslint.config.js",
      "src/shell-text.d.ts",
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/consistent-type-definitions": ["error", "type"],
      "no-console": "error",
      "no-restricted-syntax": ["error", { selector: "ExportDefaultDeclaration", message: "named exports only" }],
    },
  },
  {
    // The command line is the only place that knows the process.
    files: ["src/**/*.ts"],
    ignores: ["src/cli/**", "src/lab/**"],
    rules: { "no-restricted-globals": ["error", { name: "process", message: "only src/cli knows the process" }] },
  },
  {
    files: ["test/**/*.ts", "bench/**/*.ts", "*.config.ts"],
    rules: {
      "no-restricted-syntax": "off",
      "no-console": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
);
