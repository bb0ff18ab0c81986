export { createOllama, type OllamaOptions } from './create-ollama.ts';
export { probeBox, type Box } from './probe-box.ts';
export { showModel, type Shown } from './pool/show-model.ts';
export type { Contexts, PoolBox } from './pool/inventory.ts';
export { createLocalPlaces, PlacedSchema, type Places, type PlacesRead } from './pool/places.ts';
export { nobodyFor } from './pool/nobody-for.ts';
export {
  createPool,
  type Elsewhere,
  type Ended,
  type Place,
  type Pool,
  type PoolOptions,
  type SeenBox,
} from './pool/pool.ts';
export { atOnceOf, type AtOnce, type EndedCall } from './routing/at-once.ts';
export { expectedOutput, learn, type Facts, type Measured } from './routing/facts.ts';
export { mayStart } from './routing/may-start.ts';
export type { BoxModel, BoxState, LoadedModel, Placed, PoolCall, PoolState } from './routing/pool-state.ts';
export { placeFor } from './routing/place-for.ts';
export { route, type Route, type Routed, type Unfit } from './routing/route.ts';
