import { chmod, rm } from "node:fs/promises";
import { build } from "esbuild";

// ssh2's optional native parts are looked up beside the installed package, and are absent after --ignore-scripts.
const nativeBesidePackage = {
  name: "native-beside-package",
  setup(bundler) {
    bundler.onResolve({ filter: /\.node$/ }, ({ path }) => ({
      path: path.startsWith("./crypto/") ? `ssh2/lib/protocol/${path.slice(2)}` : path,
      external: true,
    }));
    bundler.onResolve({ filter: /^cpu-features$/ }, () => ({ path: "cpu-features", external: true }));
  },
};

await rm("dist", { recursive: true, force: true });
await build({
  entryPoints: {
    ctfleet: "src/cli/main.ts",
    demo: "src/lab/demo.ts",
    bench: "bench/audit.ts",
    "bench-inventory": "bench/inventory.ts",
    "bench-ssh-config": "bench/ssh-config.ts",
    "bare-loop": "bench/bare-loop.ts",
  },
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  loader: { ".sh": "text" },
  // Beside the entry points: shipped files are found from any of them by the same relative path.
  chunkNames: "[name]-[hash]",
  // CommonJS libraries in the bundle expect these names.
  banner: {
    js: [
      'import { createRequire as __createRequire } from "node:module";',
      "const require = __createRequire(import.meta.url), __dirname = import.meta.dirname;",
    ].join(" "),
  },
  plugins: [nativeBesidePackage],
  logLevel: "warning",
});
await chmod("dist/ctfleet.js", 0o755);
