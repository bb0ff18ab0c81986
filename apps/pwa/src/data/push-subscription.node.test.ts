import { expect, test } from 'vitest';
import { pushState, type PushSurroundings } from './push-subscription.ts';

const around: PushSurroundings = {
  ...{ isSecure: true, hasPush: true, permission: 'default', isIos: false, isInstalled: false },
};

test.each([
  [{}, 'ready'],
  [{ isSecure: false }, 'insecure'],
  [{ isSecure: false, hasPush: false }, 'insecure'],
  [{ hasPush: false }, 'unsupported'],
  [{ hasPush: false, isIos: true }, 'needs_install'],
  [{ hasPush: false, isIos: true, isInstalled: true }, 'unsupported'],
  [{ isIos: true, isInstalled: true }, 'ready'],
  [{ permission: 'denied' }, 'denied'],
] as const)('%j is %s', (more, state) => {
  expect(pushState({ ...around, ...more })).toBe(state);
});
