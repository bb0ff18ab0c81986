import { expect, test } from 'vitest';
import { createTraceCache } from './trace-cache.ts';
import { keepPart, storedPart } from './stored-traces.ts';

test('of a very long trace the first parts are stored, and all else about it', async () => {
  const id = '0199c0de-0000-7000-8000-0000000000aa';
  const away = new Error('away');
  try {
    for (let part = 0; part < 14; part += 1) await keepPart(id, `columns ${part}`, [part]);
    await keepPart(id, 'columns 0', ['anew']);
    await keepPart(id, 'result', 'done');
    expect(await storedPart(id, 'columns 0', away)).toEqual(['anew']);
    expect(await storedPart(id, 'columns 11', away)).toEqual([11]);
    await expect(storedPart(id, 'columns 12', away)).rejects.toBe(away);
    expect(await storedPart(id, 'result', away)).toBe('done');
  } finally {
    await createTraceCache().clear();
  }
});
