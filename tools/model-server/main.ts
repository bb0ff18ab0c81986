import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { noiseScenario, startEngine } from './engine.ts';
import { startRecorder } from './record.ts';
import { readScenario } from './scenario.ts';
import { refuseUnlessLoopback, startModelServer } from './server.ts';

const usage = `Usage: node tools/model-server/main.ts --scenario FILE [--engine] [--port N] [--host 127.0.0.1] [--speed N] [--quiet]
       node tools/model-server/main.ts --engine [--port N] [--host 127.0.0.1] [--quiet]
       node tools/model-server/main.ts record --target http://127.0.0.1:11434 --out FILE.jsonl [--port N] [--name NAME]`;

/** Says where it listens, and ends in peace when it is told to. */
const serve = (hello: Record<string, unknown>, stop: () => Promise<void>): void => {
  console.log(JSON.stringify({ ...hello, pid: process.pid }));
  const end = () => void stop();
  process.once('SIGTERM', end).once('SIGINT', end);
};

try {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      scenario: text,
      port: text,
      host: text,
      speed: text,
      target: text,
      out: text,
      name: text,
      quiet: { type: 'boolean' },
      engine: { type: 'boolean' },
    },
  });
  const port = Number(values.port ?? 0);
  if (positionals[0] === 'record') {
    const { target, out, name = 'recorded' } = values;
    if (target === undefined || out === undefined) throw new Error(usage);
    const recorder = await startRecorder({ target, name, port });
    serve({ url: recorder.url, records: target }, async () => {
      await recorder.stop();
      const { rules, ...head } = recorder.scenario();
      writeFileSync(out, [head, ...rules].map((line) => `${JSON.stringify(line)}\n`).join(''));
    });
  } else {
    if (values.scenario === undefined && !values.engine) throw new Error(usage);
    refuseUnlessLoopback(values.host ?? '127.0.0.1');
    const engine = values.engine ? await startEngine() : undefined;
    const scenario = values.scenario === undefined ? noiseScenario : readScenario(values.scenario);
    const server = await startModelServer({
      scenario: values.speed === undefined ? scenario : { ...scenario, speed: Number(values.speed) },
      port,
      ...(engine === undefined ? {} : { engine }),
      ...(values.host === undefined ? {} : { host: values.host }),
      onRequest: ({ n, method, path, ended }) => {
        if (!values.quiet) void ended.then((how) => console.log(JSON.stringify({ n, method, path, ended: how })));
      },
    });
    serve({ url: server.url, double: scenario.name }, async () => {
      await server.stop();
      await engine?.stop();
    });
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
