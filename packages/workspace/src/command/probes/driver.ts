/**
 * A Python program that tries the probes of `probes.json` one after the other, each in a process of its own. Its argument is `in` or `out`:
 * outside, `before` runs first and gives what the sandbox would refuse by another lock. Writes `report.json`: by name, null for a probe that got
 * through, else the complaint.
 */
export const driver = String.raw`
import ctypes, errno, fcntl, json, os, platform, signal, socket, struct, subprocess, sys, time
libc = ctypes.CDLL(None, use_errno=True)
numbers = {
    'x86_64': dict(keyctl=250, bpf=321, perf_event_open=298, userfaultfd=323, io_uring_setup=425, process_vm_readv=310,
                   mount=165, umount2=166, pivot_root=155, setns=308, open_by_handle_at=304, name_to_handle_at=303, open_tree=428,
                   fsopen=430, add_key=248, kexec_load=246, init_module=175),
    'aarch64': dict(keyctl=219, bpf=280, perf_event_open=241, userfaultfd=282, io_uring_setup=425, process_vm_readv=270,
                    mount=40, umount2=39, pivot_root=41, setns=268, open_by_handle_at=265, name_to_handle_at=264, open_tree=428,
                    fsopen=430, add_key=217, kexec_load=104, init_module=105),
}[platform.machine()]

def check(result):
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result

def call(name, *args):
    return check(libc.syscall(numbers[name], *(ctypes.c_long(it) if isinstance(it, int) else it for it in args)))

NEWNS, NEWUSER, NEWUTS = 0x20000, 0x10000000, 0x04000000
def unshare(flags):
    uid, gid = os.getuid(), os.getgid()
    check(libc.unshare(flags))
    if flags & NEWUSER:
        for name, text in (('setgroups', 'deny'), ('uid_map', '0 %d 1' % uid), ('gid_map', '0 %d 1' % gid)):
            with open('/proc/self/' + name, 'w') as file:
                file.write(text)

def read(path, size=1 << 16):
    with open(path, 'rb') as file:
        return file.read(size)

def must(truth):
    if not truth:
        raise Exception('no')

def attempt(probe, outside):
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        said = ''
        try:
            os.close(readable)
            signal.alarm(20)
            if outside and probe.get('before'):
                exec(probe['before'], globals())
            exec(probe['code'], globals())
        except BaseException as error:
            said = '%s: %s' % (type(error).__name__, error)
        os.write(writable, (said or 'through').encode()[:300])
        os._exit(0)
    os.close(writable)
    said = b''
    while True:
        chunk = os.read(readable, 4096)
        if not chunk:
            break
        said += chunk
    os.close(readable)
    _, status = os.waitpid(child, 0)
    text = said.decode(errors='replace') or 'ended with %d' % status
    return None if text == 'through' else text

given = json.load(open('probes.json'))
env = {**os.environ, **given['env']}
report = {probe['name']: attempt(probe, sys.argv[1] == 'out') for probe in given['probes']}
json.dump(report, open('report.json', 'w'))
`;

/**
 * What an attacker would like to reach: a process of the user with a secret in its environment, sockets of all kinds, shared memory. Prints where
 * each is as one line of JSON, and stays until its input ends.
 */
export const world = String.raw`
import ctypes, json, os, socket, sys, threading
libc = ctypes.CDLL(None, use_errno=True)
folder = sys.argv[1]
def serve(server):
    server.listen(16)
    def answer():
        while True:
            peer, _ = server.accept()
            peer.sendall(b'canary')
            peer.close()
    threading.Thread(target=answer, daemon=True).start()
found = dict(PROBE_HOST_PID=str(os.getpid()))
def listen(name, family, address, value):
    try:
        server = socket.socket(family)
        server.bind(address)
        serve(server)
        found[name] = value(server)
    except OSError:
        pass
listen('PROBE_SOCKET', socket.AF_UNIX, folder + '/docker.sock', lambda it: folder + '/docker.sock')
listen('PROBE_ABSTRACT', socket.AF_UNIX, '\0hive-probe-%d' % os.getpid(), lambda it: 'hive-probe-%d' % os.getpid())
listen('PROBE_PORT', socket.AF_INET, ('127.0.0.1', 0), lambda it: str(it.getsockname()[1]))
listen('PROBE_PORT6', socket.AF_INET6, ('::1', 0), lambda it: str(it.getsockname()[1]))
name = '/dev/shm/hive-probe-%d' % os.getpid()
open(name, 'w').write('canary')
found['PROBE_SHM_FILE'] = name
key = 0x48000000 + os.getpid()
segment = libc.shmget(key, 4096, 0o1600)
found['PROBE_SHM_KEY'] = str(key)
print(json.dumps(found), flush=True)
sys.stdin.read()
os.unlink(name)
libc.shmctl(segment, 0, None)
`;
