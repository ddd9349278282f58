import { raw } from 'hono/html'
import type { ReportedTarget } from '../run.ts'
import { markup } from './markup.ts'
import { ContractCard, type CardDetail } from './contract-card.tsx'
import { areaOf, grouped, rank, type ContractView } from './page-report.ts'

interface ListProps {
  readonly contracts: readonly ContractView[]
  readonly target: ReportedTarget | null
}

/** All contracts by area. */
export function ContractList({ contracts, target }: ListProps) {
  const cards = cardsOf(contracts, target)
  return (
    <>
      {[...grouped(contracts, areaOf)].map(([area, own]) => (
        <div class="area">
          <h3>{area}</h3>
          {own.map(({ id }) => raw(cards.get(id) ?? ''))}
        </div>
      ))}
    </>
  )
}

/** Characters of all cards up to which they hold evidence, and up to which they hold a diagram. */
const budget = { everything: 1_900_000, decisive: 2_300_000 } as const

/** The cards by id. What fails is made first: where the page gets too long, what passed is shown with less. */
function cardsOf(contracts: readonly ContractView[], target: ListProps['target']): Map<string, string> {
  let length = 0
  const cards = contracts
    .toSorted((one, other) => rank(one.verdict) - rank(other.verdict))
    .map((contract): [string, string] => {
      const detail: CardDetail =
        length < budget.everything ? 'everything' : length < budget.decisive ? 'decisive' : 'findings'
      const card = markup(<ContractCard contract={contract} detail={detail} target={target} />)
      length += card.length
      return [contract.id, card]
    })
  return new Map(cards)
}
