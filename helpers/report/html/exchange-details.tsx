import { header, type Exchange } from '../../model/exchange.ts'
import { clip } from '../escape.ts'
import { repeatLines } from '../repeat-lines.ts'
import { seen, seenLines } from './text.ts'

/** Characters of bodies: an HTML page says little, and a check that passed needs less. */
const longest = { open: { html: 3_000, other: 6_000 }, met: { html: 300, other: 1_000 } } as const

/** A line for a shell that is longer is of no use on a page; evidence/ has it. */
const longestLine = 4_000

export interface ExchangeProps {
  /** Those of the check, of which one is shown. */
  readonly exchanges: readonly Exchange[]
  readonly index: number
  readonly baseUrl: string | undefined
  readonly isDecisive: boolean
  readonly detail: keyof typeof longest
}

/** Request and response as sent and received, behind a click, and the line that repeats the request. */
export function ExchangeDetails({ exchanges, index, baseUrl, isDecisive, detail }: ExchangeProps) {
  const exchange = exchanges[index]
  if (exchange === undefined) return null
  const { request, response, milliseconds } = exchange
  const kind = /html/u.test(header(response, 'content-type') ?? '') ? 'html' : 'other'
  const max = longest[detail][kind]
  return (
    <details class="exchange">
      <summary>
        {index + 1}. <code>{seen(`${request.method} ${request.url.split('?')[0] ?? ''}`, 300)}</code> →{' '}
        {response.status}
        {isDecisive && <strong> decides</strong>}
      </summary>
      <Block
        title="Request"
        text={http(`${request.method} ${request.url}`, request.headers, request.body ?? '', max)}
      />
      <Block
        title={`Response after ${Math.round(milliseconds)} ms`}
        text={http(`HTTP ${response.status}`, response.headers, response.body, max)}
      />
      {response.truncated && <p>The server sent more than the suite reads.</p>}
      <Block title="Repeat it" text={clip(repeatLines(exchanges, index, baseUrl), longestLine)} />
    </details>
  )
}

function Block({ title, text }: { title: string; text: string }) {
  return (
    <>
      <p class="label">{title}</p>
      <pre>{text}</pre>
    </>
  )
}

function http(first: string, headers: Exchange['request']['headers'], body: string, max: number): string {
  const lines = [first, ...headers.map(([name, value]) => `${name}: ${value}`)].map((line) => seen(line))
  return [...lines, ...(body === '' ? [] : ['', seenLines(body, max)])].join('\n')
}
