import { addRoom, asJson, thenInstall, type Files } from './files.ts';

/** `nx g @hive/tools:agent NAME`: a process that starts, registers and subscribes to nothing yet. */
export default function addAgent(files: Files, { name }: { readonly name: string }): () => void {
  const folder = `apps/${name}`;
  addRoom(files, folder, {
    'package.json': asJson({
      ...{ name: `@hive/${name}`, version: '0.0.0', private: true, type: 'module' },
      scripts: { serve: 'node --watch src/main.ts', build: 'node ../../tools/build-app.mjs' },
      dependencies: { '@hive/agent-kit': '*' },
      nx: { name, tags: ['layer:agent', 'runs:node'] },
    }),
    'README.md': readme(name),
    'src/main.ts': `import { runAgent } from '@hive/agent-kit';
import agent from './agent.ts';

await runAgent(agent, import.meta.url);
`,
    'src/agent.ts': `import { defineAgent } from '@hive/agent-kit';

/** Which events or steps it takes, and what it records. */
export default defineAgent({ name: '${name}', steps: {} });
`,
    'src/agent.test.ts': `import { expect, test } from 'vitest';
import agent from './agent.ts';

test('the agent is called as its room is', () => {
  expect(agent.name).toBe('${name}');
});
`,
  });
  return thenInstall(folder);
}

const readme = (name: string): string => `# ${name}

What it takes, what it records, in one paragraph.

\`\`\`sh
npx nx serve ${name}
\`\`\`

## Guarantees

## What it is not
`;
