export { startContractServer } from './contract-server.ts';
export {
  parseScenario,
  readScenario,
  type Fault,
  type Reply,
  type Rule,
  type Scenario,
  type ScenarioModel,
} from './scenario.ts';
export { startModelServer, type LoggedRequest, type ModelServer } from './server.ts';
