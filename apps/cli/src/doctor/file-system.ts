import { statfs } from 'node:fs/promises';
import type { Finding } from './advice.ts';

/** File systems behind a network, by the numbers that Linux has for them (statfs(2)). */
const networks: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0xff534d42, 'CIFS (a Windows share)'],
  [0xfe534d42, 'SMB (a Windows share)'],
  [0x517b, 'SMB (a Windows share)'],
  [0x5346414f, 'AFS'],
  [0x0bd00bd0, 'Lustre'],
  [0x00c36400, 'Ceph'],
  [0x01021997, '9P (a folder of the host or of Windows)'],
  [0x47504653, 'GPFS'],
  [0x01161970, 'GFS2'],
  [0x7461636f, 'OCFS2'],
  [0x73757245, 'Coda'],
  [0x564c, 'NetWare'],
  [0x786f4256, 'a shared folder of VirtualBox'],
]);

/** The name of the network file system with this number; null for all others, which may well be one that is not known here. */
export const networkFileSystem = (type: number): string | null => networks.get(type >>> 0) ?? null;

/** What is said of a folder for SQLite when its locks would not hold there; nothing where they do. */
export const fileSystemAdvice = async (folder: string, typeOf = typeOfFolder): Promise<Finding[]> => {
  const name = networkFileSystem(await typeOf(folder));
  if (name === null) return [];
  return [
    {
      about: 'file system',
      status: 'broken',
      says: `${folder} lies on ${name}, where the locks of SQLite do not hold`,
      todo: 'set HIVE_HOME to a folder on a disk of this machine, or HIVE_DATABASE_URL to a PostgreSQL',
    },
  ];
};

const typeOfFolder = async (folder: string): Promise<number> => {
  // The numbers of other systems mean something else.
  if (process.platform !== 'linux') return 0;
  try {
    return (await statfs(folder)).type;
  } catch {
    return 0; // not made yet
  }
};
