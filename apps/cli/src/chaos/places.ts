import type { FailpointName } from '@hive/failpoints';

/** A kind of process of the building; `hive` is the supervisor. */
export type Role = 'orchestrator' | 'planner' | 'worker' | 'reviewer' | 'event-dashboard' | 'hive';

/** Which processes are of a kind, by the names under which they know their orders. */
export const processesOf: Readonly<Record<Role, readonly string[]>> = {
  orchestrator: ['orchestrator'],
  planner: ['planner'],
  worker: ['worker-1', 'worker-2'],
  reviewer: ['reviewer'],
  'event-dashboard': ['event-dashboard'],
  hive: ['hive'],
};

/** The kind of a process. */
export const roleOf = (process: string): Role =>
  // Every process of the building is in the table above.
  Object.entries(processesOf).find(([, names]) => names.includes(process))?.[0] as Role;

const stepping = [
  'agent.registered',
  'drain.started',
  'claim.before',
  'claim.committed',
  'submit.open',
  'submit.committed',
] as const;
const proving = [
  ...(['lease.renewed', 'worktree.half', 'worktree.added', 'setup.ran', 'setup.recorded', 'sandbox.spawned'] as const),
  ...([
    'sandbox.reaped',
    'check.started',
    'check.finished',
    'commit.made',
    'artefact.half',
    'artefact.renamed',
  ] as const),
];

const merging = [
  ...(['merge.stacked', 'merge.checked', 'merge.sealed', 'merge.intent', 'merge.ref.moved'] as const),
  ...(['merge.noted', 'merge.delivered', 'merge.others', 'merge.outcome'] as const),
];

/**
 * Where each kind of process comes by while workflows without a model run and processes die. What a table says a machine can check: a run fails
 * when one of these places was not reached.
 */
export const places: Readonly<Record<Role, readonly FailpointName[]>> = {
  worker: [...stepping, ...proving, 'mirror.made', 'mirror.brought', 'cleanup.half'],
  reviewer: [...stepping, ...proving, ...merging],
  orchestrator: ['agent.registered', 'drain.started', 'handler.open', 'handler.committed', 'rescue.committed'],
  planner: stepping,
  'event-dashboard': [
    'agent.registered',
    'drain.started',
    'accept.open',
    'accept.committed',
    'artefact.half',
    'artefact.renamed',
  ],
  hive: ['building.locked', 'building.prepared', 'building.opened', 'child.died', 'drain.started'],
};

/** Where those who ask models come by, when there is one to ask. */
export const placesWithModel: Readonly<Partial<Record<Role, readonly FailpointName[]>>> = {
  planner: ['model.intended', 'model.sent', 'model.replied', 'model.recorded', 'artefact.half', 'artefact.renamed'],
  worker: ['model.intended', 'model.sent', 'model.replied', 'model.recorded'],
  reviewer: ['model.intended', 'model.sent', 'model.replied', 'model.recorded'],
};

/** Reached at most once in a process's life, or once in a workflow: waiting for a later hit would take long. */
const rare = /^(agent|drain|building|accept|mirror|migration|cleanup|rescue)\.|^setup\./;

/** Up to which hit a kill may wait. */
export const lastHitOf = (role: Role, name: FailpointName): number => (role === 'planner' || rare.test(name) ? 1 : 3);

/** What makes a running process come by a place that it passes only when it starts or ends; null for places that work leads to. */
export const provocationOf = (name: FailpointName): 'SIGKILL' | 'SIGTERM' | null => {
  if (name === 'drain.started') return 'SIGTERM';
  return name === 'agent.registered' || name.startsWith('building.') ? 'SIGKILL' : null;
};
