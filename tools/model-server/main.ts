import { parseArgs } from 'node:util';
import { readScenario } from './scenario.ts';
import { startModelServer } from './server.ts';

const usage = 'Usage: node tools/model-server/main.ts --scenario FILE [--port N] [--host 127.0.0.1]';

try {
  const { values } = parseArgs({
    options: { scenario: { type: 'string' }, port: { type: 'string' }, host: { type: 'string' } },
  });
  if (values.scenario === undefined) throw new Error(usage);
  const scenario = readScenario(values.scenario);
  const server = await startModelServer({
    scenario,
    port: Number(values.port ?? 0),
    ...(values.host === undefined ? {} : { host: values.host }),
    onRequest: ({ n, method, path, ended }) =>
      void ended.then((how) => console.log(JSON.stringify({ n, method, path, ended: how }))),
  });
  console.log(JSON.stringify({ url: server.url, double: scenario.name, pid: process.pid }));
  const stop = () => void server.stop();
  process.once('SIGTERM', stop).once('SIGINT', stop);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
