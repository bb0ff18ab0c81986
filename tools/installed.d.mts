export function isInstalled(root: string): boolean;
export function countInstalled(root: string): number;
