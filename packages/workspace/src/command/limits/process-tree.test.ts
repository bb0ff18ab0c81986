import { expect, test } from 'vitest';
import { parseStat, treeOf, type ProcessLine } from './process-tree.ts';

test('a line of the kernel is read from behind the name, whatever that holds', () => {
  const line = '7 (a) Z (b) S 3 5 5 0 -1 4194560 1 2 3 4 100 50 20 10 20 0 9 0 777 1000 25 18446744073709551615';
  expect(parseStat(7, line)).toEqual({
    pid: 7,
    parent: 3,
    group: 5,
    identity: '7 777',
    threads: 9,
    residentBytes: 25 * 4096,
    cpuMs: 1800,
  });
  expect(parseStat(7, '7 (sh) Z 3 5 5 0')).toBe(null);
});

test('a tree is what began with its roots, also what was given to another parent', () => {
  const line = (pid: number, parent: number): ProcessLine => ({
    pid,
    parent,
    group: pid,
    identity: `${pid} 1`,
    threads: 1,
    residentBytes: 0,
    cpuMs: 0,
  });
  const all = [line(1, 0), line(10, 1), line(11, 10), line(12, 11), line(20, 1), line(21, 20), line(30, 1)];
  expect(treeOf(all, new Set(['10 1', '20 1', '30 9'])).map(({ pid }) => pid)).toEqual([10, 11, 12, 20, 21]);
});
