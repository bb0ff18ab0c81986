export { createOllama, type OllamaOptions } from './create-ollama.ts';
export { probeBox, type Box } from './probe-box.ts';
