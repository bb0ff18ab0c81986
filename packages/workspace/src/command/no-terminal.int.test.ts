import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createTestRepo, tempFolder } from '../testing.ts';

const run = promisify(execFile);
const script = '/usr/bin/script';

/** Runs on a terminal of its own: what commands find of it, one that asks a question among them. */
const program = (repo: string, base: string, home: string) => `
import { createWorkspace } from ${JSON.stringify(join(import.meta.dirname, '../workspace.ts'))};
const texts = [];
const artefacts = { put: async (text) => String(texts.push(text) - 1), get: async (at) => texts[Number(at)] };
const signal = new AbortController().signal;
const told = { hasTerminal: process.stdin.isTTY && process.stdout.isTTY };
for (const mode of ['none', 'auto']) {
  const sandbox = { mode, allowUnsandboxed: true };
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin' };
  const workspace = createWorkspace({ home: ${JSON.stringify(home)} + mode, artefacts, sandbox, agent: 'a', incarnation: 'i', env });
  const tree = await workspace.open({ repo: ${JSON.stringify(repo)}, base: '${base}', setup: null, modelAuthored: false, passEnv: [], signal });
  const sh = (text) => tree.run(['sh', '-c', text], { timeoutMs: 20_000, signal });
  told[mode] = {
    seen: (await sh('for n in 0 1 2; do test -t $n && echo terminal $n; done; echo none')).tail,
    asks: (await sh('echo Continue?; read answer || { echo no answer >&2; exit 3; }')),
    opens: (await sh('read answer < /dev/tty')),
  };
  await tree.remove();
}
console.log('told ' + JSON.stringify(told));
process.exit();
`;

test('a command that reads from the terminal of Hive gets none, says so and ends, in the sandbox and without', async () => {
  if (!existsSync(script)) {
    process.stdout.write(`commands on a terminal: not tested, there is no ${script}\n`);
    return;
  }
  const repo = createTestRepo();
  const folder = tempFolder();
  const file = join(folder, 'program.ts');
  writeFileSync(file, program(repo.root, repo.first, join(folder, 'home-')));
  const { stdout } = await run(script, ['-qec', `'${process.execPath}' '${file}'`, '/dev/null'], { timeout: 50_000 });
  const told: unknown = JSON.parse(/told (.*)/.exec(stdout)?.[1] ?? 'null');
  const found = {
    seen: 'none',
    asks: { exit: 3, tail: 'Continue?\nno answer' },
    opens: { exit: 2, tail: expect.stringMatching(/\/dev\/tty.*No such device/) as unknown },
  };
  // The control: the program itself was on one.
  expect(told).toMatchObject({ hasTerminal: true, none: found, auto: found });
});
