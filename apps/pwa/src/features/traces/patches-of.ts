import type { HiveEvent } from '@hive/events';

/** The newest change of each task that handed one in: task id to the artefact of its patch. */
export const patchesOf = (events: readonly HiveEvent[]): ReadonlyMap<string, string> => {
  const patches = new Map<string, string>();
  for (const event of events) if (event.type === 'task.submitted') patches.set(event.data.taskId, event.data.patch);
  return patches;
};
