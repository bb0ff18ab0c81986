/** What stands in the form, field by field, as it was typed. */
export type Draft = {
  /** The Idempotency-Key under which it is sent, however often; made with the draft. */
  readonly key: string;
  readonly template: string;
  readonly goal: string;
  readonly repo: string;
  readonly base: string;
  readonly into: string;
  /** One command a line; empty: those that are found. */
  readonly checks: string;
  readonly setup: string;
  readonly redBefore: 'needed' | 'not_needed';
  readonly usd: string;
  readonly tokens: string;
  readonly model: string;
  readonly localOnly: boolean;
  /** Local time, as `datetime-local` has it. */
  readonly until: string;
  /** Percent. */
  readonly reserve: string;
  /** A whole number; empty: 0. */
  readonly priority: string;
  readonly when: 'now' | 'at' | 'cron';
  readonly at: string;
  readonly cron: string;
  readonly dedupe: string;
  readonly onDuplicate: 'keep' | 'replace' | 'debounce';
};

export const emptyDraft = (key: string): Draft => ({
  ...{ key, template: '', goal: '', repo: '', base: '', into: '', checks: '', setup: '', redBefore: 'needed' },
  ...{ usd: '', tokens: '', model: '', localOnly: false, until: '', reserve: '', priority: '' },
  ...{ when: 'now', at: '', cron: '', dedupe: '', onDuplicate: 'keep' },
});

/** A field of the form, by which problems are shown. */
export type Field = Exclude<keyof Draft, 'key' | 'onDuplicate'>;

/** What is wrong, by field. */
export type Problems = Partial<Record<Field, string>>;

/** The fields that stand behind More: a problem in one of them opens it. */
export const behindMore: readonly Field[] = [
  ...(['base', 'into', 'setup', 'redBefore', 'model', 'localOnly', 'until', 'reserve', 'priority'] as const),
  ...(['when', 'at', 'cron', 'dedupe'] as const),
];
