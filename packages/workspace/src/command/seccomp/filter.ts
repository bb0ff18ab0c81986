import { assemble, type Step } from './bpf.ts';
import { machines, missing, refused, type Call } from './system-calls.ts';

/** Offsets in `struct seccomp_data`; of an argument the lower half, which is all that these calls look at. */
const offset = { number: 0, audit: 4, argument: (index: number) => 16 + 8 * index } as const;

const allow = 0x7fff_0000;
const fail = (errno: number) => 0x0005_0000 | errno;
const [EPERM, ENOSYS, EAFNOSUPPORT] = [1, 38, 97];

const newUser = 0x1000_0000;
/** To put words into a terminal; and to swap the blocks of two files of ext4, which moves no time of one of them. */
const ioctls = { TIOCSTI: 0x5412, TIOCLINUX: 0x541c, EXT4_IOC_MOVE_EXT: 0xc028_660f } as const;
const families = { unix: 1, inet: 2, inet6: 10, netlink: 16 } as const;
/** Numbers of the x32 interface begin here. */
const x32 = 0x4000_0000;

/**
 * A filter of system calls for the programs in a sandbox: null where the numbers of this kind of machine are not known. Calls for another kind of
 * machine (32 bit programs) are not there; sockets are those of files, of IP, and of asking for the network's addresses.
 */
export const seccompFilter = (arch: string): Buffer | null => {
  const machine = machines[arch];
  if (!machine) return null;
  const on = (call: Call, label: string): Step[] => {
    const value = machine.numbers[call];
    return value === undefined ? [] : [{ test: 'equals', value, yes: label }];
  };
  return assemble([
    { load: offset.audit },
    { test: 'equals', value: machine.audit, no: 'missing' },
    { load: offset.number },
    { test: 'at least', value: x32, yes: 'missing' },
    ...on('ioctl', 'ioctl'),
    ...on('socket', 'socket'),
    ...on('clone', 'namespaces'),
    ...on('unshare', 'namespaces'),
    ...missing.flatMap((call) => on(call, 'missing')),
    ...refused.flatMap((call) => on(call, 'refused')),
    { answer: allow },

    { label: 'ioctl' },
    { load: offset.argument(1) },
    { test: 'equals', value: ioctls.TIOCSTI, yes: 'refused' },
    { test: 'equals', value: ioctls.TIOCLINUX, yes: 'refused' },
    { test: 'equals', value: ioctls.EXT4_IOC_MOVE_EXT, yes: 'refused', no: 'allowed' },

    { label: 'namespaces' },
    { load: offset.argument(0) },
    { test: 'has bits', value: newUser, yes: 'refused', no: 'allowed' },

    { label: 'socket' },
    { load: offset.argument(0) },
    { test: 'equals', value: families.unix, yes: 'allowed' },
    { test: 'equals', value: families.inet, yes: 'allowed' },
    { test: 'equals', value: families.inet6, yes: 'allowed' },
    { test: 'equals', value: families.netlink, no: 'no family' },
    { load: offset.argument(2) },
    { test: 'equals', value: 0, yes: 'allowed' },
    { label: 'no family' },
    { answer: fail(EAFNOSUPPORT) },

    { label: 'refused' },
    { answer: fail(EPERM) },
    { label: 'missing' },
    { answer: fail(ENOSYS) },
    { label: 'allowed' },
    { answer: allow },
  ]);
};
