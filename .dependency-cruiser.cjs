// DESIGN: data flows one way through the folders. A stage imports earlier stages and `model`, never later ones.
const stages = [
  "source",
  "inventory",
  "conntrack",
  "expr",
  "playbook",
  "remote",
  "facts",
  "render",
  "plan",
  "ssh",
  "apply",
  "rollout",
  "history",
  "report",
  "lab",
  "cli",
];
const pure = "^src/(model|inventory|playbook|expr|conntrack|render|plan|report)/|^src/facts/";
const only = (name, library, where) => ({
  name: `only-${name}`,
  comment: `${library} belongs to ${where}`,
  severity: "error",
  from: { path: "^src/", pathNot: where },
  to: { path: `^(node_modules/)?${library}(/|$)` },
});
module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "model-imports-nothing-of-ours",
      severity: "error",
      from: { path: "^src/model/" },
      to: { path: "^src/", pathNot: "^src/model/" },
    },
    {
      name: "pure-core",
      comment: "no files, clock or network here: effects stay at the edges; a hash is no effect",
      severity: "error",
      from: { path: pure },
      to: { dependencyTypes: ["core"], pathNot: "^(node:)?(path|crypto)$" },
    },
    ...stages.map((stage, at) => ({
      name: `${stage}-imports-no-later-stage`,
      severity: "error",
      from: { path: `^src/${stage}/` },
      to: { path: `^src/(${stages.slice(at + 1).join("|") || "none"})/` },
    })),
    only("ssh2", "ssh2", "^src/(ssh|lab)/"),
    only("p-limit", "p-limit", "^src/rollout/"),
    only("handlebars", "handlebars", "^src/render/"),
    only("yaml", "yaml", "^src/source/yaml-tree\\.ts$"),
    { name: "src-does-not-import-tests", severity: "error", from: { path: "^src/" }, to: { path: "^(test|bench)/" } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
