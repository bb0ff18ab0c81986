import type { CommandLimits } from './limits.ts';

/**
 * Waits for a line on standard input, so that a process is in its control group before it starts another one; sets what the kernel holds
 * for each process: no core dumps, the size of a file (512 byte blocks), processor time (first a signal, then the end). A fixed text: the rest are arguments.
 */
const gate =
  'read -r _ || exit 125; ulimit -c 0; ulimit -f "$1" 2>/dev/null; ulimit -S -t "$2" 2>/dev/null; ulimit -H -t "$3" 2>/dev/null; shift 3; exec "$@" </dev/null';

/** The program behind its gate. */
export const gated = (
  { file, args }: { readonly file: string; readonly args: readonly string[] },
  { fileBytes, cpuMs }: Pick<CommandLimits, 'fileBytes' | 'cpuMs'>,
): { file: string; args: string[] } => {
  const seconds = Math.max(1, Math.ceil(cpuMs / 1000));
  const numbers = [Math.max(1, Math.floor(fileBytes / 512)), seconds, seconds + 5].map(String);
  return { file: '/bin/sh', args: ['-c', gate, 'hive', ...numbers, file, ...args] };
};

/** dash and busybox call it -p, bash -u. */
const counter = 'ulimit -u "$1" 2>/dev/null || ulimit -p "$1" 2>/dev/null; shift; exec "$@"';

/**
 * The command with the kernel's limit of processes of one user. Inside of a user namespace of its own only: elsewhere all processes of
 * that user on the machine are counted.
 */
export const countedArgv = (argv: readonly string[], processes: number): string[] => [
  '/bin/sh',
  '-c',
  counter,
  'hive',
  String(processes),
  ...argv,
];
