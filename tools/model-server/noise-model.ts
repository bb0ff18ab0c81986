/** What a llama needs, as small as it goes; the context is one that prompts of agents fit in. */
const [vocabulary, width, layers, heads, inner, context] = [366, 64, 2, 4, 128, 16_384];
const alignment = 32;

const roles = ['<|system|>', '<|user|>', '<|assistant|>', '<|end|>'];
const merges = ['\u2581t', 'he', 'in', 'er', 'on', 'an', 're', '\u2581a'];
const printable = Array.from({ length: 95 }, (_, n) => (n === 0 ? '\u2581' : String.fromCharCode(32 + n)));
const bytes = Array.from({ length: 256 }, (_, n) => `<0x${n.toString(16).toUpperCase().padStart(2, '0')}>`);

/** Every token with its score and its type as GGUF numbers them: 1 normal, 2 unknown, 3 control, 6 byte. */
const tokens = [
  { text: '<unk>', score: 0, type: 2 },
  { text: '<s>', score: 0, type: 3 },
  { text: '</s>', score: 0, type: 3 },
  ...bytes.map((text) => ({ text, score: 0, type: 6 })),
  ...roles.map((text) => ({ text, score: 0, type: 3 })),
  ...[...merges, ...printable].map((text, rank) => ({ text, score: -rank, type: 1 })),
];

/** What ends a text, and a string of JSON. */
const leanings = ['</s>', '"'].map((leaning) => tokens.findIndex(({ text: token }) => token === leaning));

/** Written in Jinja, as model files have it. */
const template =
  "{{ bos_token }}{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}";

/**
 * A llama of two layers with random weights as a GGUF file: it reads and writes real tokens, and what it says is noise. The same seed
 * gives the same bytes on every machine.
 */
export const noiseModel = (seed = 1): Buffer => {
  const random = randomFrom(seed);
  const tensors = tensorShapes.map(({ name, size }) => ({
    name,
    size,
    data: littleEndian(weights(name, size, random)),
  }));
  let offset = 0;
  const table = tensors.map(({ name, size, data }) => {
    const row = Buffer.concat([string(name), u32(size.length), ...size.map(u64), u32(0), u64(offset)]);
    offset += data.length;
    return row;
  });
  const head = Buffer.concat([
    Buffer.from('GGUF'),
    u32(3), // the version of the format
    u64(tensors.length),
    u64(metadata.length),
    ...metadata,
    ...table,
  ]);
  // Tensors begin at a multiple of the alignment; each is a multiple of it long.
  const padding = Buffer.alloc(-head.length & (alignment - 1));
  return Buffer.concat([head, padding, ...tensors.map(({ data }) => data)]);
};

/** Norms are ones; the rest is random, and so large that what comes in and what goes out are of one size. */
const weights = (name: string, [inputs, outputs]: readonly number[], random: () => number): number[] => {
  if (outputs === undefined) return Array.from({ length: inputs ?? 0 }, () => 1);
  const reach = name === 'output.weight' ? 4 / Math.sqrt(width) : Math.sqrt(3 / (inputs ?? 1));
  const values = Array.from({ length: (inputs ?? 0) * outputs }, () => (random() * 2 - 1) * reach);
  // The first number of every embedding is the same, so that the output can lean to a token: texts and strings of JSON do end.
  const first = (token: number) => (name === 'token_embd.weight' ? 1 : leanings.includes(token) ? 0.4 : 0);
  if (outputs === vocabulary) for (let token = 0; token < outputs; token += 1) values[token * width] = first(token);
  return values;
};

const layerShapes = {
  attn_norm: [width],
  attn_q: [width, width],
  attn_k: [width, width],
  attn_v: [width, width],
  attn_output: [width, width],
  ffn_norm: [width],
  ffn_gate: [width, inner],
  ffn_up: [width, inner],
  ffn_down: [inner, width],
};
/** Inputs first, as GGUF orders them. */
const tensorShapes: readonly { readonly name: string; readonly size: readonly number[] }[] = [
  { name: 'token_embd.weight', size: [width, vocabulary] },
  ...Array.from({ length: layers }, (_, n) =>
    Object.entries(layerShapes).map(([name, size]) => ({ name: `blk.${n}.${name}.weight`, size })),
  ).flat(),
  { name: 'output_norm.weight', size: [width] },
  { name: 'output.weight', size: [width, vocabulary] },
];

const u32 = (value: number): Buffer => {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
};
const u64 = (value: number): Buffer => {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt(value));
  return buffer;
};
const littleEndian = (values: ArrayLike<number>): Buffer => {
  const buffer = Buffer.alloc(values.length * 4);
  for (let n = 0; n < values.length; n += 1) buffer.writeFloatLE(values[n] ?? 0, n * 4);
  return buffer;
};
const string = (text: string): Buffer => Buffer.concat([u64(Buffer.byteLength(text)), Buffer.from(text)]);
const number = (key: string, value: number) => Buffer.concat([string(key), u32(4), u32(value)]);
const text = (key: string, value: string) => Buffer.concat([string(key), u32(8), string(value)]);
const list = (key: string, type: number, items: readonly Buffer[]) =>
  Buffer.concat([string(key), u32(9), u32(type), u64(items.length), ...items]);

const metadata = [
  text('general.architecture', 'llama'),
  text('general.name', 'hive-noise'),
  number('general.file_type', 0),
  number('general.alignment', alignment),
  number('llama.context_length', context),
  number('llama.embedding_length', width),
  number('llama.block_count', layers),
  number('llama.feed_forward_length', inner),
  number('llama.attention.head_count', heads),
  number('llama.rope.dimension_count', width / heads),
  Buffer.concat([string('llama.attention.layer_norm_rms_epsilon'), u32(6), littleEndian([1e-5])]),
  text('tokenizer.ggml.model', 'llama'),
  list(
    'tokenizer.ggml.tokens',
    8,
    tokens.map(({ text: token }) => string(token)),
  ),
  list(
    'tokenizer.ggml.scores',
    6,
    tokens.map(({ score }) => littleEndian([score])),
  ),
  list(
    'tokenizer.ggml.token_type',
    5,
    tokens.map(({ type }) => u32(type)),
  ),
  number('tokenizer.ggml.unknown_token_id', 0),
  number('tokenizer.ggml.bos_token_id', 1),
  number('tokenizer.ggml.eos_token_id', 2),
  text('tokenizer.chat_template', template),
];

/** Numbers from 0 up to 1 that depend on the seed only (mulberry32). */
const randomFrom = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
};
