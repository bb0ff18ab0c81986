import ts from 'typescript';

/** What the architecture rules want to know of one source file. */
export interface SourceFacts {
  /** Every module named by an import, an export from, or an import() with a plain string. */
  readonly imports: readonly string[];
  readonly readsEnvironment: boolean;
  /** The first text that is an SQL statement. */
  readonly sql: string | undefined;
  readonly exportsEverything: boolean;
}

// Statements, and not prose such as "select one from the list".
const sqlStatement = new RegExp(
  [
    String.raw`\bselect\b[^.]{1,300}?\bfrom\s+["\w]+\s*(where|order\s+by|group\s+by|limit|join|for\s+update|;|$)`,
    String.raw`\binsert\s+into\s+["\w]+\s*(\(|values|select)`,
    String.raw`\bupdate\s+["\w]+\s+set\s+["\w]+\s*=`,
    String.raw`\bdelete\s+from\s+["\w]+\s*(where|;|$)`,
    String.raw`\bcreate\s+(unique\s+)?(table|index|trigger)\s`,
  ].join('|'),
  'i',
);

/** Reads one TypeScript file; comments do not count. */
export function factsOf(path: string, text: string): SourceFacts {
  const imports: string[] = [];
  let readsEnvironment = false;
  let exportsEverything = false;
  let sql: string | undefined;

  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      if (node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) imports.push(node.moduleSpecifier.text);
      if (ts.isExportDeclaration(node) && !node.exportClause) exportsEverything = true;
      return;
    }
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [name] = node.arguments;
      if (name && ts.isStringLiteralLike(name)) imports.push(name.text);
    }
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
      imports.push(node.argument.literal.text);
    }
    if (isEnvironment(node)) readsEnvironment = true;
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) {
      const literal = node.getText().slice(1, -1).trim();
      if (sqlStatement.test(literal)) sql ??= literal;
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return { imports: [...new Set(imports)], readsEnvironment, sql, exportsEverything };
}

const isProcess = (node: ts.Expression | undefined): boolean =>
  node !== undefined && ts.isIdentifier(node) && node.text === 'process';

/** `process.env`, `process['env']` and `const { env } = process`. */
function isEnvironment(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node)) return isProcess(node.expression) && node.name.text === 'env';
  if (ts.isElementAccessExpression(node))
    return isProcess(node.expression) && node.argumentExpression.getText().includes('env');
  return (
    ts.isVariableDeclaration(node) &&
    isProcess(node.initializer) &&
    ts.isObjectBindingPattern(node.name) &&
    node.name.elements.some((element) => (element.propertyName ?? element.name).getText() === 'env')
  );
}
