import { Evidence } from '@hive/events';
import { evidenceDigest, evidenceText } from '@hive/workspace';

/** The name of what Hive states. A name, not an address; another shape gets another version. */
export const predicateType = 'urn:hive:evidence:v1';

const inToto = 'https://in-toto.io/Statement/v1';

/** What a statement is about, and who makes it. */
export type StatementOf = {
  readonly commit: string;
  readonly tree: string;
  readonly evidence: Evidence;
  readonly version: string;
};

/**
 * An in-toto statement about a merge. Its predicate has the fields of the SLSA verification summary and of the in-toto test result that apply, and the
 * whole evidence, whose digest is what the commit message names as `Hive-Evidence`.
 */
export const statementOf = ({ commit, tree, evidence, version }: StatementOf) => {
  const names = (on: 'head' | 'before', isWanted: (exit: number | null) => boolean) => [
    ...new Set(
      evidence.commands
        .filter((run) => (run.on === 'head') === (on === 'head') && run.infra === undefined && isWanted(run.exit))
        .map(({ name }) => name),
    ),
  ];
  return {
    _type: inToto,
    subject: [
      { name: 'commit', digest: { gitCommit: commit } },
      { name: 'tree', digest: { gitTree: tree } },
    ],
    predicateType,
    predicate: {
      verifier: { id: 'urn:hive:hive', version: { hive: version } },
      timeVerified: evidence.at,
      verificationResult: evidence.greenAfter && evidence.redBefore !== 'not_red' ? 'PASSED' : 'FAILED',
      passedTests: names('head', (exit) => exit === 0),
      failedTests: names('head', (exit) => exit !== 0),
      failedBefore: names('before', (exit) => exit !== 0),
      evidenceDigest: { sha256: evidenceDigest(evidenceText(evidence)) },
      evidence,
    },
  };
};

/** What a signed statement says. */
export type Stated = { readonly commit: string; readonly evidence: Evidence };

/** Reads a statement of Hive. Answers a sentence for one that is not, or that contradicts itself. */
export const readStatement = (text: string): Stated | string => {
  const found = parsed(text) as Partial<ReturnType<typeof statementOf>> | null;
  if (found?._type !== inToto) return 'it is no in-toto statement (v1)';
  if (found.predicateType !== predicateType)
    return `it is about ${String(found.predicateType)}, and not ${predicateType}`;
  const commit = found.subject
    ?.map(({ digest }) => ('gitCommit' in digest ? digest.gitCommit : undefined))
    .find(Boolean);
  const evidence = Evidence.safeParse(found.predicate?.evidence);
  if (commit === undefined || !evidence.success) return 'it has no commit or no evidence';
  const digest = evidenceDigest(evidenceText(evidence.data));
  if (found.predicate?.evidenceDigest.sha256 !== digest) return 'its evidence has another digest than it says';
  return { commit, evidence: evidence.data };
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null; // no JSON
  }
};
