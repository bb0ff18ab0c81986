export { startPoolerDouble, type PoolerDouble } from './faults/pooler-double.ts';
export {
  startPostgresProxy,
  type CommitFault,
  type PostgresProxy,
  type ProxyOptions,
  type Weather,
} from './faults/postgres-proxy.ts';
export { fillPostgres, fillSqlite, type Filler } from './made-up/fill-store.ts';
export { growLog, type Grown } from './made-up/grow-log.ts';
export { inDatabase, onServer, openWriter } from './postgres-databases.ts';
export { openPostgresDoor, type PostgresDoor, type PostgresTemplate } from './postgres-door.ts';
export { databaseName, startOwnPostgres, type OwnPostgres } from './postgres-server.ts';
export { sampleAgent, sampleEvent, sampleStep, sampleWrite } from './samples.ts';
export { storeContract, type StorePlace } from './store-contract.ts';
export { tryHistories, type Tried } from './histories/try.ts';
export { testPostgres, type TestPostgres } from './test-postgres.ts';
