/** Which events a figure was folded from. The page of the event stream opens it. */
export type EventQuery = {
  /** Types or patterns: `task.merged`, `task.*`. */
  readonly types?: readonly string[];
  /** Of one trace. */
  readonly trace?: string;
  /** From this moment on, and up to that one (ISO). */
  readonly since?: string;
  readonly until?: string;
  /** A text that the event has in it: an agent, a task's id. */
  readonly text?: string;
};

/** The names of its parts in an address. */
export const queryNames = { types: 'type', trace: 'trace', since: 'since', until: 'until', text: 'q' } as const;

/** The address that shows these events: `/events?type=task.merged&since=2030-01-31T00:00:00.000Z`. */
export const eventsAddress = ({ types, ...rest }: EventQuery): string => {
  const search = new URLSearchParams();
  if (types !== undefined && types.length > 0) search.set(queryNames.types, types.join(','));
  for (const [key, value] of Object.entries(rest))
    if (value !== '') search.set(queryNames[key as keyof typeof rest], value);
  return `/events${search.size > 0 ? `?${search}` : ''}`;
};
