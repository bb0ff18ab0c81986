import type { IconName } from './icons.ts';

/** The colour of a state; each has a token `--hive-<tone>`. */
export type Tone = 'ok' | 'running' | 'waiting' | 'failed' | 'idle';

/** How a state is told: a word, an icon and a colour, always all three. */
export type StatusLook = { readonly word: string; readonly icon: IconName; readonly tone: Tone };

const looks: Readonly<Record<string, StatusLook>> = {
  // workflows
  planned: { word: 'Planned', icon: 'queued', tone: 'running' },
  running: { word: 'Running', icon: 'running', tone: 'running' },
  paused: { word: 'Paused', icon: 'paused', tone: 'waiting' },
  waiting: { word: 'Waits for you', icon: 'person', tone: 'waiting' },
  completed: { word: 'Completed', icon: 'done', tone: 'ok' },
  failed: { word: 'Failed', icon: 'failed', tone: 'failed' },
  cancelled: { word: 'Cancelled', icon: 'stopped', tone: 'idle' },
  // tasks
  pending: { word: 'Pending', icon: 'empty', tone: 'idle' },
  ready: { word: 'Ready', icon: 'queued', tone: 'idle' },
  working: { word: 'Working', icon: 'running', tone: 'running' },
  submitted: { word: 'Submitted', icon: 'running', tone: 'running' },
  checked: { word: 'Checked', icon: 'running', tone: 'running' },
  reviewed: { word: 'Reviewed', icon: 'running', tone: 'running' },
  merged: { word: 'Merged', icon: 'merged', tone: 'ok' },
  refused: { word: 'Refused', icon: 'refused', tone: 'failed' },
  infra: { word: 'Could not run', icon: 'failed', tone: 'waiting' },
  blocked: { word: 'Blocked', icon: 'blocked', tone: 'idle' },
  // agents
  busy: { word: 'Busy', icon: 'running', tone: 'running' },
  idle: { word: 'Idle', icon: 'empty', tone: 'idle' },
  draining: { word: 'Draining', icon: 'paused', tone: 'waiting' },
  stalled: { word: 'Stalled', icon: 'paused', tone: 'waiting' },
  gone: { word: 'Gone', icon: 'failed', tone: 'failed' },
  // boxes
  up: { word: 'Up', icon: 'done', tone: 'ok' },
  away: { word: 'Away', icon: 'failed', tone: 'failed' },
  quiet: { word: 'With its owner', icon: 'person', tone: 'waiting' },
  unknown: { word: 'Not asked yet', icon: 'empty', tone: 'idle' },
  // dead letters
  'given up': { word: 'Given up', icon: 'failed', tone: 'failed' },
};

/** The look of a status; one that this version does not know is shown by its own name. */
export const statusLook = (status: string): StatusLook =>
  looks[status] ?? { word: status, icon: 'empty', tone: 'idle' };
