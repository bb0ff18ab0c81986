import { execFile } from 'node:child_process';
import type { GpuFigures } from '@hive/events';

const columns = [
  'index',
  'uuid',
  'name',
  'memory.total',
  'memory.used',
  'utilization.gpu',
  'temperature.gpu',
  'power.draw',
];
const megabyte = 1024 * 1024;

/** What the tool answered: its cards; `none`: there is no such tool or no driver; `silent`: it did not answer in time. */
export type Nvidia = { readonly gpus: readonly GpuFigures[] } | 'none' | 'silent';

/**
 * Asks `nvidia-smi` for its cards. A sick driver makes it hang for ever, perhaps beyond any signal: it is killed after `timeoutMs`, and not waited for.
 */
export const readNvidia = ({
  tool,
  timeoutMs,
}: {
  readonly tool: string;
  readonly timeoutMs: number;
}): Promise<Nvidia> =>
  new Promise((resolve) => {
    const child = execFile(
      tool,
      [`--query-gpu=${columns.join(',')}`, '--format=csv,noheader,nounits'],
      { maxBuffer: 1_000_000 },
      (error, stdout) => {
        clearTimeout(timer);
        resolve(error ? 'none' : { gpus: parseNvidia(stdout) });
      },
    );
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      child.unref();
      resolve('silent');
    }, timeoutMs);
  });

/** The cards of the tool's table. `[N/A]`, `[Not Supported]` and the like are null; `utilization.memory` would not tell what is taken. */
export const parseNvidia = (csv: string): GpuFigures[] =>
  csv.split('\n').flatMap((line) => {
    const cells = line.split(',').map((cell) => cell.trim());
    const [, uuid, name, total, used, busy, celsius, watts] = cells;
    if (cells.length < columns.length || uuid === undefined || uuid === '') return [];
    const bytes = (cell: string | undefined) => scaled(figure(cell), megabyte);
    return [
      {
        id: uuid,
        name: name === undefined || name.startsWith('[') ? null : name,
        total: bytes(total),
        used: bytes(used),
        busy: figure(busy),
        celsius: figure(celsius),
        watts: figure(watts),
      },
    ];
  });

const figure = (cell: string | undefined): number | null =>
  cell !== undefined && /^-?\d+(\.\d+)?$/.test(cell) ? Number(cell) : null;

const scaled = (value: number | null, by: number): number | null => (value === null ? null : value * by);
