import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { noiseModel } from './noise-model.ts';

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

test('the noise model is the same file on every machine, and another one for another seed', () => {
  expect(sha256(noiseModel())).toBe('9cf741df955d59ead9d73fef6c3602dfe0ed233852a79dc6b6c6fec8f87638cb');
  expect(sha256(noiseModel(2))).not.toBe(sha256(noiseModel()));
});

test('what a reader of GGUF finds in it is a whole llama', () => {
  const file = noiseModel();
  const { version, metadata, tensors, end } = parse(file);
  expect(version).toBe(3);
  expect(metadata).toMatchObject({
    'general.architecture': 'llama',
    'llama.context_length': 16_384,
    'llama.embedding_length': 64,
    'llama.block_count': 2,
    'tokenizer.ggml.model': 'llama',
    'tokenizer.ggml.eos_token_id': 2,
  });
  expect(metadata['tokenizer.chat_template']).toContain("'<|assistant|>'");

  const tokens = metadata['tokenizer.ggml.tokens'] as string[];
  expect(new Set(tokens).size).toBe(366);
  expect(metadata['tokenizer.ggml.scores']).toHaveLength(366);
  const types = metadata['tokenizer.ggml.token_type'] as number[];
  // Every byte has a token, so that there is no text that it cannot read.
  expect(tokens.filter((_, n) => types[n] === 6)).toHaveLength(256);
  expect(tokens.filter((_, n) => types[n] === 3)).toContain('<|end|>');

  expect(tensors).toHaveLength(21);
  expect(tensors[0]).toEqual({ name: 'token_embd.weight', size: [64, 366], type: 0, offset: 0 });
  let next = 0;
  for (const { size, offset } of tensors) {
    expect(offset).toBe(next);
    next += size.reduce((product, side) => product * side, 4);
  }
  const start = Math.ceil(end / 32) * 32;
  expect(start + next).toBe(file.length);
  const weights = Array.from({ length: next / 4 }, (_, n) => file.readFloatLE(start + n * 4));
  expect(weights.every((weight) => Number.isFinite(weight) && Math.abs(weight) <= 1)).toBe(true);
});

/** Reads as much of the format as the model uses. */
const parse = (file: Buffer) => {
  let at = 0;
  const take = <T>(size: number, value: T): T => {
    at += size;
    return value;
  };
  const u32 = () => take(4, file.readUInt32LE(at));
  const u64 = () => take(8, Number(file.readBigUInt64LE(at)));
  const string = () => {
    const size = u64();
    return take(size, file.toString('utf8', at, at + size));
  };
  const times = <T>(count: number, read: () => T): T[] => Array.from({ length: count }, read);
  const value = (type: number): unknown => {
    if (type === 8) return string();
    if (type === 6) return take(4, file.readFloatLE(at));
    if (type !== 9) return u32();
    const inner = u32();
    return times(u64(), () => value(inner));
  };
  expect(take(4, file.toString('latin1', 0, 4))).toBe('GGUF');
  const version = u32();
  const [tensorCount, pairCount] = [u64(), u64()];
  const metadata = Object.fromEntries(times(pairCount, () => [string(), value(u32())]));
  const tensors = times(tensorCount, () => ({
    name: string(),
    size: times(u32(), u64),
    type: u32(),
    offset: u64(),
  }));
  return { version, metadata, tensors, end: at };
};
