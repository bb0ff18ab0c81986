import type { Code } from '@hive/errors';
import { defaultLimits, type CommandLimits } from '../limits/limits.ts';

/** A program that takes too much. Its last argument says for how many seconds it keeps what it took; with 0 it is harmless outside. */
export type Glutton = {
  readonly name: string;
  readonly tries: string;
  readonly code: string;
  /** How it has to be told. */
  readonly infra: Code;
  readonly says: string;
};

const megabyte = 1_000_000;

/** Limits that are met within a moment, and that whoever meets them outside does not notice. */
export const tightLimits: CommandLimits = {
  ...defaultLimits,
  memoryBytes: 150 * megabyte,
  processes: 25,
  cpuMs: 2000,
  fileBytes: 2 * megabyte,
  diskBytes: 6 * megabyte,
  files: 300,
  outputBytes: 20_000,
};

export const gluttons: readonly Glutton[] = [
  {
    name: 'memory',
    tries: 'take 240 MB of memory',
    code: 'x = [bytearray(8_000_000) for _ in range(30)]; time.sleep(hold)',
    infra: 'infra.oom',
    says: '150 MB of memory',
  },
  {
    name: 'fork-bomb',
    tries: 'start 60 processes',
    code: `
for _ in range(60):
    if os.fork() == 0:
        time.sleep(hold)
        os._exit(0)
while True:
    try: os.wait()
    except ChildProcessError: break`,
    infra: 'infra.limit',
    says: '25 processes',
  },
  {
    name: 'processor',
    tries: 'compute for more than 2 s',
    code: 'while time.process_time() < 2.4 + hold: pass',
    infra: 'infra.limit',
    says: '0.03 min of processor time',
  },
  {
    name: 'file',
    tries: 'write a file of 3 MB',
    code: "open('big', 'wb').write(bytes(3_000_000))",
    infra: 'infra.disk',
    says: 'a file of more than 2 MB',
  },
  {
    name: 'sparse-file',
    tries: 'make a file of 1 TB without content',
    code: "open('sparse', 'wb').truncate(1 << 40); os.unlink('sparse')",
    infra: 'infra.disk',
    says: 'a file of more than 2 MB',
  },
  {
    name: 'disk',
    tries: 'fill the disk with many files',
    code: "for name in range(8): open('part%d' % name, 'wb').write(bytes(1_000_000))\ntime.sleep(hold)",
    infra: 'infra.disk',
    says: 'its worktree with more than 6 MB',
  },
  {
    name: 'inodes',
    tries: 'make 400 files',
    code: "for name in range(400): open('empty%d' % name, 'w').close()\ntime.sleep(hold)",
    infra: 'infra.disk',
    says: '300 files',
  },
  {
    name: 'output',
    tries: 'print without end',
    code: "for _ in range(3 if hold == 0 else 1_000_000): sys.stdout.write('x' * 1_000_000)",
    infra: 'infra.limit',
    says: '2 MB',
  },
];

/** The command line of a glutton. */
export const gluttonArgv = ({ code }: Glutton, holdSeconds: number): string[] => [
  'python3',
  '-c',
  `import os, sys, time\nhold = float(sys.argv[1])\n${code}`,
  String(holdSeconds),
];
