import type { Evidence } from '@hive/events';
import { evidenceDigest, evidenceText } from '@hive/workspace';
import { expect, test } from 'vitest';
import { evidence } from '../testing/evidence.ts';
import { vouch } from './vouch.ts';

const note = evidenceText(evidence);
const digests = [evidenceDigest(note)];
const edited = { ...evidence, author: 'claude:x' };
const log = (of: Evidence) => ({ name: 'the log', evidence: of });

test('note, message and log that agree stand for each other', () => {
  const { record, differences, remarks } = vouch({ note, digests }, [log(evidence)]);
  expect(record).toEqual(evidence);
  expect(differences).toEqual([]);
  expect(remarks).toHaveLength(2);
});

test('an edited note is told by the message, and by the log with what was edited; the record of the message is believed', () => {
  const { record, differences } = vouch({ note: evidenceText(edited), digests }, [log(evidence)]);
  expect(differences).toEqual([
    'the note is not the text that the commit message (Hive-Evidence) names: it was edited after the merge',
    'the note and the log differ in: author',
  ]);
  expect(record).toEqual(evidence);
});

test('a note that says the same in another spelling is told too', () => {
  const { differences } = vouch({ note: note.replace('{', '{ '), digests }, []);
  expect(differences).toHaveLength(1);
});

test('an edited log is told by the message, and the note is believed', () => {
  const { record, differences } = vouch({ note, digests }, [log(edited)]);
  expect(differences).toEqual([
    'the note and the log differ in: author',
    'the commit message (Hive-Evidence) names another record than that of the log',
  ]);
  expect(record).toEqual(evidence);
});

test('a note that is no record, a missing one, and a message from before the trailer', () => {
  expect(vouch({ note: 'looks good to me', digests: [] }, [])).toMatchObject({
    record: null,
    differences: ['the note is no record of evidence: it was edited, or something else wrote it'],
  });
  const withoutNote = vouch({ note: null, digests }, [log(evidence)]);
  expect(withoutNote).toMatchObject({ record: evidence, differences: [] });
  expect(withoutNote.remarks[0]).toMatch(/no note here/);
  const old = vouch({ note: `${JSON.stringify(evidence)}\n`, digests: [] }, [log(evidence)]);
  expect(old).toMatchObject({ record: evidence, differences: [] });
  expect(old.remarks[0]).toMatch(/names no evidence/);
});
