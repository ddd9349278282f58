import { classificationOf } from '../../model/classification.ts'
import { fullCitation, linkOf, titleOf } from '../../model/source.ts'
import type { ContractView } from './page-report.ts'
import { seen } from './text.ts'

/** Two terms of a list: the sections that require it, with their headings, and its ASVS and CWE numbers. */
export function RequirementTerms({ contract: { sources, guidance } }: { contract: ContractView }) {
  const classes = guidance ? classificationOf(guidance) : []
  return (
    <>
      <dt>Requirement</dt>
      <dd>
        <ul class="plain">
          {sources.map((source) => {
            const text = seen(fullCitation(source))
            const link = linkOf(source)
            return (
              <li>
                {link === undefined ? text : <a href={link}>{text}</a>}
                {titleOf(source.document) !== undefined && <span class="names"> {titleOf(source.document)}</span>}
                {source.binds === 'client' && ' (binds the client)'}
              </li>
            )
          })}
        </ul>
      </dd>
      {classes.length > 0 && (
        <>
          <dt>Classification</dt>
          <dd>{classes.join(' · ')}</dd>
        </>
      )}
    </>
  )
}
