import { readdirSync } from 'node:fs';
import type { Metric } from './exposition.ts';

const gauge = (name: string, help: string, value: number | null): Metric => ({
  ...{ name, help, type: 'gauge' },
  samples: value === null ? [] : [{ value }],
});

/** This process as Prometheus' own clients tell of theirs. */
export const processMetrics = (): readonly Metric[] => {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, external } = process.memoryUsage();
  return [
    {
      name: 'process_cpu_seconds_total',
      help: 'Processor time of the dashboard',
      type: 'counter',
      samples: [{ value: (user + system) / 1e6 }],
    },
    gauge('process_resident_memory_bytes', 'Memory of the dashboard', rss),
    gauge(
      'process_start_time_seconds',
      'When the dashboard started, since 1970',
      Math.floor(Date.now() / 1000 - process.uptime()),
    ),
    gauge('process_open_fds', 'Open files and connections of the dashboard', openFiles()),
    gauge('nodejs_heap_size_used_bytes', 'Objects of the dashboard', heapUsed),
    gauge('nodejs_external_memory_bytes', 'Memory of the dashboard beside its objects, such as buffers', external),
  ];
};

/** null where the system does not tell. */
const openFiles = (): number | null => {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return null;
  }
};
