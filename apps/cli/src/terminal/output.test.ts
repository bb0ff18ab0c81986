import { expect, test } from 'vitest';
import { createOutput } from './output.ts';

const outputTo = (isTTY: boolean, options: { json?: boolean; noColour?: boolean } = {}) => {
  const written = { stdout: '', stderr: '' };
  const into = (name: 'stdout' | 'stderr') => ({
    isTTY,
    columns: 20,
    write: (text: string) => ((written[name] += text), true),
  });
  // Only what an output uses of a stream.
  const streams = { stdout: into('stdout'), stderr: into('stderr') } as unknown as Parameters<typeof createOutput>[0];
  return { written, out: createOutput(streams, { json: options.json ?? false, noColour: options.noColour ?? false }) };
};

test('on a terminal progress is replaced in place, cut to the line, and gone before the next line', () => {
  const { written, out } = outputTo(true);
  out.progress('working on something long');
  out.line('done');
  expect(written.stdout).toBe('\r\u001b[2Kworking on somethin\r\u001b[2Kdone\n');
});

test('elsewhere it is plain lines without colour', () => {
  const { written, out } = outputTo(false);
  out.progress('working');
  out.line(out.colour.red('done'));
  expect(written.stdout).toBe('working\ndone\n');
});

test('NO_COLOR holds on a terminal too', () => {
  expect(outputTo(true, { noColour: true }).out.colour.red('x')).toBe('x');
  expect(outputTo(true).out.colour.red('x')).toBe('\u001b[31mx\u001b[39m');
});

test('with --json stdout has the document and nothing else', () => {
  const { written, out } = outputTo(true, { json: true });
  out.line('for people');
  out.progress('working');
  out.note('remark');
  out.document({ a: 1 });
  expect(JSON.parse(written.stdout)).toEqual({ a: 1 });
  expect(written.stderr).toBe('working\nremark\n');
});
