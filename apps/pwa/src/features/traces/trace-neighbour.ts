import type { TraceSummary } from '@hive/events';
import type { RoomDesk } from '../../data/desk.ts';

const pageSize = 100;
const mostPages = 10;

const isWorkflow = ({ status }: TraceSummary): boolean => status !== null;

/** The workflow that was submitted before or after one, by its whole id; null where there is none among the newest thousand. */
export const neighbourOf = async (
  desk: Pick<RoomDesk, 'traces'>,
  correlationId: string,
  way: 'older' | 'newer',
): Promise<string | null> => {
  if (way === 'older') {
    const { items } = await desk.traces({ after: correlationId, limit: pageSize });
    return items.find(isWorkflow)?.correlationId ?? null;
  }
  let before: string | null = null;
  for (let page = 0, after: string | null | undefined; page < mostPages && after !== null; page += 1) {
    const { items, next } = await desk.traces({ limit: pageSize, ...(after !== undefined && { after }) });
    for (const item of items) {
      if (item.correlationId === correlationId) return before;
      if (isWorkflow(item)) before = item.correlationId;
    }
    after = next;
  }
  return null;
};
