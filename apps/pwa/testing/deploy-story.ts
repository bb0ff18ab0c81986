import { createLog } from './log.ts';
import { register, tellNothing, type Story } from './stories.ts';
import { tellWorkflow } from './workflow-story.ts';

const minute = 60_000;

/** A Hive in which a change waits to go into a branch that is deployed from, which only `approver` may agree to. */
export const tellDeploy = (now: number, approver: string): Story => {
  const log = createLog();
  for (const [agent, role] of [
    ['worker-1', 'worker'],
    ['reviewer-1', 'reviewer'],
  ] as const)
    register(log, agent, role, now - 60 * minute);
  const failed = tellWorkflow(log, {
    goal: 'Release the calendar',
    repo: '/home/ada/src/calendar',
    startedAt: now - 12 * minute,
    tasks: [
      {
        key: 'release',
        title: 'Write the release notes of 3.0',
        author: 'ollama:qwen3-coder:30b@walnut',
        end: 'waiting',
        deploys: { into: 'production', approver },
      },
    ],
  });
  return { past: log.events, future: [], artefacts: log.artefacts, ids: { ...tellNothing().ids, failed } };
};
