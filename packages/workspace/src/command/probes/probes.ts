/** One attempt to get out of the sandbox, as a few lines of Python that fail unless they got through. */
export type Probe = {
  readonly name: string;
  readonly tries: string;
  readonly code: string;
  /** Run before it outside: gives what another lock of the sandbox would refuse, so that this one is tried by itself. */
  readonly before?: string;
  /** Outside too it works for root only. */
  readonly needs?: 'root';
  /** A variable that names a file: the probe got through when that is there afterwards, or holds `planted`, whatever the code says. */
  readonly witness?: string;
  /** What a kernel may lack or forbid to everybody; then the probe proves nothing and is named as not tried. */
  readonly mayLack?: string;
};

const connect = (family: string, address: string): string =>
  `s = socket.socket(socket.${family}); s.settimeout(3); s.connect(${address}); must(s.recv(6) == b'canary')`;
const ownNamespace = 'unshare(NEWUSER | NEWNS)';
const plant = (variable: string): string => `with open(env['${variable}'], 'a') as file: file.write('planted')`;

const reading: readonly Probe[] = [
  { name: 'shadow', tries: 'read /etc/shadow', code: "must(read('/etc/shadow'))", needs: 'root' },
  { name: 'ssh-key', tries: "read the user's ~/.ssh", code: "must(read(env['PROBE_SSH_KEY']))" },
  { name: 'hive-token', tries: 'read the token in HIVE_HOME', code: "must(read(env['PROBE_TOKEN']))" },
  { name: 'hive-home', tries: 'list HIVE_HOME', code: "must('mirrors' in os.listdir(env['PROBE_HIVE_HOME']))" },
  { name: 'other-worktree', tries: "read another task's worktree", code: "must(read(env['PROBE_OTHER_TREE']))" },
  { name: 'mirror', tries: 'read the mirror of the repository', code: "must(read(env['PROBE_MIRROR'] + '/config'))" },
  {
    name: 'user-repository',
    tries: "read the user's checkout",
    code: "must(read(env['PROBE_REPO'] + '/.git/config'))",
  },
  {
    name: 'link-out',
    tries: 'read a file of the host through a link in the worktree',
    code: "os.path.lexists('out') or os.symlink(env['PROBE_TOKEN'], 'out'); must(read('out'))",
  },
  {
    name: 'worktree-index',
    tries: 'read what lies beside the worktree',
    code: "must(read(env['PROBE_BESIDE'] + '/index'))",
  },
  {
    name: 'environ-1',
    tries: "find the secret of Hive's user in the environment of any process",
    code: `
def has(pid):
    try: return b'hive-probe-secret' in read('/proc/%s/environ' % pid)
    except OSError: return False
must(any(has(pid) for pid in os.listdir('/proc') if pid.isdigit()))`,
  },
  {
    name: 'environ-host',
    tries: 'read the environment of a process of the host',
    code: "must(b'PATH' in read('/proc/%s/environ' % env['PROBE_HOST_PID']))",
  },
  {
    name: 'root-host',
    tries: 'go through /proc/<host pid>/root',
    code: "must(read('/proc/%s/root%s' % (env['PROBE_HOST_PID'], env['PROBE_TOKEN'])))",
  },
  {
    name: 'cwd-host',
    tries: 'go through /proc/<host pid>/cwd',
    code: "must(os.listdir('/proc/%s/cwd/' % env['PROBE_HOST_PID']))",
  },
  { name: 'services', tries: 'see what services keep in /var/lib', code: "must(os.listdir('/var/lib'))" },
  {
    name: 'sys',
    tries: 'see the devices and control groups of the machine',
    code: "must(os.listdir('/sys/fs/cgroup'))",
  },
  { name: 'shm-file', tries: "read the host's /dev/shm", code: "must(read(env['PROBE_SHM_FILE']))" },
  {
    name: 'shm-segment',
    tries: 'attach shared memory of the host by its key',
    code: "check(libc.shmget(int(env['PROBE_SHM_KEY']), 4096, 0))",
  },
  {
    name: 'open-files',
    tries: 'read a file that Hive has left open for it',
    code: `
def inherited(fd):
    try: return os.pread(fd, 6, 0) == b'canary'
    except OSError: return False
must(any(inherited(fd) for fd in range(3, 256)))`,
  },
  {
    name: 'kcore',
    tries: "open the kernel's memory",
    code: "os.close(os.open('/proc/kcore', os.O_RDONLY))",
    needs: 'root',
    mayLack: '/proc/kcore',
  },
  { name: 'kmsg', tries: "open the kernel's log", code: "os.close(os.open('/dev/kmsg', os.O_RDONLY))", needs: 'root' },
];

const writing: readonly Probe[] = [
  { name: 'write-usr', tries: 'write into /usr', code: plant('PROBE_USR'), witness: 'PROBE_USR', needs: 'root' },
  { name: 'write-etc', tries: 'write into /etc', code: plant('PROBE_ETC'), witness: 'PROBE_ETC', needs: 'root' },
  {
    name: 'write-beside',
    tries: 'write beside the worktree',
    code: plant('PROBE_PLANT_BESIDE'),
    witness: 'PROBE_PLANT_BESIDE',
  },
  { name: 'write-home', tries: 'write into HIVE_HOME', code: plant('PROBE_PLANT_HOME'), witness: 'PROBE_PLANT_HOME' },
  {
    name: 'write-mirror',
    tries: 'write a ref into the mirror',
    code: plant('PROBE_PLANT_REF'),
    witness: 'PROBE_PLANT_REF',
  },
  {
    name: 'write-hook',
    tries: "write a hook into the user's repository",
    code: plant('PROBE_PLANT_HOOK'),
    witness: 'PROBE_PLANT_HOOK',
  },
  {
    name: 'write-tmp',
    tries: "write into the host's /tmp",
    code: plant('PROBE_PLANT_TMP'),
    witness: 'PROBE_PLANT_TMP',
  },
  {
    name: 'write-link',
    tries: 'write through a link in the worktree',
    code: "os.path.lexists('through') or os.symlink(env['PROBE_PLANT_LINKED'], 'through')\nwith open('through', 'a') as file: file.write('planted')",
    witness: 'PROBE_PLANT_LINKED',
  },
  {
    name: 'write-hardlink',
    tries: 'write through a hard link to a file of the host',
    code: "os.path.exists('hard') or os.link(env['PROBE_PLANT_HARD'], 'hard')\nwith open('hard', 'a') as file: file.write('planted')",
    witness: 'PROBE_PLANT_HARD',
  },
  {
    name: 'rename-out',
    tries: 'move a file out of the worktree',
    code: "open('moved', 'w').write('planted'); os.rename('moved', env['PROBE_PLANT_MOVED'])",
    witness: 'PROBE_PLANT_MOVED',
  },
  {
    name: 'sysrq',
    tries: 'open the switch that restarts the machine',
    code: "os.close(os.open('/proc/sysrq-trigger', os.O_WRONLY))",
    needs: 'root',
    mayLack: '/proc/sysrq-trigger',
  },
  {
    name: 'core-pattern',
    tries: 'open the setting of what the kernel runs when a program crashes',
    code: "os.close(os.open('/proc/sys/kernel/core_pattern', os.O_WRONLY))",
    needs: 'root',
  },
  {
    name: 'settings',
    tries: 'find any setting of the kernel that can be written',
    code: `
def opens(path):
    try: os.close(os.open(path, os.O_WRONLY))
    except OSError: return False
    return True
must(any(opens(os.path.join(folder, name)) for folder, _, names in os.walk('/proc/sys') for name in names))`,
    needs: 'root',
  },
  {
    name: 'device',
    tries: 'make a device node',
    code: "os.mknod('node', 0o20666, os.makedev(1, 3)); os.unlink('node')",
    needs: 'root',
  },
];

const kernel: readonly Probe[] = [
  {
    name: 'capabilities',
    tries: 'have any capability within reach',
    code: "must(b'CapBnd:\\t0000000000000000' not in read('/proc/self/status'))",
  },
  {
    name: 'new-privileges',
    tries: 'gain rights by a setuid program',
    code: "must(b'NoNewPrivs:\\t0' in read('/proc/self/status'))",
  },
  { name: 'user-namespace', tries: 'make a user namespace', code: 'unshare(NEWUSER)', mayLack: 'user namespaces' },
  {
    name: 'mount-namespace',
    tries: 'make a mount namespace',
    code: 'check(libc.unshare(NEWNS))',
    before: 'unshare(NEWUSER)',
  },
  {
    name: 'mount',
    tries: 'mount a file system',
    code: "check(libc.mount(b'none', b'/tmp', b'tmpfs', 0, None))",
    before: ownNamespace,
  },
  {
    name: 'mount-new',
    tries: 'mount by the newer calls',
    code: "call('fsopen', b'tmpfs', 0)",
    before: ownNamespace,
  },
  {
    name: 'remount',
    tries: 'make / writable again',
    code: "check(libc.mount(None, b'/', None, 4096 | 32 | 0x20000, None))",
    before: ownNamespace,
  },
  {
    name: 'unmount',
    tries: 'take away what lies over /proc/sys and the like',
    code: "check(libc.umount2(b'/proc', 2))",
    before: `${ownNamespace}; check(libc.mount(b'none', b'/proc', b'tmpfs', 0, None))`,
  },
  { name: 'chroot', tries: 'change the root', code: "os.chroot('.')", before: ownNamespace },
  {
    name: 'pivot-root',
    tries: 'swap the root',
    code: "os.makedirs('/tmp/hive-root', exist_ok=True); call('pivot_root', b'/tmp/hive-root', b'/tmp/hive-root')",
    before: `${ownNamespace}; check(libc.mount(None, b'/', None, 0x44000, None)); os.makedirs('/tmp/hive-root', exist_ok=True); check(libc.mount(b'none', b'/tmp/hive-root', b'tmpfs', 0, None)); os.chdir('/tmp/hive-root')`,
  },
  {
    name: 'host-namespace',
    tries: 'enter a namespace of a process of the host',
    code: "fd = os.open('/proc/%s/ns/uts' % env['PROBE_HOST_PID'], os.O_RDONLY); call('setns', fd, 0)",
    needs: 'root',
  },
  {
    name: 'hostname',
    tries: 'rename the machine',
    code: "socket.sethostname('probed')",
    before: 'unshare(NEWUSER | NEWUTS)',
  },
  {
    name: 'nested-bwrap',
    tries: 'start a sandbox of its own',
    code: "must(subprocess.run(['bwrap', '--unshare-user', '--ro-bind', '/', '/', 'true'], stderr=subprocess.DEVNULL).returncode == 0)",
  },
  {
    name: 'ptrace',
    tries: 'attach to a process of the host as a debugger',
    code: "pid = int(env['PROBE_HOST_PID']); check(libc.ptrace(16, pid, None, None)); os.waitpid(pid, 0x40000000); libc.ptrace(17, pid, None, None)",
    mayLack: 'ptrace among processes of one user',
  },
  {
    name: 'process-memory',
    tries: "read a host process's memory",
    code: `
pid = int(env['PROBE_HOST_PID'])
start = next(int(line.split(b'-')[0], 16) for line in read('/proc/%d/maps' % pid).split(b'\\n') if b' r' in line)
taken = ctypes.create_string_buffer(8)
own, its = struct.pack('PP', ctypes.addressof(taken), 8), struct.pack('PP', start, 8)
must(call('process_vm_readv', pid, own, 1, its, 1, 0) == 8)`,
    mayLack: 'ptrace among processes of one user',
  },
  {
    name: 'signal-host',
    tries: 'send a signal to a process of the host',
    code: "os.kill(int(env['PROBE_HOST_PID']), 0)",
  },
  { name: 'signal-hive', tries: 'send a signal to Hive', code: "os.kill(int(env['PROBE_HIVE_PID']), 0)" },
  {
    name: 'handle',
    tries: 'open a file by its handle, past all folders',
    code: "h = ctypes.create_string_buffer(struct.pack('Ii', 128, 0), 136); m = ctypes.c_int(); call('name_to_handle_at', -100, b'/usr', h, ctypes.byref(m), 0); fd = os.open('/usr', os.O_RDONLY); call('open_by_handle_at', fd, h, 0)",
    needs: 'root',
  },
  {
    name: 'keyring',
    tries: "reach the kernel's keyring of the user",
    code: "call('keyctl', 0, -4, 1)",
    mayLack: 'keyctl',
  },
  {
    name: 'add-key',
    tries: 'put a key into the kernel',
    code: "call('add_key', b'user', b'hive-probe', b'x', 1, -3)",
    mayLack: 'keyctl',
  },
  {
    name: 'bpf',
    tries: 'load something into the kernel by bpf',
    code: "call('bpf', 0, ctypes.create_string_buffer(struct.pack('IIIII', 2, 4, 8, 1, 0), 72), 72)",
    needs: 'root',
    mayLack: 'bpf',
  },
  {
    name: 'perf',
    tries: 'open a performance counter',
    code: "call('perf_event_open', ctypes.create_string_buffer(struct.pack('IIQQQQQ', 1, 112, 1, 0, 0, 0, 0x61), 112), 0, -1, -1, 0)",
    mayLack: 'perf_event_open',
  },
  {
    name: 'io-uring',
    tries: 'use io_uring, which goes around filters of system calls',
    code: "call('io_uring_setup', 4, ctypes.create_string_buffer(120))",
    mayLack: 'io_uring',
  },
  {
    name: 'userfaultfd',
    tries: 'stop the kernel in the middle of a read',
    code: "call('userfaultfd', 1)",
    mayLack: 'userfaultfd',
  },
  {
    name: 'type-into-terminal',
    tries: "type into the user's terminal (TIOCSTI)",
    code: "fd = os.open('/dev/tty', os.O_RDWR); fcntl.ioctl(fd, 0x5412, b'x')",
    before: 'os.setsid(); m, s = os.openpty(); fcntl.ioctl(s, 0x540E, 0)',
    mayLack: 'TIOCSTI',
  },
  {
    name: 'type-into-own-terminal',
    tries: 'type into a terminal of its own making, which shows that the call itself is there',
    code: "os.setsid(); m, s = os.openpty(); fcntl.ioctl(s, 0x540E, 0); fcntl.ioctl(s, 0x5412, b'x')",
    mayLack: 'TIOCSTI',
  },
];

const network: readonly Probe[] = [
  { name: 'socket-file', tries: 'reach a socket like docker.sock', code: connect('AF_UNIX', "env['PROBE_SOCKET']") },
  {
    name: 'socket-abstract',
    tries: 'reach an abstract socket like that of X11',
    code: connect('AF_UNIX', "'\\0' + env['PROBE_ABSTRACT']"),
  },
  {
    name: 'loopback',
    tries: "reach a port of the host's loopback, like a database",
    code: connect('AF_INET', "('127.0.0.1', int(env['PROBE_PORT']))"),
  },
  {
    name: 'loopback-6',
    tries: "reach a port of the host's loopback by IPv6",
    code: connect('AF_INET6', "('::1', int(env['PROBE_PORT6']))"),
    mayLack: 'IPv6',
  },
  {
    name: 'route',
    tries: 'have a way to the address of cloud metadata',
    code: "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('169.254.169.254', 80))",
    mayLack: 'a network',
  },
  {
    name: 'interfaces',
    tries: 'see a network interface but loopback',
    code: "must(any(name != 'lo' for _, name in socket.if_nameindex()))",
    mayLack: 'a network',
  },
  { name: 'raw', tries: 'open a raw socket', code: 'socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)', needs: 'root' },
  {
    name: 'packet',
    tries: 'open a packet socket',
    code: 'socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)',
    needs: 'root',
  },
  {
    name: 'netlink-events',
    tries: "listen to the kernel's events by netlink",
    code: 'socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 15)',
  },
  {
    name: 'vsock',
    tries: 'reach the host of a virtual machine by AF_VSOCK',
    code: 'socket.socket(40, socket.SOCK_STREAM, 0)',
    mayLack: 'AF_VSOCK',
  },
  {
    name: 'crypto',
    tries: "reach the kernel's AF_ALG",
    code: 'socket.socket(38, socket.SOCK_SEQPACKET, 0)',
    mayLack: 'AF_ALG',
  },
];

const lasting: readonly Probe[] = [
  {
    name: 'daemon',
    tries: 'leave a process behind that acts later',
    code: `
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        signal.alarm(0)
        for fd in range(256):
            try: os.close(fd)
            except OSError: pass
        time.sleep(1)
        with open(env['PROBE_LATER'], 'a') as file: file.write('planted')
        os._exit(0)
    os._exit(0)`,
    witness: 'PROBE_LATER',
  },
];

/** All that is tried in one command. What exhausts the machine needs a command of its own for each: `exhaust.ts`. */
export const probes: readonly Probe[] = [...reading, ...writing, ...kernel, ...network, ...lasting];
