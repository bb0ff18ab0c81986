import { generateKeyPairSync, verify } from 'node:crypto';
import type { Evidence, SignedStatement as Envelope } from '@hive/events';
import { expect, test } from 'vitest';
import { keyNameOf, parseEnvelope, seal, signedBytes, unseal } from './envelope.ts';
import { readStatement, statementOf } from './statement.ts';

const run = (name: string, on: 'head' | 'base' | 'base+tests', exit: number) => ({
  ...{ name, on, exit, argv: [name], ms: 1, log: 'e'.repeat(64) },
});
const evidence: Evidence = {
  base: 'a'.repeat(40),
  head: 'b'.repeat(40),
  tree: 'c'.repeat(40),
  patch: 'd'.repeat(64),
  author: 'human',
  commands: [run('test', 'head', 0), run('lint', 'head', 0), run('test', 'base', 0), run('test', 'base+tests', 1)],
  redBefore: 'red',
  greenAfter: true,
  checkedBy: { agent: 'worker-1', host: 'oak' },
  sandbox: 'bwrap',
  at: '2026-01-01T00:00:00Z',
};
const statement = statementOf({ commit: 'f'.repeat(40), tree: evidence.tree, evidence, version: '0.1.0' });
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const envelope = seal(JSON.stringify(statement), privateKey);

test('a statement names commit and tree, and says in known words what passed and what failed before', () => {
  expect(statement).toMatchObject({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ digest: { gitCommit: 'f'.repeat(40) } }, { digest: { gitTree: evidence.tree } }],
    predicate: {
      verificationResult: 'PASSED',
      passedTests: ['test', 'lint'],
      failedTests: [],
      failedBefore: ['test'],
      timeVerified: evidence.at,
    },
  });
});

test('what is signed is the encoding of the DSSE specification', () => {
  // The example of https://github.com/secure-systems-lab/dsse/blob/master/protocol.md
  expect(signedBytes('http://example.com/HelloWorld', Buffer.from('hello world')).toString()).toBe(
    'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
  );
});

test('anybody with the public key can check it without Hive', () => {
  const [signature] = envelope.signatures;
  const payload = Buffer.from(envelope.payload, 'base64');
  const type = 'application/vnd.in-toto+json';
  const signed = Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${payload.length} `), payload]);
  expect(verify(null, signed, publicKey, Buffer.from(signature?.sig ?? '', 'base64'))).toBe(true);
  expect(signature?.keyid).toBe(keyNameOf(publicKey));
});

test('read back it says the same', () => {
  const text = unseal(parseEnvelope(JSON.stringify(envelope)) ?? envelope, publicKey) ?? '';
  expect(readStatement(text)).toEqual({ commit: 'f'.repeat(40), evidence });
});

test.each<[string, Partial<Envelope>]>([
  ['payload', { payload: Buffer.from(JSON.stringify(statement).replace('human', 'oracle')).toString('base64') }],
  ['type', { payloadType: 'text/plain' }],
  ['signature', { signatures: [{ keyid: keyNameOf(publicKey), sig: Buffer.alloc(64).toString('base64') }] }],
  ['list of signatures', { signatures: [] }],
])('another %s is not accepted', (_, more) => {
  expect(unseal({ ...envelope, ...more }, publicKey)).toBeNull();
});

test('another key is not accepted, also under the name of the right one', () => {
  const other = generateKeyPairSync('ed25519');
  const [mine] = seal(JSON.stringify(statement), other.privateKey).signatures;
  expect(unseal(envelope, other.publicKey)).toBeNull();
  expect(
    unseal({ ...envelope, signatures: [{ ...mine, keyid: keyNameOf(publicKey), sig: mine?.sig ?? '' }] }, publicKey),
  ).toBeNull();
});

test('a text that is no envelope and a statement of something else are told', () => {
  expect(
    ['', '[]', 'null', '{"payload":1}', '{"payload":"","payloadType":"","signatures":[null]}'].map(parseEnvelope),
  ).toEqual(Array(5).fill(null));
  expect(readStatement('{}')).toBe('it is no in-toto statement (v1)');
  expect(readStatement(JSON.stringify({ ...statement, predicateType: 'https://slsa.dev/provenance/v1' }))).toMatch(
    /provenance/,
  );
  const inner = { ...statement.predicate, evidence: { ...evidence, author: 'oracle' } };
  expect(readStatement(JSON.stringify({ ...statement, predicate: inner }))).toBe(
    'its evidence has another digest than it says',
  );
});
