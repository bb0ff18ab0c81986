import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin, Rolldown } from 'vite';

/** What the frame loads beside the code of a page, unless it is Home. */
const besidesHome = 'ui/more-icons.ts';
const pageLoads = /path: '([^']+)'[^]*?load: \(\) => import\('\.\.\/([^']+)'\)/g;

/** The chunks that this one needs before it can run, itself included. */
const closureOf = (name: string, bundle: Rolldown.OutputBundle, known = new Set<string>()): ReadonlySet<string> => {
  const chunk = bundle[name];
  if (chunk?.type !== 'chunk' || known.has(name)) return known;
  known.add(name);
  for (const next of chunk.imports) closureOf(next, bundle, known);
  return known;
};

/**
 * Writes `pages.json`: for each pattern of an address the chunks of the frame and then of its page. Whoever serves the frame can name them with it,
 * so that a browser asks for all of them at once, in this order, and not for those of the page when the frame runs.
 */
export const pageChunks = (): Plugin => {
  let root = '';
  return {
    name: 'hive-page-chunks',
    apply: 'build',
    configResolved: (config) => {
      root = config.root;
    },
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((it) => it.type === 'chunk');
      const frame = new Set(
        chunks.filter(({ isEntry }) => isEntry).flatMap(({ fileName }) => [...closureOf(fileName, bundle)]),
      );
      const places = readFileSync(join(root, 'src/app/places.ts'), 'utf8');
      const entries = [...places.matchAll(pageLoads)].map(([, path = '', page = '']) => {
        const needed = [page, ...(path === '/' ? [] : [besidesHome])].flatMap((source) => {
          const chunk = chunks.find(({ facadeModuleId }) => facadeModuleId === join(root, 'src', source));
          return chunk
            ? [...closureOf(chunk.fileName, bundle)]
            : this.error(`No chunk was built of ${source}, for ${path}`);
        });
        return [path, [...new Set([...frame, ...needed])].map((name) => `/${name}`)] as const;
      });
      if (entries.length === 0) this.error('No page was found in src/app/places.ts');
      this.emitFile({ type: 'asset', fileName: 'pages.json', source: JSON.stringify(Object.fromEntries(entries)) });
    },
  };
};
