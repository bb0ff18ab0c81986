/**
 * Every place in Hive where a process can be made to die, stop or fail, with what is true there. One closed list: a name that no code calls is
 * found by the harness, which fails on a name that was never hit.
 */
export const failpoints = {
  'building.locked': 'supervisor: the home is taken; nothing was made or started',
  'building.prepared': 'supervisor: the store is there and up to date; no process was started',
  'building.opened': 'supervisor: every process said that it is ready; nobody was told yet',
  'child.died': 'supervisor: a process ended that was not asked to; its restart is planned',
  'migration.half': 'store: a migration has begun and its transaction is open; nothing of it can be seen',
  'accept.open': 'front desk: everything was tried at the door and the artefacts are stored; nothing is recorded',
  'accept.committed': 'front desk: the workflow is recorded; whoever submitted it has no answer yet',
  'agent.registered': 'agent: its registration is recorded; it has no row among the living yet',
  'claim.before': 'agent: it is about to ask for work; it holds nothing new',
  'claim.committed': 'agent: a step is won and recorded; its work has not begun',
  'lease.renewed': 'agent: the leases of the steps in hand were prolonged; it has not looked at the answer',
  'submit.open': 'agent: the work of a step is done; nothing of its outcome is recorded',
  'submit.committed': 'agent: the outcome of a step is recorded; the agent does not know yet that its hand is free',
  'rescue.committed': 'queen: steps of holders that are gone were given back; nobody has taken them up',
  'handler.open': 'subscription: what follows from an event is decided; neither it nor the cursor is recorded',
  'handler.committed':
    'subscription: what follows from an event and the cursor are recorded in one commit; what it remembers is older',
  'drain.started': 'agent or supervisor: it was asked to end; what is in hand is still in hand',
  'mirror.made': 'workspace: the empty mirror of a repository has its name; it holds no commit',
  'mirror.brought': 'workspace: the objects of a base are in the mirror; no ref keeps them yet',
  'worktree.half': 'workspace: the folder of a worktree is there; nothing is checked out',
  'worktree.added': 'workspace: a worktree is checked out; nobody works in it yet',
  'cleanup.half': 'workspace: the processes of a vanished agent were ended; its worktrees are still there',
  'setup.ran': 'workspace: the setup has run; nothing says so yet',
  'setup.recorded': 'workspace: the setup is marked as done; nobody has copied it yet',
  'sandbox.spawned': 'workspace: a command runs and its group is recorded; nobody waits for it yet',
  'sandbox.reaped': 'workspace: a command has ended and so has all that it left; its log is not stored yet',
  'check.started': 'workspace: a worktree is ready for a check; the check was not started',
  'check.finished': 'workspace: a check has ended; the evidence is not made yet',
  'commit.made': 'workspace: the commit of a change is in the mirror and kept by a ref; nobody was told',
  'artefact.half': 'store: an artefact is written under a temporary name; its own name does not exist',
  'artefact.renamed': 'store: an artefact has its name and is on the disk; nothing refers to it yet',
  'model.intended': 'agent: a call to a model is recorded as begun; its request has not left',
  'model.sent': 'agent: a request to a model has left; nothing of the answer has come',
  'model.replied': 'agent: the answer of a model is complete; the call is not recorded',
  'model.recorded': 'agent: a call to a model is recorded; nothing follows from its answer yet',
  'merge.stacked':
    'reviewer: the changes of a turn stand on top of each other in the mirror; nothing was checked there',
  'merge.checked': 'reviewer: a check before the merge is recorded; nothing follows from it yet',
  'merge.sealed': 'reviewer: the commits that carry their evidence are made; nothing says that they shall go in',
  'merge.intent': 'reviewer: the intent to merge is recorded; no ref was moved',
  'merge.ref.moved': "workspace: the branch in the mirror was moved; the user's repository was not touched",
  'merge.delivered': "workspace: branch and note are in the user's repository; nothing else was done",
  'merge.noted': 'workspace: notes are made in the mirror; no ref of the user was moved to them',
  'merge.others':
    'reviewer: what became of the others of a turn, if there are any, is recorded; of the one that led them it is not',
  'merge.outcome': 'reviewer: the merge is done everywhere; its outcome is not recorded',
} as const satisfies Readonly<Record<string, string>>;

/** The name of a failpoint. */
export type FailpointName = keyof typeof failpoints;

/** True for the name of a failpoint that exists. */
export const isFailpointName = (text: string): text is FailpointName => Object.hasOwn(failpoints, text);
