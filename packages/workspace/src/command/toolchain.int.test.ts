import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempFolder } from '../testing.ts';
import { toolchainFolders } from './toolchain.ts';

test('tools are shown with their folder, but no home as a whole and nothing that holds HIVE_HOME', () => {
  const top = tempFolder();
  const home = join(top, 'home');
  const entries = [
    'home/.pyenv/shims',
    'home/.nvm/versions/node/v24/bin',
    'home/bin',
    'home/.local/bin',
    'opt/tool/bin',
    'opt/flat',
    'work/bin',
    'home/.cargo/bin',
  ];
  for (const entry of [...entries, 'home/.rustup', 'home/.local/share/keyrings', 'work/.hive'])
    mkdirSync(join(top, entry), { recursive: true });
  const found = toolchainFolders(
    [...entries.map((entry) => join(top, entry)), '/usr/bin', '/bin', '/absent/bin'],
    home,
    join(top, 'work', '.hive'),
  );
  expect(found.map((folder) => folder.slice(top.length + 1)).sort()).toEqual([
    'home/.cargo/bin',
    'home/.local/bin',
    'home/.nvm',
    'home/.pyenv',
    'home/.rustup',
    'home/bin',
    'opt/flat',
    'opt/tool',
  ]);
});
