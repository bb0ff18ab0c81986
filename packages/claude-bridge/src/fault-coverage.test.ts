import { expect, test } from 'vitest';
import { codes, type Code } from '@hive/errors';
import { faultCases, faultKinds } from '@hive/model-server';

/** Codes of models that no server can bring about, and where they are tested instead. */
const elsewhere: Partial<Record<Code, string>> = {
  'model.cancelled': 'the contract of models',
  'model.replay_miss': 'the replay model',
  'model.egress_denied': 'whoever decides what may leave',
  'model.missing': 'whoever opens models',
};

test('every fault of the double has a case', () => {
  const tried = new Set(faultCases.map(({ fault }) => fault?.kind));
  expect(faultKinds.filter((kind) => !tried.has(kind))).toEqual([]);
});

test('every code of a model has a case, and every case an outcome', () => {
  const met = new Set(
    faultCases.flatMap(({ claude, ollama, both }) =>
      [claude, ollama, both].map((outcome) => (outcome as { code?: string } | undefined)?.code),
    ),
  );
  const missing = codes.filter((code) => code.startsWith('model.') && !met.has(code) && !(code in elsewhere));
  expect(missing).toEqual([]);
  expect(faultCases.filter(({ claude, ollama, both }) => !claude && !ollama && !both)).toEqual([]);
});
