import { createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evidenceKeyFiles } from '@hive/core-db';
import type { SignedStatement, Why } from '@hive/events';
import { expect, onTestFinished, test } from 'vitest';
import { createCli } from '../cli.ts';
import { readStatement, unseal } from '@hive/front-desk/statement';
import { createOutput } from '../terminal/output.ts';
import { evidence } from '../testing/evidence.ts';
import { exportStatement } from './export-statement.ts';

const why = (status: string) =>
  ({ task: { id: 't', key: 'k', status, commit: 'f'.repeat(40) }, evidence }) as unknown as Why;

const openExporter = () => {
  const folder = mkdtempSync(join(tmpdir(), 'hive-export-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  let notes = '';
  const out = createOutput(
    {
      stdout: { write: () => true, isTTY: false, columns: 100 },
      stderr: { write: (text: string) => ((notes += text), true), isTTY: false },
    },
    { json: false, noColour: true },
  );
  const calm = new AbortController().signal;
  const home = join(folder, 'home');
  const cli = createCli({
    cwd: folder,
    env: { HIVE_HOME: home },
    root: folder,
    out,
    interrupted: calm,
    insisted: calm,
  });
  return { folder, home, cli, notes: () => notes };
};

test('what is written is signed by the key of this home, whose public half is printed', async () => {
  const { folder, home, cli, notes } = openExporter();
  expect(await exportStatement(cli, why('merged'), 'out.json')).toBe(0);
  const envelope = JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8')) as SignedStatement;
  const pem = readFileSync(evidenceKeyFiles(home).publicKey, 'utf8');
  expect(readStatement(unseal(envelope, createPublicKey(pem)) ?? '')).toEqual({ commit: 'f'.repeat(40), evidence });
  expect(notes()).toContain(pem.trim());
  expect(notes()).not.toContain('PRIVATE');
});

test('a refusal has nothing to sign', async () => {
  const { cli } = openExporter();
  await expect(exportStatement(cli, why('refused'), 'out.json')).rejects.toMatchObject({ code: 'input.state' });
});
