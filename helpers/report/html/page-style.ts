const verdictColours = ['pass', 'known', 'warn', 'fail', 'blocked', 'error', 'stale', 'skipped']
  .map((verdict) => `.${verdict} { --own: var(--${verdict}) }`)
  .join(' ')

/** The list of steps instead of the diagram. */
const stepsInstead =
  '.sequence svg { display: none } .steps { position: static; width: auto; height: auto; overflow: visible; clip-path: none; padding-left: 2rem }'

/** Styles used only by the report of a run. */
export const pageStyle = `
${verdictColours}
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
.skip { position: absolute; left: 1rem; top: -4rem; background: var(--ground); padding: .5rem 1rem; z-index: 3 } .skip:focus { top: .5rem }
.kicker { color: var(--soft); font-size: .875rem; margin: 0 0 .75rem; letter-spacing: .02em }
.conclusion { border: 1px solid var(--line); border-left: 8px solid var(--tone); border-radius: 6px; padding: 1.1rem 1.4rem; background: var(--raised) }
.conclusion { display: flex; flex-wrap: wrap; gap: 1rem 2rem; justify-content: space-between; align-items: center } .conclusion > div { flex: 1 1 22rem } .conclusion h1 { color: var(--tone) } .conclusion p { font-size: 1.05rem; margin: .35rem 0 0 } .conclusion div ul { margin: .5rem 0 0; font-weight: 600 }
.good { --tone: var(--good) } .look { --tone: var(--look) } .bad { --tone: var(--stop) }
.tiles { list-style: none; padding: 0; margin: 0; display: flex; flex-wrap: wrap; gap: .75rem }
.tiles li { border: 1px solid var(--line); border-top: 4px solid var(--own); border-radius: 4px; padding: .3rem 1rem .4rem; min-width: 6.5rem; background: var(--ground) }
.tiles strong { display: block; font-size: 1.6rem; line-height: 1.25; font-variant-numeric: tabular-nums } .tiles span { color: var(--own); font-weight: 600 }
.facts { margin: 1rem 0; grid-template-columns: max-content minmax(0, 1fr) } .facts > div { display: contents }
.note { border-left: 4px solid var(--look); padding-left: .75rem }
.nothing { color: var(--good); font-weight: 600 }
nav { position: sticky; top: 0; z-index: 2; background: var(--ground); border-bottom: 1px solid var(--line); margin: .75rem 0 0 }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: 0 1.25rem; margin: 0; padding: .25rem 0 } nav li { padding: .25rem 0 } nav a { display: inline-block; padding: .15rem 0; font-weight: 600 } nav span { color: var(--soft) }
.wide { overflow-x: auto; position: relative }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere } thead th { color: var(--soft); font-size: .85rem; font-weight: 600 }
.chart { table-layout: fixed; min-width: 44rem } .chart th:first-child { width: 13.5rem } .chart td a { display: block; text-decoration: none; padding: .15rem 0 } .chart td a:hover { background: var(--mark) } .chart .none { color: var(--soft) } .chart th a { display: inline-block; padding: .1rem 0 }
.bar { display: block; width: 100%; height: .8rem; margin-bottom: .2rem } .bar rect { fill: var(--own); stroke: var(--ground); stroke-width: .6 }
.counts { display: flex; flex-wrap: wrap; gap: 0 .7rem; font-size: .875rem; font-variant-numeric: tabular-nums } .counts > span { color: var(--own); white-space: nowrap }
.legend { grid-template-columns: repeat(auto-fit, minmax(22rem, 1fr)); gap: .25rem 2rem; font-size: .875rem } .legend div { display: flex; gap: .75rem } .legend dt { flex: 0 0 6.2rem } .legend dd { color: var(--soft); margin: 0 }
.badge { display: inline-block; color: var(--own); border: 1px solid var(--own); border-radius: 1rem; padding: 0 .55rem; font-size: .8rem; font-weight: 600; line-height: 1.5; white-space: nowrap }
.severity { font-size: .85rem; color: var(--soft) }
.item { border: 1px solid var(--line); border-left: 6px solid var(--own, var(--strong)); border-radius: 4px; padding: .75rem 1.1rem; margin: .75rem 0; break-inside: avoid }
.item h3, .item h4 { margin: 0 0 .25rem } .item .about { margin: 0 0 .5rem } .item dl, .item p { max-width: 60rem }
.names { color: var(--soft); font-size: .875rem } .about a, .names a, .list a { display: inline-block; padding: .15rem 0 } .list li { margin: .35rem 0; max-width: 62rem } .plain { list-style: none; padding: 0; margin: 0 }
.filters { display: flex; flex-wrap: wrap; gap: .75rem 1rem; align-items: end; background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: .9rem 1.1rem } .filters[hidden] { display: none }
.filters > label { display: grid; gap: .2rem; font-size: .85rem; color: var(--soft) } .filters .text { flex: 1 1 16rem }
input[type=search], select, button { font: inherit; color: var(--text); background: var(--ground); border: 1px solid var(--strong); border-radius: 4px; padding: .35rem .6rem; min-height: 2.25rem; max-width: 100% } button { cursor: pointer } button:hover { background: var(--mark) }
fieldset { border: 0; padding: 0; margin: 0; flex: 1 1 100%; display: flex; flex-wrap: wrap; gap: .4rem } legend { float: left; font-size: .85rem; color: var(--soft); padding: .35rem .5rem 0 0 }
.chip { display: inline-flex; align-items: center; gap: .35rem; border: 1px solid var(--strong); border-radius: 1rem; padding: .2rem .75rem; cursor: pointer; color: var(--own); font-weight: 600 } .chip:has(:checked) { background: var(--mark); border-color: var(--own) } .chip input { width: 1rem; height: 1rem; margin: 0; accent-color: var(--own) }
.actions { display: flex; flex-wrap: wrap; gap: .5rem } #shown { margin: 0 0 0 auto; color: var(--soft) }
.area > h3 { margin: 1.75rem 0 .25rem }
.contract { border-bottom: 1px solid var(--line); content-visibility: auto; contain-intrinsic-size: auto 3rem } .contract[hidden] { display: none } .contract[open] { content-visibility: visible }
.contract > summary { display: grid; grid-template-columns: 8.5rem minmax(0, 1fr) minmax(0, 15rem) 4.5rem; gap: .1rem 1rem; align-items: baseline; padding: .55rem .5rem; cursor: pointer; list-style: none } .contract > summary::-webkit-details-marker { display: none }
.contract > summary:hover, .contract[open] > summary { background: var(--mark) } .badges { display: flex; flex-wrap: wrap; gap: .25rem } .contract > summary .title::before { content: "▸ "; color: var(--soft) } .contract[open] > summary .title::before { content: "▾ " } .contract .id { color: var(--soft) }
.body { padding: .5rem .5rem 1.5rem; border-left: 3px solid var(--line); margin-left: .5rem; padding-left: 1.1rem }
figure { margin: 1rem 0 } figcaption { color: var(--soft); font-size: .875rem }
.sequence { container: small / inline-size; position: relative; --band: var(--stop) } .sequence.broad { container-name: broad } .sequence svg { display: block; max-width: 100%; height: auto }
.sequence text { text-anchor: middle; stroke: var(--ground); stroke-width: 4px; stroke-linejoin: round; paint-order: stroke; font: 12px ui-monospace, "SFMono-Regular", Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: var(--text) } .sequence .actor text { font-family: system-ui, "Segoe UI", "Liberation Sans", sans-serif; font-weight: 600 } .sequence path { stroke: var(--text); fill: none } .sequence .actor path { stroke: var(--strong); stroke-dasharray: 3 4 } .sequence .response > path:first-child { stroke-dasharray: 6 4 } .sequence .response text { fill: var(--soft) } .sequence .met { --band: var(--good) } .sequence .stopped { --band: var(--blocked) } .band rect { fill: var(--band); fill-opacity: .1; stroke: var(--band) } .sequence .band text { text-anchor: end; stroke: none; fill: var(--band); font-weight: 700 }
.steps { position: absolute; width: 1px; height: 1px; margin: 0; padding: 0; overflow: hidden; clip-path: inset(50%) } .steps li { border-left: 3px solid var(--line); padding: .15rem .6rem; margin: .35rem 0; color: var(--soft); font-size: .875rem } .steps code { display: block; color: var(--text) } .steps li[class] { border-color: var(--band); background: color-mix(in srgb, var(--band) 8%, transparent) } .steps strong { color: var(--band); white-space: nowrap }
@container small (max-width: 42rem) { ${stepsInstead} }
@container broad (max-width: 56rem) { ${stepsInstead} }
.check { margin: 1rem 0 } .findings { font-size: .925rem } .findings .open th { color: var(--stop) } .findings th { font-weight: 400 } .findings .known th { color: var(--known) } .findings :is(.open, .known) th code { font-weight: 700 } .findings p { margin: .2rem 0 0 }
.exchange { margin: .35rem 0 } .exchange > summary { cursor: pointer; padding: .3rem 0 }
.asvs { table-layout: fixed; min-width: 52rem } .asvs th[scope=row] { font-weight: 600 } .asvs th span { display: block; font-weight: 400 } .asvs th:nth-child(1) { width: 34% } .asvs th:nth-child(2) { width: 4.5rem } .asvs th:nth-child(3) { width: 17% }
footer { max-width: 74rem; margin: 0 auto; padding: 0 1.25rem 3rem; color: var(--soft); font-size: .875rem }
@media (max-width: 40rem) { .facts, .legend { grid-template-columns: minmax(0, 1fr) } .facts dd { margin-bottom: .4rem } .contract > summary { grid-template-columns: minmax(0, 1fr) } nav { position: static } .tiles { gap: .5rem } .tiles li { flex: 1 1 5rem; min-width: 0; padding: .3rem .6rem .4rem } .tiles span { white-space: nowrap } .chart { min-width: 36rem } .chart th:first-child { width: 8rem } .findings thead { display: none } .findings :is(tr, th, td) { display: block; border: 0; padding: .15rem 0 } .findings tr { border-bottom: 1px solid var(--line); padding: .4rem 0 } .findings :is(th, td):nth-child(n + 2)::before { content: "Expected "; color: var(--soft) } .findings :is(th, td):nth-child(3)::before { content: "Actual " } .body { margin-left: 0; padding-left: .6rem } .item { padding: .6rem .75rem } }
@media print { h2 { margin-top: 1.25rem } nav, .filters, .skip, .exchange:not([open]) { display: none !important } .contract { content-visibility: visible; break-inside: avoid } .contract[open] { break-inside: auto } .contract > summary { padding: .12rem 0; grid-template-columns: 6.5rem minmax(0, 1fr) 11rem 3.5rem; gap: 0 .6rem; font-size: 8pt } .contract .severity, .badge, .counts, .legend { font-size: 7.5pt } .contract > summary .title::before, .contract[open] > summary .title::before { content: "" } .area > h3 { margin: .9rem 0 .2rem } .conclusion { break-inside: avoid; padding: .5rem 1.1rem } .conclusion h1 { font-size: 1.4rem } .conclusion :is(p, div ul) { font-size: 10pt; margin: .2rem 0 0 } .facts { margin: .5rem 0; font-size: 9pt; gap: .1rem 1rem } .names { font-size: 8pt } .tiles { flex-wrap: nowrap } .tiles li { min-width: 0; padding: .2rem .7rem .3rem } .chart, .asvs { min-width: 0; font-size: 8pt } .chart :is(th, td) { padding: .15rem .5rem .05rem } .chart td a, .chart th a { padding: 0 } .chart .counts { line-height: 1.2; gap: 0 .4rem } .legend { grid-template-columns: 1fr 1fr; gap: .1rem 1.5rem; break-inside: avoid; margin: .4rem 0 } .legend dt { flex-basis: 4.8rem } .legend .badge { font-size: 7pt } .asvs .names { font-size: 7.5pt } .asvs th:nth-child(1) { width: 26% } .asvs th:nth-child(2) { width: 3.8rem } .asvs .names a:not(:last-child)::after { content: ',' } .asvs .names a, .list .names a, .item .names a { display: inline; padding: 0 } .list { font-size: 9pt } .list li { margin: .2rem 0 } .item { padding: .4rem .8rem; margin: .5rem 0 } .item h3 { font-size: 10.5pt } .item dl { font-size: 9pt; gap: .1rem 1rem } .wide { overflow: visible } .bar rect, .tiles li, .badge, .sequence * { -webkit-print-color-adjust: exact; print-color-adjust: exact } footer { padding: 0 } }
`
