import type { Evidence, EvidenceCommand } from '@hive/events';
import type { TestCounts } from './test-counts.ts';

/** The figures of a proof as a person reads them: `red 2 → green 41`, in tests where the runners told, else in checks. */
export const proofFigures = (evidence: Evidence, countsOf: (log: string) => TestCounts | null): string => {
  const counted = evidence.commands.filter((command) => !evidence.flaky?.includes(command.name));
  if (counted.length === 0 && evidence.flaky) return `flaky: ${checks(evidence.flaky.length)}, which proves nothing`;
  const before = counted.filter((command) => command.on !== 'head');
  const after = counted.filter((command) => command.on === 'head');
  const green = greenText(after, countsOf);
  if (evidence.redBefore === 'not_needed') return `green ${green}, no red needed`;
  const red = redText(before, countsOf);
  return evidence.greenAfter ? `red ${red} → green ${green}` : `red ${red} → ${redText(after, countsOf)} still red`;
};

/** What became of small mistakes in the changed lines, or null where none were tried. */
export const mutantFigures = ({ mutants }: Evidence): string | null => {
  if (mutants === undefined) return null;
  const { tried, rejected, made = tried, broken = 0 } = mutants;
  const apart = broken === 0 ? '' : `; ${broken} did not compile`;
  return `${rejected} of ${tried} small mistakes in the changed lines rejected${apart}${made > tried + broken ? `; ${made - tried - broken} not tried in time` : ''}`;
};

const isRed = (command: EvidenceCommand): boolean => command.infra === undefined && command.exit !== 0;

/** Each check counts once: on the base with the tests of the change where that was run, else on the base. */
const lastRuns = (commands: readonly EvidenceCommand[]): EvidenceCommand[] => {
  const runs = new Map<string, EvidenceCommand>();
  for (const command of commands) if (command.on !== 'base' || !runs.has(command.name)) runs.set(command.name, command);
  return [...runs.values()];
};

const redText = (commands: readonly EvidenceCommand[], countsOf: (log: string) => TestCounts | null): string => {
  const runs = lastRuns(commands);
  const red = runs.filter(isRed);
  const counts = red.map((run) => countsOf(run.log));
  if (red.length > 0 && counts.every((it) => it !== null && it.failed > 0))
    return String(counts.reduce((sum, it) => sum + (it?.failed ?? 0), 0));
  return `${red.length} of ${checks(runs.length)}`;
};

const greenText = (commands: readonly EvidenceCommand[], countsOf: (log: string) => TestCounts | null): string => {
  const runs = lastRuns(commands);
  const green = runs.filter((run) => !isRed(run) && run.infra === undefined);
  const counts = green.map((run) => countsOf(run.log));
  if (green.length > 0 && counts.every((it) => it !== null && it.passed > 0))
    return String(counts.reduce((sum, it) => sum + (it?.passed ?? 0), 0));
  return `${green.length} of ${checks(runs.length)}`;
};

const checks = (n: number): string => `${n} ${n === 1 ? 'check' : 'checks'}`;

/** How long the runs of a proof took together. */
export const proofMs = (evidence: Evidence): number => evidence.commands.reduce((sum, command) => sum + command.ms, 0);
