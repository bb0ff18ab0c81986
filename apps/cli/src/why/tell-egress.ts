import type { Evidence, Reached } from '@hive/events';
import { oneLine } from '../terminal/visible.ts';

/** What the setup and the checks of an evidence reached, a row for each of the two that had the network; none as a rule. */
export const egressRows = ({ setup, commands }: Evidence): [string, string][] => {
  const checks = commands.flatMap(({ egress = [] }) => egress);
  const rows: [string, readonly Reached[]][] = [
    ['setup reached', setup?.egress ?? []],
    ['checks reached', checks],
  ];
  return rows.flatMap(([name, all]): [string, string][] => (all.length === 0 ? [] : [[name, told(all)]]));
};

const told = (all: readonly Reached[]): string =>
  [...Map.groupBy(all, ({ host, port }) => `${host}:${port}`)]
    .map(([host, some]) => {
      const reached = some.some(({ connections }) => connections > 0);
      const because = some.find(({ refused }) => refused)?.refused?.because;
      return `${oneLine(host)}${reached || because === undefined ? '' : ` (not reached: ${oneLine(because)})`}`;
    })
    .join(', ');
