import { transform } from 'lightningcss';
import MagicString from 'magic-string';
import { parseAst, type Plugin } from 'vite';

/** A node of the syntax tree (ESTree), as far as it is looked at. */
type Node = {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
};

/** A text of a template, as it is written and as it is meant. */
type Quasi = { readonly raw: string; readonly cooked: string };

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Partial<Node>).type === 'string';

function* nodesOf(node: Node): Generator<Node> {
  yield node;
  for (const value of Object.values(node))
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) yield* nodesOf(child);
}

/** Line breaks and what stands beside them, which a browser shows as one space in any text that is not `pre`. */
const indentation = /\s*\n\s*/g;

/** A sheet without what only its author needs. The same rules in the same order. */
const compactSheet = (css: string, filename: string): string =>
  transform({ filename, code: Buffer.from(css), minify: true }).code.toString();

/** A text as it is written between backticks. */
const quoted = (text: string): string => text.replace(/[`\\]|\$(?=\{)/g, '\\$&');

/**
 * Takes comments and indentation out of the templates of Lit, which are strings to whatever minifies code: sheets (`css`) without expressions are
 * minified; in all others and in markup (`html`, `svg`) a line break stays, without what stands beside it.
 */
export const compactTemplates = (): Plugin => ({
  name: 'hive-compact-templates',
  apply: 'build',
  enforce: 'post',
  transform(code, id) {
    if (!/\.ts$/.test(id) || !/\b(css|html|svg)`/.test(code)) return null;
    const compact = new MagicString(code);
    for (const node of nodesOf(parseAst(code) as unknown as Node)) {
      if (node.type !== 'TaggedTemplateExpression') continue;
      const tag = (node['tag'] as Node)['name'];
      const parts = (node['quasi'] as Node)['quasis'] as readonly (Node & { readonly value: Quasi })[];
      const [only] = parts;
      if (tag === 'css' && only && parts.length === 1) {
        compact.update(only.start, only.end, quoted(compactSheet(only.value.cooked, id)));
      } else if (tag === 'css' || tag === 'html' || tag === 'svg') {
        for (const { start, end, value } of parts) {
          const text = value.raw.replace(indentation, '\n');
          if (text !== value.raw) compact.update(start, end, text);
        }
      }
    }
    return compact.hasChanged() ? { code: compact.toString(), map: compact.generateMap({ hires: true }) } : null;
  },
});
