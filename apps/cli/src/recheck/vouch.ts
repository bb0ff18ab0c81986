import type { Evidence } from '@hive/events';
import { evidenceDigest, evidenceText, type MergedCommit } from '@hive/workspace';
import { parseNote } from './parse-note.ts';

/** What the records of one commit say about each other. */
export type Vouched = {
  /** The record that is believed: what the commit message names, else that of a witness, else the note. Null when none can be read. */
  readonly record: Evidence | null;
  /** What does not fit together, a sentence each. */
  readonly differences: readonly string[];
  /** What stands for the record, and what could not be asked. */
  readonly remarks: readonly string[];
};

/** A record in other hands than the note: this Hive's log, or a signed statement. */
export type Witness = { readonly name: string; readonly evidence: Evidence };

const trailer = 'the commit message (Hive-Evidence)';

/**
 * Compares the note of a commit with the digest in its message, which nobody can change without changing the commit, and with what others hold.
 * Where they differ, the record that the message names is believed.
 */
export const vouch = (
  { note, digests }: Pick<MergedCommit, 'note' | 'digests'>,
  witnesses: readonly Witness[],
): Vouched => {
  const noted = note === null ? null : parseNote(note);
  const isNamed = (text: string) => digests.includes(evidenceDigest(text));
  const told = [
    noteAlone(note, noted),
    againstTrailer(note, digests),
    ...witnesses.map((it) => againstWitness(it, noted, digests)),
  ];
  const held = [...(noted ? [noted] : []), ...witnesses.map(({ evidence }) => evidence)];
  const named = held.find((evidence) => isNamed(evidenceText(evidence)));
  return {
    record: named ?? witnesses[0]?.evidence ?? noted,
    differences: told.flatMap((it) => it.differences ?? []),
    remarks: told.flatMap((it) => it.remarks ?? []),
  };
};

type Told = { readonly differences?: readonly string[]; readonly remarks?: readonly string[] };

const noteAlone = (note: string | null, noted: Evidence | null): Told => {
  if (note === null)
    return {
      remarks: ['the commit has no note here; git fetch REMOTE refs/notes/hive:refs/notes/hive brings them along'],
    };
  return noted ? {} : { differences: ['the note is no record of evidence: it was edited, or something else wrote it'] };
};

const againstTrailer = (note: string | null, digests: readonly string[]): Told => {
  if (digests.length === 0)
    return { remarks: ['the commit message names no evidence: it was merged before Hive wrote that'] };
  if (note === null) return {};
  return digests.includes(evidenceDigest(note))
    ? { remarks: [`the note is the very text that ${trailer} names`] }
    : { differences: [`the note is not the text that ${trailer} names: it was edited after the merge`] };
};

const againstWitness = ({ name, evidence }: Witness, noted: Evidence | null, digests: readonly string[]): Told => {
  const isNamed = digests.length === 0 || digests.includes(evidenceDigest(evidenceText(evidence)));
  const edited = noted === null ? [] : fieldsThatDiffer(noted, evidence);
  return {
    differences: [
      ...(edited.length > 0 ? [`the note and ${name} differ in: ${edited.join(', ')}`] : []),
      ...(isNamed ? [] : [`${trailer} names another record than that of ${name}`]),
    ],
    remarks: noted !== null && edited.length === 0 ? [`the note says what ${name} says`] : [],
  };
};

const fieldsThatDiffer = (one: Evidence, other: Evidence): string[] => {
  const [a, b] = [one, other].map(
    (it) => new Map<string, unknown>(Object.entries(JSON.parse(evidenceText(it)) as object)),
  );
  const names = new Set([...(a?.keys() ?? []), ...(b?.keys() ?? [])]);
  return [...names].sort().filter((name) => JSON.stringify(a?.get(name)) !== JSON.stringify(b?.get(name)));
};
