import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { assemble } from './bpf.ts';
import { seccompFilter } from './filter.ts';
import { inspected, machines, missing, refused } from './system-calls.ts';

/** Runs a program as the kernel does; answers the errno, or 0. */
const ask = (filter: Buffer, audit: number, number: number, args: readonly number[] = []): number => {
  const given = Buffer.alloc(64);
  given.writeUInt32LE(number, 0);
  given.writeUInt32LE(audit, 4);
  args.forEach((value, index) => given.writeBigUInt64LE(BigInt(value), 16 + 8 * index));
  let value = 0;
  for (let at = 0; ; at++) {
    const [code, yes, no] = [filter.readUInt16LE(at * 8), filter.readUInt8(at * 8 + 2), filter.readUInt8(at * 8 + 3)];
    const k = filter.readUInt32LE(at * 8 + 4);
    if (code === 0x06) return k === 0x7fff_0000 ? 0 : (k & 0xffff_0000) === 0x0005_0000 ? k & 0xffff : -1;
    if (code === 0x20) value = given.readUInt32LE(k);
    else {
      const holds = code === 0x15 ? value === k : code === 0x35 ? value >= k : code === 0x45 ? (value & k) !== 0 : null;
      if (holds === null) throw new Error(`unknown step ${code}`);
      at += holds ? yes : no;
    }
  }
};

for (const [arch, { audit, numbers }] of Object.entries(machines)) {
  const filter = seccompFilter(arch) ?? Buffer.alloc(0);
  const call = (name: keyof typeof numbers, ...args: number[]) => ask(filter, audit, numbers[name] ?? -1, args);

  test(`${arch}: what is refused or missing is, and nothing else`, () => {
    for (const name of refused) if (numbers[name] !== undefined) expect(call(name), name).toBe(1);
    for (const name of missing) expect(call(name), name).toBe(38);
    const known = new Set(Object.values(numbers));
    for (let number = 0; number < 600; number++)
      if (!known.has(number)) expect(ask(filter, audit, number), String(number)).toBe(0);
  });

  test(`${arch}: calls for another kind of machine are not there`, () => {
    expect(ask(filter, 0x4000_0003, 1)).toBe(38);
    expect(ask(filter, audit, 0x4000_0001)).toBe(38);
  });

  test(`${arch}: sockets, terminals and namespaces are looked at closely`, () => {
    expect([1, 2, 10, 16].map((family) => call('socket', family, 1, 0))).toEqual([0, 0, 0, 0]);
    expect([0, 17, 38, 40].map((family) => call('socket', family, 3, 0))).toEqual([97, 97, 97, 97]);
    expect(call('socket', 16, 3, 15)).toBe(97);
    expect(call('socket', 2, 1, 6)).toBe(0);
    const requests = [0x5412, 0x541c, 0xc028_660f, 0x5413, 0x5421];
    expect(requests.map((request) => call('ioctl', 0, request))).toEqual([1, 1, 1, 0, 0]);
    // The kernel looks at the lower half only, and so does the filter.
    expect(call('ioctl', 0, 0x7_0000_5412)).toBe(1);
    for (const name of ['clone', 'unshare'] as const)
      expect([0x1000_0000, 0x1002_0000, 0x0002_0000, 17].map((flags) => call(name, flags))).toEqual([1, 1, 0, 0]);
  });
}

test('the numbers are those of the kernel headers, where these are installed', () => {
  const headers: Readonly<Record<string, readonly string[]>> = {
    x64: ['/usr/include/x86_64-linux-gnu/asm/unistd_64.h', '/usr/include/asm/unistd_64.h'],
    arm64: ['/usr/include/asm-generic/unistd.h'],
  };
  for (const [arch, files] of Object.entries(headers)) {
    const file = files.find((path) => existsSync(path));
    if (file === undefined) {
      process.stdout.write(`numbers of system calls of ${arch}: not compared, no kernel headers\n`);
      continue;
    }
    const text = readFileSync(file, 'utf8');
    const found = Object.fromEntries(
      [...text.matchAll(/^#define __NR(?:3264)?_(\w+)\s+(\d+)$/gm)].map(([, name, number]) => [name, Number(number)]),
    );
    for (const name of [...refused, ...missing, ...inspected])
      if (found[name] !== undefined) expect(machines[arch]?.numbers[name], `${name} on ${arch}`).toBe(found[name]);
  }
});

test('no filter for a machine that is not known, and no jump that is too far', () => {
  expect(seccompFilter('riscv64')).toBe(null);
  const far = [
    { test: 'equals', value: 1, yes: 'end' } as const,
    ...Array.from({ length: 256 }, () => ({ answer: 0 })),
  ];
  expect(() => assemble([...far, { label: 'end' }, { answer: 0 }])).toThrow(RangeError);
});
