import { randomUUID } from 'node:crypto';
import type { Head, Store, Write } from '@hive/core-db';

const text = 'x'.repeat(200);

/** A write of some events after `version` of a stream `call/…`, as small as the store allows. */
const writeOf = (id: string, version: number, count: number): Write => {
  const stream = `call/${id}`;
  const events = Array.from({ length: count }, (_, i) => ({
    id: randomUUID(),
    type: 'system.alert_resolved' as const,
    stream,
    version: version + i + 1,
    correlationId: id,
    causationId: null,
    actor: 'bench/writer',
    at: new Date().toISOString(),
    data: { alert: 'bench', text },
  }));
  const head: Head = {
    stream,
    kind: 'call',
    id,
    correlationId: id,
    version: version + count,
    state: '',
    lastEventId: events.at(-1)?.id ?? '',
    token: 0,
    view: null,
  };
  return { events, heads: [{ head, expectedVersion: version }] };
};

/** Appends events to a stream that others may write to as well: reads its version and begins anew when another was faster. */
export const appendTo = async (store: Store, id: string, count: number): Promise<void> => {
  const stream = `call/${id}`;
  for (;;) {
    const { heads } = await store.heads([stream]);
    const result = await store.write(writeOf(id, heads.get(stream)?.version ?? 0, count));
    if (result.status === 'written') return;
    if (result.status !== 'version') throw new Error(`an append was answered with ${result.status}`);
  }
};
