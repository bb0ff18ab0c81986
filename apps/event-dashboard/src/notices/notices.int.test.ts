import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createHmac } from 'node:crypto';
import { newId } from '@hive/bus';
import { Secret, type HiveConfig } from '@hive/config';
import { streams, type ApprovalDocument, type ApprovalTier } from '@hive/events';
import { makeRepo, openHouse, patch } from '@hive/front-desk/testing';
import { expect, onTestFinished, test } from 'vitest';
import { createAccess } from '../access/access.ts';
import { createKeyFile } from '../access/key-file.ts';
import { openDashboard, token } from '../testing/dashboard.ts';
import { startPushService } from '../testing/fake-push-service.ts';
import { openNotices } from './open-notices.ts';

const all = {
  wants: ['approvals', 'failures', 'budgets'] as ('approvals' | 'failures' | 'budgets')[],
  quietHours: null,
};

/** A house whose notices leave for a push service of the test's own. */
const openTold = async (more: (config: HiveConfig) => Partial<HiveConfig> = () => ({}), goal = 'Count') => {
  const house = await openHouse();
  const { home, desk, artefacts, move, bus } = house;
  const localHosts = ['127.0.0.1'];
  const base: HiveConfig = { ...house.config, notify: { sinks: [], localHosts, contact: null } };
  const config: HiveConfig = { ...base, ...more(base) };
  const { id: workflowId } = await desk.submit({ goal, repo: makeRepo().dir, checks: ['true'], patch });
  const access = createAccess({ token, file: createKeyFile(join(home, 'access.json')) });
  const issued = access.issue({ name: 'A phone', role: 'owner' });
  const troubles: unknown[] = [];
  const open = () =>
    openNotices({
      ...{ config, bus, access },
      origin: () => 'https://hive.example.org',
      onTrouble: (error) => troubles.push(error),
    });
  let notices = open();
  const push = await startPushService(() => notices.settings(null).publicKey);
  let stop = new AbortController();
  let running: Promise<void> = Promise.resolve();
  const run = () => {
    stop = new AbortController();
    running = notices.run(stop.signal);
  };
  const halt = async () => {
    stop.abort();
    await running;
  };
  onTestFinished(halt);
  /** As if the process had been killed and started again. */
  const restart = async () => {
    await halt();
    notices = open();
    run();
  };
  const ask = async (action: string, tier: ApprovalTier = 'T2') => {
    const about = { taskId: null, workflowId, action, kind: 'plan' as const, tier };
    const shown: ApprovalDocument = {
      ...{ ...about, because: [], repo: '/repo', branch: 'hive/x', into: null, author: 'plan file', base: null },
      ...{ commit: null, patch: null, files: null, commands: [], proof: null, budget: null, plan: null, tasks: [] },
    };
    const of = { approvalId: newId(), actionHash: await artefacts.put(JSON.stringify(shown)) };
    const expiresAt = new Date(Date.now() + 600_000).toISOString();
    const data = { ...of, ...about, proposer: 'planner/planner', expiresAt };
    await move(workflowId, { type: 'approval.requested', stream: streams.approval(of.approvalId), data });
    return of;
  };
  const subscribe = () =>
    notices.subscribe(issued.device.id, { ...push.subscription, ...all }, 'https://hive.example.org');
  return {
    ...{ ...house, workflowId, access, issued, push, ask, run, halt, restart, subscribe, troubles },
    notices: () => notices,
    id: issued.device.id,
  };
};

type Shown = {
  web_push: number;
  app_badge: number;
  notification: {
    title: string;
    body: string;
    tag: string;
    navigate: string;
    silent: boolean;
    data: { kind: string; approvalId?: string; grant?: string };
    actions?: { action: string }[];
  };
};
const shown = (text: string) => JSON.parse(text) as Shown;

test('the keys are made once, for their owner only', async () => {
  const { home, notices } = await openTold();
  const file = join(home, 'push-keys.json');
  expect(existsSync(file)).toBe(true);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(Buffer.from(notices().settings(null).publicKey, 'base64url')).toHaveLength(65);
  const before = readFileSync(file, 'utf8');
  const again = await openTold();
  expect(readFileSync(file, 'utf8')).toBe(before);
  expect(again.notices().settings(null).publicKey).not.toBe(notices().settings(null).publicKey);
});

test('what waits for a decision arrives sealed for that browser, small, and signed; decided, it is taken back', async () => {
  const { run, subscribe, ask, push, desk, notices, id, home } = await openTold();
  run();
  subscribe();
  const { approvalId, actionHash } = await ask('Merge hive/x\u202e into main\u001b '.repeat(200));
  await expect.poll(() => push.arrived.length).toBe(1);
  const [first] = push.arrived;
  expect(first?.headers).toMatchObject({ 'content-encoding': 'aes128gcm', urgency: 'high' });
  expect([first?.audience, first?.subject]).toEqual([push.origin, 'mailto:hive@hive.example.org']);
  expect(first?.bytes).toBeLessThan(4096);
  const { web_push, app_badge, notification } = shown(first?.text ?? '');
  expect([web_push, app_badge, notification.tag]).toEqual([8030, 1, approvalId]);
  expect(notification.navigate).toBe(`https://hive.example.org/approvals/${approvalId}`);
  expect(notification.actions?.map(({ action }) => action)).toEqual(['approve', 'deny']);
  expect(notification.body).toMatch(/^Merge hive\/x into main Merge[^\p{Cc}\p{Cf}]+…$/u);
  expect(notification.body.length).toBeLessThanOrEqual(140);
  expect(first?.text).not.toContain(actionHash);
  await desk.decide(approvalId, { decision: 'approve', actionHash, by: 'ada' });
  await expect.poll(() => push.arrived.length).toBe(2);
  const closed = shown(push.arrived[1]?.text ?? '');
  expect(closed).toMatchObject({ app_badge: 0, notification: { tag: approvalId, silent: true, title: 'Approved' } });
  expect(closed.notification.data.grant).toBeUndefined();
  expect(notices().settings(id).device).toMatchObject({ service: '127.0.0.1', trouble: null });
  expect(statSync(join(home, 'notices.json')).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(home, 'notices.json'), 'utf8')).not.toContain(notification.data.grant);
});

test('what leaves is an event in the trace of what it told of, without a word of it', async () => {
  const { run, subscribe, ask, push, desk, workflowId } = await openTold();
  run();
  subscribe();
  await ask('Merge it');
  await expect.poll(() => push.arrived.length).toBe(1);
  const toldOf = async () => (await desk.events({ types: ['system.told'], limit: 10 })).items;
  await expect.poll(async () => (await toldOf()).length).toBe(1);
  const [told] = await toldOf();
  const [requested] = (await desk.events({ types: ['approval.requested'], limit: 1 })).items;
  expect(told).toMatchObject({ correlationId: workflowId, causationId: requested?.id, stream: 'system' });
  expect(told?.data).toEqual({ by: 'push', host: '127.0.0.1', bytes: push.arrived[0]?.bytes, about: requested?.id });
});

test('a notification decides once, from the browser that it was sent to, about exactly what it told', async () => {
  const { run, subscribe, ask, push, desk, notices, access, issued } = await openTold();
  run();
  subscribe();
  const { approvalId } = await ask('Merge it');
  await expect.poll(() => push.arrived.length).toBe(1);
  const grant = shown(push.arrived[0]?.text ?? '').notification.data.grant ?? '';
  const other = access.issue({ name: 'A thief', role: 'owner' });
  const dashboard = openDashboard(desk, undefined, {}, { notices: notices(), access });
  const decide = async (cookie: string, headers: Record<string, string> = {}, text = grant) => {
    const response = await dashboard.ask('/api/v1/notifications/decide', {
      method: 'POST',
      body: JSON.stringify({ grant: text, decision: 'approve' }),
      headers: { authorization: '', cookie, ...headers },
    });
    const { code, state } = (await response.json()) as { code?: string; state?: string };
    return `${response.status} ${code ?? state ?? ''}`;
  };
  const mine = `${access.cookie}=${issued.value}`;
  expect(await decide('')).toBe('401 auth.missing');
  expect(await decide(`${access.cookie}=${other.value}`)).toBe('409 approval.changed');
  expect(await decide(mine, { 'sec-fetch-site': 'cross-site' })).toBe('401 auth.missing');
  expect(await decide(mine, {}, 'x'.repeat(32))).toBe('409 approval.changed');
  expect((await desk.approval(approvalId)).state).toBe('open');
  expect(await decide(mine)).toBe('200 approved');
  expect(await decide(mine)).toBe('409 approval.changed');
  expect(await desk.approval(approvalId)).toMatchObject({ state: 'approved', decidedBy: 'human/A phone' });
});

test('what cannot be taken back has no buttons, and neither has a browser that may not decide', async () => {
  const { run, subscribe, ask, push, access } = await openTold();
  run();
  subscribe();
  await ask('Deploy it', 'T3');
  await expect.poll(() => push.arrived.length).toBe(1);
  const { notification } = shown(push.arrived[0]?.text ?? '');
  expect([notification.actions, notification.data.grant]).toEqual([undefined, undefined]);
  const viewer = await openTold();
  const { device } = viewer.access.issue({ name: 'A viewer', role: 'viewer' });
  viewer.notices().subscribe(device.id, { ...viewer.push.subscription, ...all }, 'https://hive.example.org');
  viewer.run();
  await viewer.ask('Merge it');
  await expect.poll(() => viewer.push.arrived.length).toBe(1);
  expect(shown(viewer.push.arrived[0]?.text ?? '').notification.actions).toBeUndefined();
  expect(access.devices()).toHaveLength(1);
});

test('a restart loses nothing and tells nobody twice', async () => {
  const { run, subscribe, ask, push, restart, halt, notices } = await openTold();
  run();
  subscribe();
  await ask('One');
  await expect.poll(() => push.arrived.length).toBe(1);
  await halt();
  await ask('Two');
  await restart();
  await expect.poll(() => push.arrived.length).toBe(2);
  // The service takes it and dies before it says so: whether it arrived is not known.
  push.answers.push(0);
  await ask('Three');
  await expect.poll(() => push.arrived.length).toBe(3);
  await restart();
  await ask('Four');
  await expect.poll(() => push.arrived.length).toBe(4);
  const bodies = push.arrived.map(({ text }) => shown(text).notification.body);
  expect(bodies).toEqual(['One', 'Two', 'Three', 'Four']);
  expect(notices().settings(null).device).toBeNull();
});

test('who asks for patience gets it, and who is gone is forgotten', async () => {
  const { run, subscribe, ask, push, notices, id } = await openTold();
  push.answers.push({ status: 429, retryAfter: 1 }, 503);
  run();
  subscribe();
  await ask('Again');
  await expect.poll(() => push.arrived.length).toBe(3);
  expect(new Set(push.arrived.map(({ text }) => shown(text).notification.tag)).size).toBe(1);
  for (const status of [410, 404]) {
    push.answers.push(status);
    subscribe();
    await ask(`Gone ${status}`);
    await expect.poll(() => notices().settings(id).device).toBeNull();
  }
});

test('a browser that is shut out is told nothing any more', async () => {
  const { run, subscribe, ask, push, access, id, notices } = await openTold();
  run();
  subscribe();
  access.revokeDevice(id);
  await ask('Secret');
  await expect.poll(() => notices().settings(id).device).toBeNull();
  expect(push.arrived).toEqual([]);
});

test('in quiet hours nothing is told, and what was decided meanwhile never', async () => {
  const { run, ask, push, notices, id, desk } = await openTold();
  const minute = (ms: number) => {
    const date = new Date(Date.now() + ms);
    return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
  };
  const quietHours = `${minute(-120_000)}-${minute(3_600_000)}`;
  notices().subscribe(id, { ...push.subscription, ...all, quietHours }, 'https://hive.example.org');
  run();
  const { approvalId, actionHash } = await ask('Not now');
  await expect.poll(() => stateOf(notices)).toBeTruthy();
  await desk.decide(approvalId, { decision: 'approve', actionHash });
  notices().subscribe(id, { ...push.subscription, ...all }, 'https://hive.example.org');
  await ask('Now');
  await expect.poll(() => push.arrived.length).toBe(1);
  expect(shown(push.arrived[0]?.text ?? '').notification.body).toBe('Now');
});
const stateOf = (notices: () => ReturnType<typeof openNotices>) => notices().settings(null).publicKey;

test('where text may not go, it is told without words', async () => {
  const { run, subscribe, ask, push } = await openTold(({ egress, notify }) => ({
    egress: { ...egress, fallback: 'local' },
    notify,
  }));
  run();
  subscribe();
  await ask('Merge the secret project');
  await expect.poll(() => push.arrived.length).toBe(1);
  const { notification } = shown(push.arrived[0]?.text ?? '');
  expect(notification.body).toBe('Open the control room to see it.');
});

test('a webhook is signed and comes again under its id, ntfy gets a line; both without a browser', async () => {
  const got: { url: string; headers: NodeJS.Dict<string | string[]>; body: string }[] = [];
  let failures = 1;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      got.push({ url: request.url ?? '', headers: request.headers, body });
      const isHook = request.url === '/hook';
      response.writeHead(isHook && failures-- > 0 ? 500 : 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const rest = { wants: all.wants, quietHours: [] };
  const told = await openTold(({ notify }) => ({
    notify: {
      ...notify,
      sinks: [
        { kind: 'webhook', url: `${at}/hook`, secret: new Secret('a-long-enough-secret'), ...rest },
        { kind: 'ntfy', url: `${at}/hive`, secret: new Secret('tk_1'), ...rest },
      ],
    },
  }));
  told.run();
  await expect.poll(async () => (await told.store.subscriptions()).some(({ name }) => name === 'notices')).toBe(true);
  const { approvalId } = await told.ask('Merge it');
  await expect.poll(() => got.length).toBe(3);
  const hooks = got.filter(({ url }) => url === '/hook');
  expect(new Set(hooks.map(({ headers }) => headers['x-hive-id'])).size).toBe(1);
  const [hook] = hooks;
  const { 'x-hive-id': id, 'x-hive-timestamp': time, 'x-hive-signature': signature } = hook?.headers ?? {};
  const expected = createHmac('sha256', 'a-long-enough-secret').update(`${String(time)}.${String(id)}.${hook?.body}`);
  expect(signature).toBe(`sha256=${expected.digest('hex')}`);
  expect(JSON.parse(hook?.body ?? '')).toMatchObject({
    kind: 'approvals',
    line: 'Merge it',
    approvalId,
    link: `https://hive.example.org/approvals/${approvalId}`,
  });
  const ntfy = got.find(({ url }) => url === '/hive');
  expect(ntfy?.headers).toMatchObject({ title: 'Waits for your decision', authorization: 'Bearer tk_1' });
  expect(ntfy?.body).toBe('Merge it');
});

test('an address inside is not posted to unless its host was named', async () => {
  const { run, subscribe, ask, notices, id, push } = await openTold(({ notify }) => ({
    notify: { ...notify, localHosts: [] },
  }));
  run();
  subscribe();
  await ask('Merge it');
  await expect.poll(() => notices().settings(id).device?.trouble).toMatch(/only HTTPS/);
  expect(push.arrived).toEqual([]);
});

test('the test button says what came of it', async () => {
  const { subscribe, notices, id, push } = await openTold();
  expect(await notices().test(id)).toEqual({ sent: false, trouble: 'Notifications are off in this browser' });
  subscribe();
  expect(await notices().test(id)).toEqual({ sent: true, trouble: null });
  expect(shown(push.arrived[0]?.text ?? '').notification.title).toBe('Hive can reach you here');
  push.answers.push(403);
  expect(await notices().test(id)).toEqual({ sent: false, trouble: '127.0.0.1 answered 403' });
});
