import type { Reporter, TestModule } from 'vitest/node'

const shown = 10

/** Ends a run of the suite's tests with the ten files that took longest, in seconds with their imports. */
export default class SlowestFiles implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const files = modules
      .filter(({ project }) => project.name === 'suite' || project.name === 'e2e')
      .map((module) => ({ file: module.relativeModuleId, seconds: secondsOf(module) }))
      .sort((one, other) => other.seconds - one.seconds)
    if (files.length > 1) process.stdout.write(slowestFiles(files))
  }
}

function secondsOf(module: TestModule): number {
  const { collectDuration, duration } = module.diagnostic()
  return (collectDuration + duration) / 1000
}

/** The slowest files of those given, slowest first. */
export function slowestFiles(files: readonly { readonly file: string; readonly seconds: number }[]): string {
  const lines = files.slice(0, shown).map(({ file, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${file}`)
  const all = files.reduce((sum, { seconds }) => sum + seconds, 0)
  return ['', ` Slowest of ${files.length} files (${all.toFixed(1)} s in all)`, ...lines, '', ''].join('\n')
}
