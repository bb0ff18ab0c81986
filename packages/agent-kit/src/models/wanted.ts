/** Who asks a model for what. */
export type Role = 'planner' | 'worker' | 'reviewer';

/** Which model is wanted. `ref` is what the user named for this workflow or task; without it the role's list decides. */
export type Wanted = { readonly role: Role; readonly ref: string | null; readonly localOnly: boolean };
