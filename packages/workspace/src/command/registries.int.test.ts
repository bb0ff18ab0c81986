import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempFolder } from '../testing.ts';
import { registryFiles } from './registries.ts';

test('a setup learns where registries are, and no token or password', async () => {
  const user = tempFolder();
  const home = tempFolder();
  mkdirSync(join(user, '.config', 'pip'), { recursive: true });
  writeFileSync(
    join(user, '.npmrc'),
    'registry=https://registry.example/\n//registry.example/:_authToken=secret\n@mine:registry=https://me:secret@x.example/\n@ours:registry=https://y.example/\nproxy=http://${USER}@p\nscript-shell=/evil\n',
  );
  writeFileSync(
    join(user, '.config/pip/pip.conf'),
    '[global]\nindex-url = https://u:secret@pypi.example\ncert = /ca.pem\n',
  );
  await registryFiles(user, home);
  expect(readFileSync(join(home, '.npmrc'), 'utf8')).toBe(
    'registry=https://registry.example/\n@ours:registry=https://y.example/\n',
  );
  expect(readFileSync(join(home, '.config/pip/pip.conf'), 'utf8')).toBe('[global]\ncert = /ca.pem\n');
  await registryFiles(undefined, home);
  expect(existsSync(join(home, '.cargo'))).toBe(false);
});
