export { sampleAgent, sampleEvent, sampleStep, sampleWrite } from './samples.ts';
export { storeContract, type StorePlace } from './store-contract.ts';
export { testPostgres, type TestPostgres } from './test-postgres.ts';
