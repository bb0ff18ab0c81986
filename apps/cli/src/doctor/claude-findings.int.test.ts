import { Secret } from '@hive/config';
import { startModelServer } from '@hive/model-server';
import { expect, onTestFinished, test } from 'vitest';
import { claudeFindings } from './claude-findings.ts';

const about = async (worker: string[], { key = 'good', url }: { key?: string; url?: string } = {}) => {
  const models = [
    { name: 'sonnet-9' },
    { name: 'sonnet-1', lifecycle: 'deprecated', retiresAt: '2030-01-31T00:00:00Z' },
  ] as const;
  const server = await startModelServer({ scenario: { name: 'list', models, apiKey: 'good', rules: [] } });
  onTestFinished(() => server.stop());
  const anthropic = { apiKey: new Secret(key), baseUrl: url ?? server.url };
  const found = await claudeFindings({
    models: { planner: [], worker, reviewer: [] },
    anthropic,
  });
  return { found, asked: server.requests.length };
};

test('a key and the models of hive.yaml are checked by the list of the provider', async () => {
  const { found } = await about(['claude:sonnet-9', 'claude:sonnet-1', 'claude:opus']);
  expect(found).toMatchObject([
    { about: 'Claude key', status: 'ok' },
    { about: 'claude:sonnet-1', status: 'absent', says: 'deprecated, retires on 2030-01-31' },
    { about: 'claude:opus', status: 'absent', todo: expect.stringContaining('sonnet-9') as string },
  ]);
});

test('a bad key is broken and says where it is, and a provider that is away is not', async () => {
  const [bad] = (await about(['claude:sonnet-9'], { key: 'sk-bad' })).found;
  expect(bad).toMatchObject({ status: 'broken', says: expect.stringContaining('check ANTHROPIC_API_KEY') as string });
  expect(bad?.says).not.toContain('sk-bad');
  const [away] = (await about(['claude:sonnet-9'], { url: 'http://127.0.0.1:9' })).found;
  expect(away).toMatchObject({
    status: 'absent',
    says: expect.stringMatching(/^not checked: No connection/) as string,
  });
});

test('a key that is merely there is not used', async () => {
  expect(await about(['ollama:coder'])).toEqual({ found: [], asked: 0 });
});
