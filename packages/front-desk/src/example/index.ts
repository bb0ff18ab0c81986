export { exampleFolder, exampleRequest } from './example-request.ts';
export { makeRepository } from './make-repository.ts';
