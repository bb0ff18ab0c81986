import { createLog } from './log.ts';
import { example, parser, register, running, type Story } from './stories.ts';
import { tellWorkflow, type TaskStory } from './workflow-story.ts';

const minute = 60_000;
const model = 'ollama:qwen3-coder:30b@walnut';
const asked: readonly TaskStory[] = ['parse', 'format', 'compare', 'round', 'shift'].map((name) => ({
  ...{
    key: `drop-${name}`,
    title: `Remove ${name}() and what only it used`,
    author: model,
    end: 'waiting',
    workMs: 400,
  },
}));

/** A Hive in which several changes of one kind wait for a person, one workflow runs and one has failed. */
export const tellInbox = (now: number): Story => {
  const log = createLog();
  for (const agent of ['worker-1', 'worker-2']) register(log, agent, 'worker', now - 60 * minute);
  const ids = {
    example: tellWorkflow(log, example(now - 58 * minute)),
    failed: tellWorkflow(log, parser(now - 47 * minute)),
    hostile: '',
    running: '',
  };
  tellWorkflow(log, {
    goal: 'Remove what the calendar deprecated in 2.0',
    repo: '/home/ada/src/calendar',
    startedAt: now - 12 * minute,
    tasks: asked,
  });
  const known = log.events.length;
  ids.running = tellWorkflow(log, running(now - 16_000));
  const cut = log.events.findLastIndex((event, index) => index >= known && Date.parse(event.at) <= now) + 1;
  return { past: log.events.slice(0, cut), future: log.events.slice(cut), artefacts: log.artefacts, ids };
};
