import { z } from 'zod';
import { isModelAuthor } from '../is-model-author.ts';

/** What is done about what a rule finds: `refuse-or-return` gives a change back to a model and refuses anyone else's, `ask` leaves it to a person, `note` only writes it down. */
export const RuleAction = z.enum(['refuse-or-return', 'ask', 'note', 'off']);
export type RuleAction = z.infer<typeof RuleAction>;

type Actions = { readonly models: RuleAction; readonly others: RuleAction };

const hold = { models: 'refuse-or-return', others: 'refuse-or-return' } as const;
const returned = { models: 'refuse-or-return', others: 'note' } as const;
const ask = { models: 'ask', others: 'note' } as const;
const note = { models: 'note', others: 'note' } as const;

/** Every rule by the name that its findings carry: what it finds, and what is done about it where nobody says otherwise. */
const rules = {
  'secrets.added': ['keys, tokens and passwords in added lines', hold],
  'text.invisible': ['characters that do not show or turn the order of a line around', hold],
  'text.conflict_markers': ['what a merge left behind', hold],
  'file.symlink_out': ['symbolic links that lead out of the repository', hold],
  'file.submodule': ['submodules', returned],
  'file.tool_settings': ['files that make tools of a developer run or send something', ask],
  'file.executable': ['files that become executable', note],
  'file.binary': ['binary files', ask],
  'tests.deleted': ['test files that are gone with what they tested', ask],
  'tests.skipped': ['tests that are skipped, or that skip all others', returned],
  'tests.weakened': ['test cases or assertions that are gone', ask],
  'checks.changed': ['what the checks of the change run, and how', ask],
  'dependency.new': ['dependencies that are new or have another version', ask],
  'lockfile.alone': ['a lock file that changes without its manifest', returned],
  'lockfile.behind': ['dependencies that change without their lock file', note],
  'licence.changed': ['files of a licence', ask],
  'size.over': ['changes that are larger than `size`', ask],
} as const satisfies Record<string, readonly [finds: string, actions: Actions]>;

/** The name of a rule about changes, as its findings carry it. */
export type ReviewRule = keyof typeof rules;

/** The names of all rules, in the order in which they are told. */
export const reviewRuleNames = Object.keys(rules) as ReviewRule[]; // keys of the object above

const told = ([finds, { models, others }]: readonly [string, Actions]): string =>
  `${finds} (default ${models === others ? models : `${models} for models, ${others} for others`})`;

const Choice = z.union([
  RuleAction,
  z.strictObject({
    models: RuleAction.optional().describe('for changes of models'),
    others: RuleAction.optional().describe('for changes of people and commands'),
  }),
]);

/** What the rules do about what they find in a change. */
export const ReviewPolicy = z.strictObject({
  rules: z
    .strictObject(
      Object.fromEntries(
        reviewRuleNames.map((name) => [name, Choice.optional().describe(told(rules[name]))]),
      ) as Record<ReviewRule, z.ZodOptional<typeof Choice>>, // the same names
    )
    .optional()
    .describe('what is done about what a rule finds, for all or for `models` and `others` each'),
  size: z
    .strictObject({
      lines: z.int().min(1).optional().describe('lines added and removed, but for lock files (default 5000)'),
      files: z.int().min(1).optional().describe('files (default 200)'),
      bytes: z.int().min(1).optional().describe('bytes of the patch, but for lock files (default 1000000)'),
    })
    .optional()
    .describe('what a change may be at most before `size.over` speaks'),
  returns: z
    .int()
    .min(0)
    .max(100)
    .optional()
    .describe('how often a change goes back to its model by itself; a list of models may take more (default 3)'),
  then: z
    .enum(['refuse', 'ask'])
    .optional()
    .describe('what comes after the last return: the change is refused, or a person is asked (default refuse)'),
});
export type ReviewPolicy = z.infer<typeof ReviewPolicy>;

/** A {@link ReviewPolicy} with everything said. */
export type ReviewRules = {
  readonly actionOf: (rule: ReviewRule, author: string) => RuleAction;
  readonly size: { readonly lines: number; readonly files: number; readonly bytes: number };
  readonly returns: number;
  readonly then: 'refuse' | 'ask';
};

/** What holds for a review under a policy: what is not said has its default. */
export const reviewRules = (policy?: ReviewPolicy): ReviewRules => ({
  actionOf: (rule, author) => {
    const kind = isModelAuthor(author) ? 'models' : 'others';
    const said = policy?.rules?.[rule];
    return (typeof said === 'string' ? said : said?.[kind]) ?? rules[rule][1][kind];
  },
  size: {
    lines: policy?.size?.lines ?? 5000,
    files: policy?.size?.files ?? 200,
    bytes: policy?.size?.bytes ?? 1_000_000,
  },
  returns: policy?.returns ?? 3,
  then: policy?.then ?? 'refuse',
});

/**
 * What follows when something speaks against a change: its model gets it back until it had so many returns (`turns`: how many attempts the models of
 * a list have between them), then `then` holds; anyone else's change is refused.
 */
export const afterFindings = (
  { author, returns }: { readonly author: string | null; readonly returns: number },
  { rules: { returns: most, then }, turns = 0 }: { readonly rules: ReviewRules; readonly turns?: number },
): 'return' | 'refuse' | 'ask' => {
  if (!isModelAuthor(author ?? '')) return 'refuse';
  return returns < Math.max(most, turns - 1) ? 'return' : then;
};
