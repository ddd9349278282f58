import { isLoosened, type DriftChange, type RecordDrift } from '../../compare/record-drift.ts'
import { count } from '../run.ts'
import { ContractLink } from './findings-sections.tsx'
import { seen } from './text.ts'

/** How the server differs from the record of its release. */
export function Drift({ drift }: { drift: RecordDrift | undefined }) {
  return (
    <section aria-labelledby="drift">
      <h2 id="drift">Drift: differences from the release</h2>
      {drift === undefined ? (
        <p class="nothing">Not compared: this package has no record of the release under test.</p>
      ) : (
        <Compared drift={drift} />
      )}
    </section>
  )
}

function Compared({ drift: { record, deviations, compared, changes, unused, expired } }: { drift: RecordDrift }) {
  return (
    <>
      <p>
        {changes.length === 0
          ? 'No difference from the record '
          : `${count(changes.length, 'difference')} from the record `}
        <code>{seen(record)}</code>, which shows the release as it is by itself, in {count(compared, 'check')}.
        {deviations.length > 0 &&
          ` It is not the same release (${seen(deviations.join(', '))}), so drift fails nothing.`}
      </p>
      {changes.map((change) => (
        <Change change={change} />
      ))}
      {[...unused, ...expired].map(({ change }) => (
        <p class="note">Accepted, and no longer occurs or expired: {seen(change)}</p>
      ))}
    </>
  )
}

function Change({ change }: { change: DriftChange }) {
  const { id, sentence, accepted, contracts, checks } = change
  return (
    <article class={`item ${isLoosened(change) && accepted === null ? 'fail' : 'drift'}`}>
      <h3>
        <code>{seen(id)}</code>
      </h3>
      <p>
        {change.class}: {seen(sentence)}
        {accepted && ` Accepted by ${seen(accepted.owner)}: ${seen(accepted.reason)}`}
      </p>
      <p class="names">
        {contracts.slice(0, 12).map((contract) => (
          <>
            <ContractLink id={contract} />{' '}
          </>
        ))}
        in {count(checks.length, 'check')}
      </p>
    </article>
  )
}
