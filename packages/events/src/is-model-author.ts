/** True for an author that is a model, or a double that stands in for one. */
export const isModelAuthor = (author: string): boolean => author.includes(':');
