export { createMemory, openMemory, type Memory, type MemoryOptions } from './store.ts';
