import { expect, test } from 'vitest';
import { placesOf } from './control-group-places.ts';
import { defaultLimits } from './limits.ts';

const first = `31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 /docker/abc /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
39 31 0:36 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids`;
const firstOwn = '8:pids:/user\n4:memory:/docker/abc/inner\n1:cpu,cpuacct:/\n0::/';
const second = '29 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate';

test('version 1: each controller has a place of its own, below where Hive is', () => {
  const [place, ...more] = placesOf(first, firstOwn);
  expect(more).toEqual([]);
  expect(place).toMatchObject({
    version: 1,
    folders: {
      memory: '/sys/fs/cgroup/memory/inner',
      processes: '/sys/fs/cgroup/pids/user',
      cores: '/sys/fs/cgroup/cpu,cpuacct',
      cpu: '/sys/fs/cgroup/cpu,cpuacct',
    },
  });
  const texts: Record<string, string> = {
    'memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 3\n',
    'pids.events': 'max 7\n',
    'cpuacct.usage': '2500000000\n',
  };
  expect(place?.counted((_, file) => texts[file] ?? '')).toEqual({ killed: 3, refused: 7, cpuMs: 2500 });
});

test('version 2: below Hive, and beside it only where that was handed over', () => {
  const folders = (own: string) => placesOf(second, own).map(({ folders }) => folders.memory);
  expect(folders('0::/')).toEqual(['/sys/fs/cgroup']);
  expect(folders('0::/user.slice/a.service')).toEqual(['/sys/fs/cgroup/user.slice/a.service']);
  expect(folders('0::/user.slice/a.service/hive')).toEqual([
    '/sys/fs/cgroup/user.slice/a.service/hive',
    '/sys/fs/cgroup/user.slice/a.service',
  ]);
  const [place] = placesOf(second, '0::/');
  expect(place?.settings('memory', defaultLimits)).toEqual([
    { file: 'memory.max', text: '4000000000' },
    { file: 'memory.swap.max', text: '0', isOptional: true },
    { file: 'memory.oom.group', text: '1', isOptional: true },
  ]);
  expect(place?.settings('cores', { ...defaultLimits, cores: 1.5 })).toEqual([
    { file: 'cpu.max', text: '150000 100000' },
  ]);
  const texts: Record<string, string> = {
    'memory.events': 'low 0\noom 2\noom_kill 1\noom_group_kill 1\n',
    'pids.events': 'max 0\n',
    'cpu.stat': 'usage_usec 3000\nuser_usec 1\n',
  };
  expect(place?.counted((_, file) => texts[file] ?? '')).toEqual({ killed: 1, refused: 0, cpuMs: 3 });
});

test('nothing to read is no place', () => {
  expect(placesOf('', '')).toEqual([]);
  expect(placesOf(second, '1:cpu:/')).toEqual([]);
});
