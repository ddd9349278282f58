export function load(files: readonly string[]): Promise<(() => Promise<object>)[]>
