import { html, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import { terminal } from '../escape.ts'
import { contentPolicy } from './content-policy.ts'

type Markup = ReturnType<typeof html>

/** Text from a server with invisible characters made visible; hono escapes it for HTML. */
export const seen = (text: string): string => terminal(text, { max: 2_000 })

/** A page without scripts or requests that answers one question; `main` contains no promise. */
export function answerPage(title: string, style: string, main: Markup): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${contentPolicy(style)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${seen(title)}</title>
        ${raw(`<style>${style}</style>`)}
      </head>
      <body>
        <main>${main}</main>
      </body>
    </html> `
  return (page as HtmlEscapedString).toString()
}
