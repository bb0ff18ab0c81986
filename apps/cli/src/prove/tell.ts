import { homedir } from 'node:os';
import type { Check, Setup } from '@hive/events';
import type { History, PastCommit, Repo, SandboxState } from '@hive/workspace';
import { quoted } from '../follow/git-commands.ts';
import type { Colour } from '../terminal/colour.ts';
import { count, duration } from '../terminal/figures.ts';
import { oneLine, visible } from '../terminal/visible.ts';
import { cut, padEnd } from '../terminal/width.ts';
import { verdicts, type CommitVerdict, type Examined } from './verdict.ts';

const signs: Readonly<Record<CommitVerdict, string>> = { proven: '✔', passes: '○', red: '✖', infra: '!', skipped: '·' };

const painted = (colour: Colour, verdict: CommitVerdict): ((text: string) => string) =>
  ({ proven: colour.green, passes: colour.yellow, red: colour.red, infra: colour.red, skipped: colour.dim })[verdict];

const short = (commit: PastCommit): string => commit.commit.slice(0, 8);

/** What is about to happen, before anything runs. */
export const headLines = (
  { colour, columns }: { readonly colour: Colour; readonly columns: number },
  about: {
    readonly repo: Repo;
    readonly history: History;
    readonly checks: readonly Check[];
    readonly setup: Setup | null;
    readonly sandbox: SandboxState;
    /** Hosts that hive.yaml grants to checks. */
    readonly reach: readonly string[];
    readonly jobs: number;
    /** What worktrees lack of the repository. */
    readonly notes: readonly string[];
  },
): string[] => {
  const { repo, history, checks, setup, sandbox, reach, jobs, notes } = about;
  const row = (name: string, text: string) => `${colour.dim(padEnd(name, 8))} ${cut(text, Math.max(30, columns - 10))}`;
  const command = (argv: readonly string[], source: string) =>
    `${oneLine(argv.map(quoted).join(' '))}${source === 'found' ? ' (found)' : ''}`;
  return [
    `${colour.bold(count(history.commits.length, 'commit'))} of ${colour.bold(shown(repo.root))}${history.commits.length > 1 ? ', newest first' : ''}`,
    ...checks.map(({ argv, source }) => row('check', command(argv, source))),
    ...(setup ? [row('setup', command(setup.argv, setup.source))] : []),
    row(
      'sandbox',
      sandbox.kind !== 'none'
        ? `${sandbox.kind}, ${reach.length > 0 ? `checks reach ${reach.join(', ')}` : 'no network for checks'}${jobs > 1 ? `, ${jobs} checkouts at once` : ''}`
        : 'none: checks run as you, one after the other',
    ),
    ...notes.map((note) => row('note', note)),
    '',
  ];
};

/** A path below the home of its reader as they write it. */
const shown = (path: string): string => {
  const home = homedir();
  return oneLine(path === home || path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path);
};

/** How rows are laid out: all subjects are known before the first row. */
export const layoutOf = (history: History, columns: number) => ({
  subject: Math.max(8, ...history.commits.map(({ subject }) => cut(oneLine(subject), subjectColumns(columns)).length)),
  columns,
});

const subjectColumns = (columns: number): number => Math.max(24, Math.min(60, columns - 50));

/** The row of one commit, and beneath it what failed. `figures`: what the proof shows in numbers; `told`: the commits above. */
export const rowLines = (
  colour: Colour,
  one: Examined,
  layout: {
    readonly subject: number;
    readonly columns: number;
    readonly figures: string;
    readonly told: readonly Examined[];
  },
): string[] => {
  const { commit, verdict, failure } = one;
  const before = layout.told.find((it) => isSameSetup(it, one));
  const subject = cut(oneLine(commit.subject) || '(no subject)', layout.subject);
  const label = painted(colour, verdict)(`${signs[verdict]} ${padEnd(verdict, 7)}`);
  const says = before ? `its setup failed as that of ${short(before.commit)}` : (one.reason ?? layout.figures);
  const row =
    `${label}  ${colour.dim(short(commit))}  ${padEnd(subject, layout.subject)}  ${colour.dim(oneLine(says))}`.trimEnd();
  if (failure === null || before) return [row];
  const lines = one.code === 'setup.failed' ? [...visible(failure).trimEnd().split('\n'), whatToDo] : [failure];
  return [row, ...lines.map((line) => beneath(line, layout.columns))];
};

/** A setup that fails does so for every commit with the same dependencies; what it said is told once. */
const isSameSetup = (one: Examined, other: Examined): boolean =>
  one.code === 'setup.failed' && other.code === 'setup.failed' && one.failure === other.failure;

const whatToDo =
  'Repair it, or name one that works here: --setup "COMMAND" for this run, or setup under hive.repos in hive.yaml.';

const beneath = (text: string, columns: number): string =>
  `           ${cut(oneLine(text.split('\n')[0] ?? ''), Math.max(40, columns - 12))}`;

/** What runs right now, on one line. */
export const progressText = (
  inHand: readonly PastCommit[],
  {
    told,
    all,
    running,
    ms,
  }: { readonly told: number; readonly all: number; readonly running: number; readonly ms: number },
): string => {
  const now = inHand.map((commit) => `${short(commit)} ${cut(oneLine(commit.subject), 30)}`).join(', ');
  return `${told} of ${all} · ${running > 0 ? 'checking' : 'preparing'} ${now} · ${duration(ms)}`;
};

const meanings: Readonly<Record<CommitVerdict, string>> = {
  proven: 'green, and red without it: Hive would take it as it is',
  passes:
    'green, and nothing was red without it: Hive would ask for a test that fails without it, or for --red-before not-needed',
  red: 'a check fails on it: Hive would refuse it',
  infra: 'setup or a check could not run; that is nobody’s fault and proves nothing',
  skipped: 'there is nothing to compare',
};

/** The end: how many of each, what that means, and how long it took. */
export const endLines = (
  colour: Colour,
  examined: readonly Examined[],
  {
    ms,
    done,
    spared,
    all,
  }: { readonly ms: number; readonly done: number; readonly spared: number; readonly all: number },
): string[] => {
  const met = verdicts.filter((verdict) => examined.some((one) => one.verdict === verdict));
  const figures = met.map((verdict) => {
    const n = examined.filter((one) => one.verdict === verdict).length;
    return painted(colour, verdict)(`${n} ${verdict === 'passes' && n !== 1 ? 'pass' : verdict}`);
  });
  const runs = `${count(done, 'checkout')} checked${spared > 0 ? `, ${spared} spared because the head of a commit is the base of the next` : ''}`;
  const rest = examined.length < all ? ` · ${all - examined.length} not looked at` : '';
  return [
    '',
    `${figures.join(' · ')}${rest}   ${colour.dim(`in ${duration(ms)} (${runs})`)}`,
    ...met.map((verdict) => colour.dim(`  ${padEnd(verdict, 7)}  ${meanings[verdict]}`)),
    colour.dim('Only commits were looked at. Nothing was delivered or recorded, and your checkout was not touched.'),
  ];
};
