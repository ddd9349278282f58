import { terminal } from '../escape.ts'

/** Characters of one value on a page; report.json holds the whole. */
const longest = 2_000

/** What others wrote, with what cannot be seen made visible; hono escapes it for HTML. */
export const seen = (text: string, max = longest): string => terminal(text, { max })

/** The same with its own lines. */
export const seenLines = (text: string, max: number): string => terminal(text, { lines: 'keep', max })

/** An address that a click may open; undefined of anything that a browser would run or resolve against the page. */
export const safeLink = (address: string): string | undefined =>
  /^https:\/\/[^\s"'<>\\]+$/u.test(address) ? address : undefined
