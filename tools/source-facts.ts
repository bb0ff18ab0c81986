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

// Statements, and not prose such as "select one from the list". A quote ends one too: whole files are asked as well.
const sqlStatement = new RegExp(
  [
    String.raw`\bselect\b[^.]{1,300}?\bfrom\s+["\w]+\s*(where|order\s+by|group\s+by|limit|join|for\s+update|;|['"\x60]|$)`,
    String.raw`\binsert\s+into\s+["\w]+\s*(\(|values|select)`,
    String.raw`\bupdate\s+["\w]+\s+set\s+["\w]+\s*=`,
    String.raw`\bdelete\s+from\s+["\w]+\s*(where|;|['"\x60]|$)`,
    String.raw`\bcreate\s+(unique\s+)?(table|index|trigger)\s`,
  ].join('|'),
  'i',
);

const mayMatter = (text: string): boolean =>
  /process\W+env|env\W+process|export\s*\*/.test(text) || sqlStatement.test(text);

/** Reads one TypeScript file; comments do not count. */
export function factsOf(path: string, text: string): SourceFacts {
  const imports = [...new Set(ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName))];
  // Scanning for imports takes a tenth of parsing, so only files that look suspicious are parsed.
  return { imports, ...(mayMatter(text) ? contentOf(path, text) : innocent) };
}

type Content = { -readonly [K in Exclude<keyof SourceFacts, 'imports'>]: SourceFacts[K] };
const innocent: Content = { readsEnvironment: false, exportsEverything: false, sql: undefined };

function contentOf(path: string, text: string): Content {
  const found = { ...innocent };
  const visit = (node: ts.Node): void => {
    if (ts.isExportDeclaration(node) && !node.exportClause) found.exportsEverything = true;
    if (isEnvironment(node)) found.readsEnvironment = true;
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) {
      const literal = node.getText().slice(1, -1).trim();
      if (sqlStatement.test(literal)) found.sql ??= literal;
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return found;
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
