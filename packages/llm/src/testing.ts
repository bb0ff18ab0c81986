export {
  askForSize,
  modelContract,
  type ContractCase,
  type MakeModel,
  type Script,
  type ScriptedReply,
} from './model-contract.ts';
