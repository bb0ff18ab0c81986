import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { fileSystemAdvice, networkFileSystem } from './file-system.ts';

test('network file systems are refused by name, disks are not', async () => {
  const names = [0x6969, 0xff534d42, -11317950, 0x01021997, 0xef53, 0x9123683e, 0x01021994].map(networkFileSystem);
  expect(names.map((it) => it?.split(' ')[0] ?? null)).toEqual(['NFS', 'CIFS', 'CIFS', '9P', null, null, null]);
  expect(await fileSystemAdvice('/nfs/hive', () => Promise.resolve(0x6969))).toMatchObject([
    { status: 'broken', says: '/nfs/hive lies on NFS, where the locks of SQLite do not hold' },
  ]);
});

test('a folder of this machine is fine, and one that is not there is no trouble', async () => {
  expect(await fileSystemAdvice(tmpdir())).toEqual([]);
  expect(await fileSystemAdvice('/not/there')).toEqual([]);
});
