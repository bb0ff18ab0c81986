import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HiveEvent } from '@hive/events';
import { expect, test } from 'vitest';
import { createTraceSpans, traceIdOf, type Span } from './spans.ts';

const corpus = join(import.meta.dirname, '../../../../e2e/corpus/traces');

/** The events of a recorded trace, as they were stored. */
const recorded = (file: string): readonly HiveEvent[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      const { event } = JSON.parse(line) as { readonly event?: HiveEvent };
      return event ? [event] : [];
    });

const spansOf = (events: readonly HiveEvent[]): readonly Span[] => {
  const trace = createTraceSpans(events[0]?.correlationId ?? '');
  return events.flatMap((event) => trace.next(event));
};

const files = globSync(join(corpus, '*.jsonl')).sort();

test('of every recorded trace: one trace, ids of their own, parents that are there, and no span that ends before it begins', () => {
  expect(files.length).toBeGreaterThan(50);
  for (const file of files) {
    const events = recorded(file);
    const spans = spansOf(events);
    expect(spansOf(events)).toEqual(spans);
    const ids = new Set(spans.map((span) => span.spanId));
    expect(ids.size, file).toBe(spans.length);
    for (const span of spans) {
      expect(span.traceId).toBe(traceIdOf(events[0]?.correlationId ?? ''));
      expect(span.traceId).toMatch(/^[0-9a-f]{32}$/);
      expect(span.spanId).toMatch(/^[0-9a-f]{16}$/);
      expect(Date.parse(span.to), `${file} ${span.name}`).toBeGreaterThanOrEqual(Date.parse(span.from));
      if (span.name !== 'workflow') expect(span.parentId, `${file} ${span.name}`).not.toBeNull();
    }
  }
});

test('every claim of a settled workflow is a span with its agent', () => {
  for (const file of files) {
    const events = recorded(file);
    if (!events.some(({ type }) => type === 'workflow.completed')) continue;
    const claims = events.filter(({ type }) => type === 'task.claimed');
    const steps = spansOf(events).filter(({ name }) => name.startsWith('step '));
    expect(steps.length, file).toBe(claims.length);
    for (const { attributes } of steps) expect(attributes['hive.agent']).not.toBe('');
  }
});
