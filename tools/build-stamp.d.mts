export function sourceHash(root: string, app: string): string;
export function writeStamp(root: string, app: string, hash: string): void;
export function isBuilt(root: string, app: string): boolean;
export function appsIn(root: string): string[];
