import { addRoom, asJson, thenInstall, type Files } from './files.ts';

interface Options {
  readonly name: string;
  readonly layer?: 'contract' | 'platform';
}

/** `nx g @hive/tools:package NAME`: an empty room with its sign and its door. */
export default function addPackage(files: Files, { name, layer = 'platform' }: Options): () => void {
  const folder = `packages/${name}`;
  addRoom(files, folder, {
    'package.json': asJson({
      ...{ name: `@hive/${name}`, version: '0.0.0', private: true, type: 'module' },
      exports: { '.': './src/index.ts' },
      dependencies: {},
      nx: { name, tags: [`layer:${layer}`, layer === 'contract' ? 'runs:any' : 'runs:node'] },
    }),
    'README.md': readme(name),
    'src/index.ts': '// The door: what others may use, exported by name.\nexport {};\n',
  });
  return thenInstall(folder);
}

const readme = (name: string): string => `# @hive/${name}

What it is, in one paragraph.

\`\`\`ts
import {} from '@hive/${name}';
\`\`\`

## Guarantees

## What it is not
`;
