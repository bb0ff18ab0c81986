const named: Readonly<Record<string, string>> = {
  waiting: 'escalated',
  infra: 'failed',
  failed: 'failed dead_lettered',
};

/** Names without their kind (`failed`) as types of events of tasks. */
export const taskTypes = (names: string): readonly string[] => names.split(' ').map((it) => `task.${it}`);

/** The events that a task settles by, or waits for a person; most are named as its status is. */
export const settledTypes = (status: string): readonly string[] => taskTypes(named[status] ?? status);
