import ts from "typescript";

/** Full names of the tests in a source, as vitest shows them: the names of describes and of the test, with ` > ` between. */
export const testNames = (source: string): ReadonlySet<string> => {
  const names = new Set<string>();
  const visit = (node: ts.Node, around: readonly string[]): void => {
    const call = ts.isCallExpression(node) ? nameOf(node) : undefined;
    if (call?.word === "it") names.add([...around, call.name].join(" > "));
    const within = call?.word === "describe" ? [...around, call.name] : around;
    ts.forEachChild(node, (child) => visit(child, within));
  };
  visit(ts.createSourceFile("test.ts", source, ts.ScriptTarget.Latest), []);
  return names;
};

/** Of a call like `it("name", ...)` or `describe.each(cases)("name", ...)`; none of one that is skipped. */
const nameOf = ({ expression, arguments: words }: ts.CallExpression) => {
  const [first] = words;
  if (first === undefined || !ts.isStringLiteralLike(first)) return undefined;
  const callee = textOf(expression);
  const word = /^(it|describe)\b/.exec(callee)?.[1];
  return word === undefined || /\.(skip|todo)\b/.test(callee) ? undefined : { word, name: first.text };
};

/** `it`, `it.each(...)`, `describe.runIf(...).each`: the names in a callee, without its arguments. */
const textOf = (node: ts.Expression): string => {
  if (ts.isIdentifier(node)) return node.text;
  if (ts.isPropertyAccessExpression(node)) return `${textOf(node.expression)}.${node.name.text}`;
  if (ts.isCallExpression(node)) return textOf(node.expression);
  return "";
};
