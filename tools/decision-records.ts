export const adrFolder = 'docs/adr';

export const isAdr = (file: string): boolean => /^\d{4}-.+\.md$/.test(file);
export const numberOf = (file: string): number => Number(file.slice(0, 4));

/** `0007-claims-are-appends.md` */
export const fileName = (number: number, title: string): string => {
  const slug = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return `${String(number).padStart(4, '0')}-${slug}.md`;
};

const sections = ['## Context', '## Decision', '## Consequences'];
const status = /^- Status: (Proposed|Accepted|Rejected|Superseded by \[\d+\]\((?<by>[^)]+)\))$/m;
const supersedes = /^- Supersedes: \[\d+\]\((?<old>[^)]+)\)$/m;

/** What is wrong with the decision records, given their file names and texts: one sentence each, the file first. */
export function adrProblems(adrs: ReadonlyMap<string, string>): string[] {
  const files = [...adrs.keys()].sort();
  return files.flatMap((file, index) => {
    const text = adrs.get(file) ?? '';
    const lines = text.split('\n');
    const problems: string[] = [];
    const need = (holds: boolean, problem: string): void => void (holds || problems.push(`${file}: ${problem}`));
    need(isAdr(file), 'is not named like 0007-claims-are-appends.md');
    need(numberOf(file) === index + 1, `should be number ${index + 1}; numbers have no gaps and do not repeat`);
    need(text.startsWith(`# ${index + 1}. `), `starts with "# ${index + 1}. " and the title`);
    need(status.test(text), 'needs "- Status: Proposed", Accepted, Rejected or "Superseded by [9](0009-….md)"');
    need(/^- Date: \d{4}-\d{2}-\d{2}$/m.test(text), 'needs "- Date: YYYY-MM-DD"');
    for (const section of sections) need(lines.includes(section), `needs "${section}"`);
    const newer = status.exec(text)?.groups?.['by'];
    const older = supersedes.exec(text)?.groups?.['old'];
    need(
      !newer || supersedes.exec(adrs.get(newer) ?? '')?.groups?.['old'] === file,
      `${newer} does not say that it supersedes this`,
    );
    need(
      !older || status.exec(adrs.get(older) ?? '')?.groups?.['by'] === file,
      `${older} does not say that this supersedes it`,
    );
    return problems;
  });
}
