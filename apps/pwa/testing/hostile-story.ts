import { streams } from '@hive/events';
import { createLog, idOf } from './log.ts';
import { register, type Story } from './stories.ts';
import { tellWorkflow } from './workflow-story.ts';

/** Runs where a text is taken for markup or for an address; nothing that is shown may set it. */
export const sprung = 'hiveWasSprung';

const markup = `<img src=x onerror="${sprung}=1"><script>${sprung}=1</script><svg onload="${sprung}=1"><a href="javascript:${sprung}=1">here</a>`;
/** What the store refuses in an event and not in an artefact. */
const unstorable = '\u0000nul \ud800half';
const link = `[here](javascript:${sprung}=1) javascript:${sprung}=1 \${${sprung}=1} {{${sprung}=1}}`;
const unseen =
  '\u202egnp.exe\u202c\u2066a\u2069 zero\u200bwidth\u200d \u0001 \u0007bell \u009bc1 \u{e0041}tag \ufeffbom';
const terminal =
  '\u001b[31mred\u001b[0m \u001b]0;title\u0007 \u001b[2J\u001b]8;;javascript:alert(1)\u0007link\u001b]8;;\u0007';
const word = 'w'.repeat(1500);
const faces = '👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿 ﷽ Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢';

/** All of it in one text, beginning with a word of its own, as short as a goal may be. */
const hostile = (name: string): string => `${name} ${markup} ${link} ${unseen} ${terminal} ${faces} ${word}`;
/** A name: shorter, and on one line. */
const named = (name: string): string => `${name}<b onclick=${sprung}=1>\u202e\u200b\u001b[1m👾${'n'.repeat(120)}`;

const mib = 1024 * 1024;
const patch = (): string => {
  const path = `src/<i>${'d'.repeat(200)}.js`;
  const lines = [markup, link, unseen, unstorable, terminal, faces, 'L'.repeat(10 * mib)].map(
    (line) => `+${line.replaceAll('\n', ' ')}`,
  );
  return `diff --git a/${path} b/${path}\nindex 3f1c2aa..9b0e7d1 100644\n--- a/${path}\n+++ b/${path}\n@@ -1,1 +1,${lines.length + 1} @@ ${markup}\n ${word}\n${lines.join('\n')}\n`;
};
/** What a check printed: much of it, and then one line that is as long again. */
const output = (): string =>
  `${`${terminal}${markup}\n`.repeat(Math.ceil((10 * mib) / 250))}${unseen}${unstorable}${'O'.repeat(10 * mib)}\n${hostile('the end')}\n`;

/** A Hive in which everybody who may write a text wrote one that is meant to do harm. */
export const tellHostile = (now: number): Story => {
  const log = createLog();
  const model = `ollama:${named('model')}@box`;
  register(log, 'worker-1', 'worker', now - 60_000);
  register(log, named('worker'), named('role'), now - 60_000);
  const refusal = {
    code: 'checks.red',
    reason: hostile('reason').repeat(40),
    findings: [
      {
        rule: named('rule'),
        message: hostile('message').slice(0, 4000),
        file: named('file'),
        line: 1,
        severity: 'error',
      },
    ],
  } as const;
  const said = { patch: patch(), output: output() };
  const failed = tellWorkflow(log, {
    goal: hostile('goal').slice(0, 4000),
    repo: `/srv/${named('repo')}`,
    startedAt: now - 50_000,
    reviewer: 'model',
    tasks: [
      {
        key: 'first',
        title: hostile('title').slice(0, 300),
        author: model,
        firstFails: hostile('answer'),
        ...said,
        end: { ...refusal, findings: [...refusal.findings] },
      },
      {
        key: 'asks',
        title: `asks ${markup}${unseen}`.slice(0, 300),
        author: model,
        ...said,
        workMs: 200,
        end: 'waiting',
      },
      {
        key: 'lost',
        title: named('lost'),
        author: model,
        workMs: 300,
        end: { code: 'rescues.exhausted', reason: hostile('lost') },
      },
    ],
  });
  const by = { actor: named('box'), at: now - 1000, correlationId: idOf('box'), cause: null };
  const name = named('box').replaceAll('/', '');
  log.record(
    {
      type: 'box.online',
      stream: streams.box(name),
      data: { name, endpoint: `http://${markup}`, models: [named('model')] },
    },
    by,
  );
  log.record(
    { type: 'box.offline', stream: streams.box(name), data: { name, reason: hostile('away') } },
    { ...by, cause: log.events.at(-1) ?? null },
  );
  log.record(
    { type: 'system.alert_raised', stream: streams.system, data: { alert: named('alert'), message: hostile('alert') } },
    { ...by, correlationId: idOf('system') },
  );
  log.record(
    {
      type: 'system.paused',
      stream: streams.system,
      data: { reason: hostile('pause').slice(0, 1000), by: named('person').slice(0, 200) },
    },
    { ...by, correlationId: idOf('system'), cause: log.events.at(-1) ?? null },
  );
  return {
    past: log.events,
    future: [],
    artefacts: log.artefacts,
    ids: { example: '', failed, running: '', hostile: failed },
  };
};
