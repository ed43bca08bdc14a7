/** Exit statuses of the command-line contract. */
export const EXIT = { done: 0, failed: 1, usage: 2, partlyFailed: 3, interrupted: 130 } as const;
