import { afterEach, expect, test } from 'vitest';
import { asker, ended, openDoubles, question, told, type Doubles } from './asking.ts';

let doubles: Doubles;
afterEach(() => doubles.close());

test('a call tells how long it waited for its place, so that a load can be played again', async () => {
  const slow = { kind: 'slow', ms: 300, at: 'first_token' } as const;
  const rules = [{ reply: { text: 'Yes.', usage: { input: 60, output: 40 } }, fault: slow }];
  doubles = await openDoubles('', { box: { rules } });
  const { house } = doubles;
  const ids = await house.begin(
    { repo: '/nowhere', base: '1'.repeat(40) },
    ...Array.from({ length: 2 }, () => ({ model: 'ollama:tiny@walnut' })),
  );
  for (const id of ids) await house.enqueue(id, 'work', { maxAttempts: 1 });
  await house.start(asker(null, () => question('How?')));
  await ended(house, ids);
  const waited = (await told(house, 'model.called')).map((it) =>
    Number(it.type === 'model.called' && it.data.queuedMs),
  );
  expect(waited).toHaveLength(2);
  expect(Math.max(...waited)).toBeGreaterThan(Math.min(...waited));
});
