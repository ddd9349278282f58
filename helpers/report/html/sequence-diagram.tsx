import { groupBy } from '../group-by.ts'
import { clip } from '../escape.ts'
import { actors, type Actor, type Message } from './sequence.ts'
import { seen } from './text.ts'

const names: Readonly<Record<Actor, string>> = {
  client: 'Client',
  browser: 'Browser',
  server: 'Authorization server',
  resource: 'Resource',
}
const [gap, edge, head, row] = [300, 90, 40, 34]
/** Characters of a message that fit between two lifelines, and between more. */
const [near, far] = [38, 76]

/** What a marked exchange is called: it decides, or the check ended there and nothing was proven. */
export const ends = { met: 'decides ✓', open: 'decides ✗', stopped: 'stopped ■' } as const

/** The exchange of a check, one lifeline an actor; the decisive exchange is marked and named. Where it does not fit, a list says the same. */
export function SequenceDiagram({ messages, end }: { messages: readonly Message[]; end: keyof typeof ends }) {
  const present = actors.filter((actor) => messages.some(({ from, to }) => from === actor || to === actor))
  const at = (actor: Actor): number => edge + present.indexOf(actor) * gap
  const width = edge * 2 + (present.length - 1) * gap
  const height = head + messages.length * row + 14
  const y = (index: number): number => head + index * row + 26
  const bands = [...new Set(messages.filter(({ isDecisive }) => isDecisive).map(({ exchange }) => exchange))]
  return (
    <div class={present.length > 3 ? 'sequence broad' : 'sequence'}>
      <Steps messages={messages} end={end} />
      <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true">
        {bands.map((exchange) => {
          const own = messages.flatMap((message, index) => (message.exchange === exchange ? [index] : []))
          const top = y(own[0] ?? 0) - 20
          const tall = own.length * row - 2
          return (
            <g class={`band ${end}`}>
              <rect x={1} y={top} width={width - 2} height={tall} rx={4} />
              <text x={width - 8} y={top + tall / 2 + 4}>
                {ends[end]}
              </text>
            </g>
          )
        })}
        {present.map((actor) => (
          <g class="actor">
            <path d={`M${at(actor)} 26V${height}`} />
            <text x={at(actor)} y={16}>
              {names[actor]}
            </text>
          </g>
        ))}
        {messages.map((message, index) => (
          <Arrow message={message} from={at(message.from)} to={at(message.to)} y={y(index)} />
        ))}
      </svg>
    </div>
  )
}

function Arrow({ message, from, to, y }: { message: Message; from: number; to: number; y: number }) {
  const way = to > from ? 1 : -1
  const text = clip(seen(message.text), Math.abs(to - from) > gap ? far : near)
  const number = message.kind === 'request' ? `${message.exchange} ` : ''
  return (
    <g class={message.kind}>
      <path d={`M${from} ${y}H${to - way}`} />
      <path d={`M${to - 7 * way} ${y - 4}l${6 * way} 4 ${-6 * way} 4`} />
      <text x={(from + to) / 2} y={y - 5}>
        {number}
        {shortened(text)}
      </text>
    </g>
  )
}

/** Without the count of `clip`, for which there is no room. */
const shortened = (text: string): string => text.replace(/… \(\d+ more characters\)$/u, '…')

/** One item an exchange: for screen readers, and for screens on which the diagram would be too small. */
function Steps({ messages, end }: { messages: readonly Message[]; end: keyof typeof ends }) {
  return (
    <ol class="steps">
      {[...groupBy(messages, ({ exchange }) => exchange).values()].map(([request, ...answers]) =>
        request === undefined ? null : (
          <li class={request.isDecisive ? end : undefined}>
            {names[request.from]} → {names[request.to]}
            {request.isDecisive && <strong> {ends[end]}</strong>}
            <code>{seen(request.text, 300)}</code>
            {answers.map(({ from, to, text }) => (
              <code>
                {from === request.to ? '←' : `→ ${names[to]}:`} {seen(text, 300)}
              </code>
            ))}
          </li>
        ),
      )}
    </ol>
  )
}
