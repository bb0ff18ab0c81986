import { createHash } from 'node:crypto';
import type { Store } from '@hive/core-db';
import { HiveError, isHiveError, beginningOf } from '@hive/errors';
import { shortId, type Result } from '@hive/events';
import { pushedChange, type PushedChange, type Quarantine, type Repo } from '@hive/workspace';
import { findHead } from '../find-id.ts';
import { readResult } from '../read-workflow.ts';
import { submittedUnder, type Submit } from '../submit.ts';
import { readPushOptions } from './push-options.ts';
import { handInPrefix } from './sort-commands.ts';

/** A pushed branch whose objects have arrived. `remote` is the name of its repository. */
export type Pushed = {
  readonly remote: string;
  readonly repo: Repo;
  readonly quarantine: Quarantine;
  readonly ref: string;
  readonly sha: string;
  readonly options: readonly string[];
  readonly url: string;
};

/** What git is told of a branch: why it was refused, or lines that say what became of it. */
export type Told = { readonly refused: string | null; readonly lines: readonly string[] };

/**
 * Hands a pushed branch in, as `hive submit` does with a branch. The same commit with the same options is handed in once: when it comes again,
 * the workflow that it made is told.
 */
export const createHandIn =
  ({
    store,
    submit,
    onError,
  }: {
    readonly store: Store;
    readonly submit: Submit;
    readonly onError: (error: unknown) => void;
  }) =>
  async (pushed: Pushed): Promise<Told> => {
    const { remote, repo, quarantine, ref, sha, options, url } = pushed;
    const branch = ref.slice(handInPrefix.length);
    try {
      const asked = readPushOptions(options);
      const change = await pushedChange(quarantine, { repo, branch, sha });
      const key = `push ${remote} ${branch} ${change.tip} ${hash(options)}`;
      const before = await submittedUnder(store, key);
      const { title, base } = change;
      const { id } =
        before ?? (await submit({ goal: beginningOf(title, 4000), repo: repo.root, base, ...asked }, { key, change }));
      const result = await readResult(store, (await findHead(store, 'workflow', id)).view);
      return { refused: null, lines: before ? linesAgain(result) : lines(result, { change, branch, url }) };
    } catch (error) {
      if (isHiveError(error) && error.code !== 'internal') return { refused: error.message, lines: [] };
      onError(error);
      return {
        refused: new HiveError('internal', 'Something that Hive did not expect; its log says what').message,
        lines: [],
      };
    }
  };

const hash = (options: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(options)).digest('hex').slice(0, 16);

type About = { readonly change: PushedChange; readonly branch: string; readonly url: string };

const lines = ({ workflow }: Result, { change, branch, url }: About): string[] => {
  const commits = change.commits === 1 ? '1 commit' : `${change.commits} commits, as one change,`;
  return [
    '',
    `Workflow ${shortId(workflow)} takes ${commits} on ${branch} since ${change.base.slice(0, 12)}: ${change.title}`,
    `Follow it with: hive watch ${shortId(workflow)}`,
    `In the control room: ${url}/traces/${workflow}`,
    '',
  ];
};

const linesAgain = ({ workflow, status }: Result): string[] => [
  '',
  `This commit was handed in before, as workflow ${shortId(workflow)}, which is ${status}`,
  `What became of it: hive show ${shortId(workflow)}`,
  '',
];
