import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that take longest, or mostly wait and so can run alongside others. */
const slowest = [
  'e2e/package',
  'vitest/project',
  'command/redaction',
  'upgrade/contracts',
  'mutation/faults',
  'targets/php/php-target',
  'reference/faults',
  'targets/container/container-target',
  'command/upgrade',
  'targets/site/site-provision',
  'command/upgrade-site',
  'targets/php/php-upgrade',
  'policy/policy',
  'hostile/answers',
  'hostile/connection',
  'command/site',
  'command/broken',
]

/**
 * Begins with the slowest files, so that none of them runs alone at the end. vitest does so by itself where it knows the last run: a
 * fresh clone has none.
 */
export default class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const index = slowest.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`))
      return index < 0 ? slowest.length : index
    }
    return (await super.sort(files)).sort((one, other) => place(one) - place(other))
  }
}
