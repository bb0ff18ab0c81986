export { openHouse, type House } from './house.ts';
export { createRepo, type TestRepo } from './repo.ts';
