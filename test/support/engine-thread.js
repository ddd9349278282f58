// The thread of `engine-in-thread.ts`: loads TypeScript as test/run.js does.
const { importFile } = await import(new URL('../../dist/helpers/plan/typescript.js', import.meta.url).href)
await importFile(new URL('./serve-engines.ts', import.meta.url).href)
