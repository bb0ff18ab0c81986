import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('a long document reaches a reader that is slow, whatever the exit code', async () => {
  const helper = pathToFileURL(join(import.meta.dirname, 'flushed.ts')).href;
  const script = `
    const { flushed } = await import(${JSON.stringify(helper)});
    process.stdout.write('x'.repeat(1_000_000));
    await flushed(process.stdout);
    process.exit(1);`;
  // Through another process, as in a shell: its pipe holds 64 KiB and is not read at first.
  const child = spawn('/bin/sh', [
    '-c',
    '"$0" --input-type=module -e "$1" | (sleep 0.3; wc -c)',
    process.execPath,
    script,
  ]);
  let said = '';
  child.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()));
  await new Promise((ended) => child.once('close', ended));
  expect(said.trim()).toBe('1000000');
});
