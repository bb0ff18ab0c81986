import { expect, onTestFinished, test } from 'vitest';
import type { WorkflowSummary } from '@hive/events';
import './hive-workflow-card.ts';

const workflow: WorkflowSummary = {
  ...{ id: 'w1', goal: 'Fix the date parser', repo: '/home/ada/calendar', status: 'failed', tasks: 6, merged: 2 },
  ...{ counts: { merged: 2, waiting: 1, infra: 1, refused: 1, failed: 1 }, example: false },
  ...{ submittedAt: '2026-03-01T12:00:00Z', settledAt: '2026-03-01T12:00:08Z' },
};

test('a card leads to its trace, and each of its figures to the events of its own', async () => {
  const card = document.createElement('hive-workflow-card');
  card.workflow = workflow;
  card.style.cssText = 'display: block; inline-size: 320px';
  document.body.append(card);
  onTestFinished(() => card.remove());
  await card.updateComplete;
  const links = Object.fromEntries(
    [...card.renderRoot.querySelectorAll('a')].map((a) => [a.textContent.trim(), a.getAttribute('href')]),
  );
  expect(links).toMatchObject({
    'Fix the date parser': '/traces/w1',
    '2 merged': expect.stringContaining('task.merged') as string,
    '8.0 s': expect.stringContaining('workflow.') as string,
  });
  expect(Object.values(links).filter((href) => href?.includes('task.escalated'))).toHaveLength(1);
  expect(Object.values(links).filter((href) => href?.includes('task.failed'))).toHaveLength(2);
  // Given up by itself or after too many attempts: both are told as failed.
  expect(links['1 failed']).toContain('task.dead_lettered');
  // A figure lies above the rest of the card, which is the link to the trace.
  const [figure] = [...card.renderRoot.querySelectorAll('a')].filter((a) => a.textContent.includes('merged'));
  const { x, y, width, height } = figure?.getBoundingClientRect() ?? new DOMRect();
  expect((card.renderRoot as ShadowRoot).elementFromPoint(x + width / 2, y + height / 2)).toBe(figure);
  const box = card.getBoundingClientRect();
  expect((card.renderRoot as ShadowRoot).elementFromPoint(box.right - 40, box.top + 6)?.localName).toBe('a');
});
