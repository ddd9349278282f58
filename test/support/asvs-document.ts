import { asvs, type AsvsNumber, type AsvsRequirement } from '../../fixtures/asvs.ts'
import { guidanceOf } from '../../fixtures/guidance/index.ts'
import type { Contract } from '../../helpers/plan/contracts.ts'

const chapters = { '9': 'V9 Self-contained Tokens', '10': 'V10 OAuth and OIDC' } as const

/** The contracts that contribute to a requirement. */
export const contractsFor = (number: AsvsNumber, contracts: readonly Contract[]): readonly Contract[] =>
  contracts.filter(({ id }) => guidanceOf(id)?.asvs?.includes(number))

/** The text of `docs/asvs.md`. */
export function asvsDocument(contracts: readonly Contract[]): string {
  return [
    '<!-- Generated from fixtures/asvs.ts and fixtures/guidance/ by `npm run generate`. -->',
    '# OWASP ASVS 5.0',
    'Which contracts contribute to which requirement of the [OWASP Application Security Verification Standard 5.0](https://github.com/OWASP/ASVS/tree/v5.0.0/5.0/en), chapters V9 and V10. Numbers and levels are those of the standard; the wording is ours. A contract tests what a client can see of a server: it supports an assessment of the requirement, and replaces none.',
    ...Object.entries(chapters).flatMap(([chapter, title]) => [
      `## ${title}`,
      [
        '| requirement | level | binds | contracts |',
        '| --- | --- | --- | --- |',
        ...Object.entries(asvs)
          .filter(([number]) => number.startsWith(`${chapter}.`))
          .map(([number, requirement]) => row(number as AsvsNumber, requirement, contracts)),
      ].join('\n'),
    ]),
    '',
  ].join('\n\n')
}

function row(number: AsvsNumber, requirement: AsvsRequirement, contracts: readonly Contract[]): string {
  const proofs = contractsFor(number, contracts).map(({ id }) => `\`${id}\``)
  const shown = proofs.length > 0 ? proofs.join(', ') : `none: ${requirement.notCovered ?? ''}`
  return `| **${number}** ${requirement.meaning} | ${requirement.level} | ${requirement.binds} | ${shown} |`
}
