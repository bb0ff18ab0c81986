import { writeFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cloneRootOf, variables } from './env.ts';
import { hiveSchema, type SchemaNode } from './schema-keys.ts';

const example = {
  models: ['planner: [ollama:qwen3-coder:30b@walnut]', 'worker: [ollama:qwen3-coder:30b@walnut]'],
  fallback: ['after: 3'],
  replies: ['reuse: false', 'hours: 24'],
  agents: ['walnut:', '  endpoint: http://192.168.1.27:11434', '  model: qwen3-coder:30b'],
  pool: ["context: { 'qwen3-coder:30b': 32768 }"],
  repos: ['~/code/my-project:', '  checks: [npm test]', '  setup: npm ci'],
  sandbox: [
    'mode: auto',
    'allowUnsandboxed: false',
    'passEnv: []',
    'egress: []',
    'limits: { memoryGb: 4, processes: 512, cores: 2, diskGb: 10, minutes: 30 }',
  ],
  budgets: ['workflow: { tokens: 200000 }', 'day: { usd: 20 }'],
  prices: ["'claude:<model>': { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75, as_of: 2026-11-01 }"],
  paid: ['quiet_hours: 08:00-18:00', 'reserve: 30%', 'resumes: 3'],
  security: ['egress:', '  - { path: src/billing/**, to: local }', 'egressDefault: any'],
  http: ['tls: { cert: ./hive.crt, key: ./hive.key, bind: 0.0.0.0 }'],
  notify: ['ntfy:', '  - { url: https://ntfy.example.org/hive-1f2e, wants: [approvals, failures] }'],
  limits: ['repository: 4', "models: { 'ollama:qwen3-coder:30b@walnut': 1 }"],
  policies: ['approvals:', '  plan: models', "  protected: [main, 'release/*']", '  spendAboveUsd: 5'],
  disk: ['floorGb: 5', 'worktreesGb: 20', 'failedDays: 7', 'cachesGb: 20', 'mirrorsGb: 20', 'logsMb: 100'],
  store: ['synchronous: full'],
} as const satisfies Record<string, readonly string[]>;

const hive = (): SchemaNode => hiveSchema().properties?.['hive'] ?? {};

/** Text as a comment of at most 100 characters a line. */
const comment = (text: string): string[] => text.match(/.{1,96}(?:\s|$)/g)?.map((line) => `  # ${line.trim()}`) ?? [];

/**
 * hive.example.yaml: loads as it is and changes nothing. A line that begins with `#` and no blank, or two, is configuration;
 * `# ` and a word is a remark.
 */
export const exampleFile = (): string =>
  [
    '# Configuration of Hive. Copy this file to hive.yaml in HIVE_HOME and remove the # before what you want to say.',
    '# All keys: docs/reference/configuration.md. ${NAME} is replaced from the environment. An unknown key is refused.',
    'hive:',
    ...Object.entries(example).flatMap(([key, lines]) => {
      const mark = ['fallback', 'replies', 'sandbox', 'disk', 'store'].includes(key) ? '' : '#'; // their lines say what holds anyway
      const remark = comment(hive().properties?.[key]?.description ?? '');
      return [...remark, `  ${mark}${key}:`, ...lines.map((line) => `  ${mark}  ${line}`), ''];
    }),
  ]
    .join('\n')
    .trimEnd() + '\n';

const typeOf = (node: SchemaNode): string => {
  if (node.enum) return node.enum.map(String).join(', ');
  if (node.anyOf) return [...new Set(node.anyOf.map(typeOf))].join(' or ');
  if (node.type === 'array') return `list of ${node.items ? typeOf(node.items) : 'anything'}`;
  return { string: 'text', integer: 'number', boolean: 'true or false' }[node.type ?? ''] ?? node.type ?? 'anything';
};

type Row = { readonly key: string; readonly type: string; readonly default: string; readonly says: string };

const rowsOf = (node: SchemaNode, path: string, notYet: boolean): Row[] => {
  const quiet = notYet || node.notYet === true;
  const inner = [
    ...Object.entries(node.properties ?? {}).map(([key, child]) => [`${path}.${key}`, child] as const),
    ...(typeof node.additionalProperties === 'object' ? [[`${path}.<name>`, node.additionalProperties] as const] : []),
  ];
  const isDocumented = node.description !== undefined || inner.length === 0;
  const row: Row = {
    key: path,
    type: inner.length > 0 ? '' : typeOf(node),
    default: inner.length > 0 || node.default === undefined ? '' : JSON.stringify(node.default),
    says: `${node.description ?? ''}${quiet ? ' (no effect yet)' : ''}`.trim(),
  };
  return [...(isDocumented ? [row] : []), ...inner.flatMap(([key, child]) => rowsOf(child, key, quiet))];
};

/** A Markdown table, its columns as wide as what they hold. */
const table = (rows: readonly (readonly string[])[]): string[] => {
  const cells = rows.map((row) => row.map((text) => text.replaceAll('|', '\\|')));
  const widths = (cells[0] ?? []).map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = cells;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)];
};

/** docs/reference/configuration.md. */
export const referencePage = (): string =>
  [
    '# Configuration',
    '',
    'Choices stand in `hive.yaml`, in HIVE_HOME or where `--config` or `HIVE_CONFIG` says; secrets in the environment. Nothing has to be configured',
    'to begin with. `hive.example.yaml` is a file to start from. This page is written by `node packages/config/src/reference.ts`.',
    '',
    '## hive.yaml',
    '',
    '`${NAME}` is replaced from the environment. An unknown key is refused, with the nearest known one named (exit code 78). A key without an effect yet is',
    'accepted, and a warning says so.',
    '',
    ...table([
      ['key', 'value', 'default', 'meaning'],
      ...Object.entries(hive().properties ?? {})
        .flatMap(([key, node]) => rowsOf(node, `hive.${key}`, false))
        .map((row) => [`\`${row.key}\``, row.type, row.default && `\`${row.default}\``, row.says]),
    ]),
    '',
    '## Environment',
    '',
    ...table([['variable', 'meaning'], ...Object.entries(variables).map(([name, says]) => [`\`${name}\``, says])]),
    '',
  ].join('\n');

/** What is generated, and where it lies in the repository. */
export const generated = (): Readonly<Record<string, string>> => ({
  'hive.example.yaml': exampleFile(),
  'docs/reference/configuration.md': referencePage(),
});

if (import.meta.main) {
  const root = cloneRootOf(import.meta.url) ?? process.cwd();
  for (const [path, text] of Object.entries(generated())) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}
