/** The kinds of streams; the first half of a stream's name. */
export type StreamKind =
  'workflow' | 'task' | 'merge' | 'approval' | 'call' | 'limit' | 'box' | 'agent' | 'schedule' | 'system';

/** Names of streams. */
export const streams = {
  workflow: (id: string) => `workflow/${id}`,
  task: (id: string) => `task/${id}`,
  /** `repo` is the short name of the mirror, so that no path of the user's machine is part of a name. */
  merge: (repo: string, branch: string) => `merge/${repo}:${branch}`,
  approval: (id: string) => `approval/${id}`,
  call: (id: string) => `call/${id}`,
  /** The limits of one way to a provider: `claude`, `claude-code`, or `ollama@<box>`. */
  limit: (of: string) => `limit/${of}`,
  agent: (id: string) => `agent/${id}`,
  schedule: (id: string) => `schedule/${id}`,
  box: (name: string) => `box/${name}`,
  system: 'system',
} as const;

/** The kind and the id of a stream's name. */
export const parseStream = (stream: string): { kind: StreamKind; id: string } => {
  const slash = stream.indexOf('/');
  // Names are made by `streams`; anything else was refused when it was appended.
  return slash < 0
    ? { kind: stream as StreamKind, id: stream }
    : { kind: stream.slice(0, slash) as StreamKind, id: stream.slice(slash + 1) };
};
