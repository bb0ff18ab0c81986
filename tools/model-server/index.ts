export { writeClaudeStub, type StubLog, type StubStep } from './claude-stub.ts';
export { startContractServer } from './contract-server.ts';
export { noiseScenario, startEngine, type Engine } from './engine.ts';
export { faultCases, tryFault, type FaultCase, type Tried } from './fault-cases.ts';
export { benchClient } from './bench-client.ts';
export { type Compared, type StreamedCall } from './measure-client.ts';
export { noLlama } from './llama.ts';
export { startRecorder, type Recorder } from './record.ts';
export {
  faultKinds,
  parseScenario,
  readScenario,
  type BoxSpec,
  type Fault,
  type Limits,
  type Question,
  type Reply,
  type Rule,
  type Scenario,
  type ScenarioModel,
} from './scenario.ts';
export { startModelServer, type LoggedRequest, type ModelServer } from './server.ts';
export { fetchOf, splitBytes } from './split.ts';
