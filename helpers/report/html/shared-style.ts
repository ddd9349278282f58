/** Styles of all pages: colours (light and dark, 4.5:1 or better on their ground), type, tables of terms. */
export const sharedStyle = `
:root { color-scheme: light dark; --ground: #fff; --raised: #f5f7fa; --text: #1c2430; --soft: #55606f; --line: #d3dae3; --strong: #8592a3;
  --link: #0a58a8; --mark: #eaf2fb;
  --pass: #187a35; --known: #0b6a88; --warn: #8a5a00; --fail: #b3201a; --blocked: #7442c8; --error: #9c1666; --stale: #8b4a00; --skipped: #5d6875;
  --good: var(--pass); --look: var(--warn); --stop: var(--fail) }
@media (prefers-color-scheme: dark) { :root { --ground: #0f141a; --raised: #171e27; --text: #e4eaf1; --soft: #a3afbd; --line: #303b48; --strong: #6b7889;
  --link: #7db7ff; --mark: #16283d;
  --pass: #4cc36b; --known: #45bfdc; --warn: #e0a93b; --fail: #ff8a80; --blocked: #c3a1ff; --error: #ff8ccb; --stale: #f0a45c; --skipped: #a3afbd } }
* { box-sizing: border-box }
html { scroll-padding-top: 3.5rem }
body { margin: 0; background: var(--ground); color: var(--text); font: 1rem/1.5 system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif }
main { max-width: 74rem; margin: 0 auto; padding: 1.5rem 1.25rem 2rem }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 2.25rem 0 .75rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line) }
h3 { font-size: 1.05rem; margin: 1.5rem 0 .5rem } h4 { font-size: 1rem; margin: 1.25rem 0 .5rem } .label { font-size: .85rem; font-weight: 600; margin: .75rem 0 .25rem; color: var(--soft) }
p { margin: .5rem 0; max-width: 50rem } a { color: var(--link) } ul { margin: .5rem 0; padding-left: 1.25rem }
code, pre { font-family: ui-monospace, "SFMono-Regular", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .875em; overflow-wrap: anywhere; unicode-bidi: isolate }
pre { background: var(--raised); border: 1px solid var(--line); border-radius: 4px; padding: .6rem .75rem; margin: .25rem 0 .75rem; white-space: pre-wrap }
dl { margin: .5rem 0; display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .25rem 1rem } dt { color: var(--soft) } dd { margin: 0; overflow-wrap: anywhere }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 2px }
@media (max-width: 40rem) { dl { grid-template-columns: minmax(0, 1fr); gap: 0 } dd { margin-bottom: .4rem } }
@page { margin: 14mm 12mm 16mm; @bottom-left { content: "simple-oauth-contract"; font: 8pt system-ui, "Liberation Sans", sans-serif; color: #55606f } @bottom-right { content: counter(page) " / " counter(pages); font: 8pt system-ui, "Liberation Sans", sans-serif; color: #55606f } }
@media print { :root { color-scheme: light } body { font-size: 10pt } main { max-width: none; padding: 0 } a { color: inherit; text-decoration: none } h2, h3, h4, h2 + p { break-after: avoid } tr, li { break-inside: avoid } thead { display: table-header-group } }
`

/** The question of a page in one line, and its answer, which is what people look for. */
export const answerStyle = `
h1 { font-size: 1.15rem; font-weight: 600; color: var(--soft) }
.verdict { --tone: var(--stop); font-size: 1.6rem; line-height: 1.3; font-weight: 700; max-width: none; color: var(--tone); padding: 1.1rem 1.4rem; background: var(--raised); border: 1px solid var(--line); border-left: 8px solid var(--tone); border-radius: 6px; margin: .75rem 0 1rem } .verdict::first-letter { text-transform: uppercase }
.verdict.exit0 { --tone: var(--good) } .verdict.exit2 { --tone: var(--look) }
@media (max-width: 40rem) { .verdict { font-size: 1.25rem; padding: .8rem 1rem } }
@media print { .verdict { font-size: 14pt; padding: .5rem 1.1rem; break-inside: avoid; print-color-adjust: exact } }
`
