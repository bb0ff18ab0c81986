import { Ollama } from 'ollama';
import { expect, test } from 'vitest';
import { parseScenario, startModelServer, startRecorder } from './index.ts';

const chat = async (host: string, content: string): Promise<string[]> => {
  const pieces: string[] = [];
  const stream = await new Ollama({ host }).chat({
    model: 'm',
    messages: [{ role: 'user', content }],
    stream: true,
  });
  for await (const record of stream) pieces.push(record.message.content);
  return pieces;
};

test('what passed through the recorder is answered again, byte for byte, from its scenario', async () => {
  const rules = [
    { contains: 'again', call: 1, reply: { text: 'first 🐝', chunks: 4 } },
    { contains: 'again', reply: { text: 'second' } },
    { contains: 'busy', fault: { kind: 'status', status: 503 } },
    { reply: { text: 'Hello' } },
  ] as const;
  const live = await startModelServer({ scenario: { name: 'live', models: [{ name: 'm' }], rules } });
  const recorder = await startRecorder({ target: live.url, name: 'recorded' });
  const session = async (host: string) => [
    await chat(host, 'again'),
    await chat(host, 'hi'),
    await chat(host, 'again'),
    await chat(host, 'busy').catch((error: unknown) => (error as Error).message),
    await new Ollama({ host }).list(),
  ];
  const heard = await session(recorder.url);
  expect(heard[0]).toEqual(expect.arrayContaining(['🐝']));
  await recorder.stop();
  await live.stop();

  const scenario = parseScenario(JSON.parse(JSON.stringify(recorder.scenario())));
  const replay = await startModelServer({ scenario });
  expect(await session(replay.url)).toEqual(heard);
  await replay.stop();
});

test('only servers of this machine are recorded', async () => {
  await expect(startRecorder({ target: 'https://api.example.com', name: 'x' })).rejects.toThrow('loopback only');
});
