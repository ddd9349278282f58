import { raw } from 'hono/html'
import { severities } from '../../model/verdict.ts'
import type { ReportedTarget } from '../run.ts'
import { markup } from './markup.ts'
import { ContractCard, type CardDetail } from './contract-card.tsx'
import { byArea, rank, type ContractView } from './page-report.ts'

interface ListProps {
  readonly contracts: readonly ContractView[]
  readonly target: ReportedTarget | null
}

/** All contracts by area, what fails first. */
export function ContractList({ contracts, target }: ListProps) {
  const cards = cardsOf(contracts, target)
  return (
    <>
      {byArea(contracts).map(([area, own]) => (
        <div class="area">
          <h3>{area}</h3>
          {own.toSorted(worstFirst).map(({ id }) => raw(cards.get(id) ?? ''))}
        </div>
      ))}
    </>
  )
}

/** Characters of a card with its findings alone. */
const least = 1_900

/** Characters that all cards have at least, up to which each detail is shown: a diagram tells more than the bytes of a request. */
const budgets: readonly (readonly [CardDetail, number])[] = [
  ['everything', 1_350_000],
  ['decisive', 2_000_000],
  ['diagram', 2_700_000],
]

/** The cards by id. What fails is made first, then by severity: where the page gets too long, what passed is shown with less. */
function cardsOf(contracts: readonly ContractView[], target: ListProps['target']): Map<string, string> {
  let length = 0
  const cards = contracts.toSorted(worstFirst).map((contract, index): [string, string] => {
    const expected = length + (contracts.length - index) * least
    const [detail] = budgets.find(([, most]) => expected < most) ?? ['findings']
    const card = markup(<ContractCard contract={contract} detail={detail} target={target} />)
    length += card.length
    return [contract.id, card]
  })
  return new Map(cards)
}

const worstFirst = (one: ContractView, other: ContractView): number =>
  rank(one.verdict) - rank(other.verdict) || severityOf(other) - severityOf(one)

const severityOf = ({ severity }: ContractView): number => severities.indexOf(severity)
