/**
 * The script of the page: filters, search, and opening the target of a link. A string, because the policy of the page allows exactly these
 * bytes. It reads and hides elements; it never writes HTML and requests nothing.
 */
export const pageScript = `'use strict'
const all = (selector, root = document) => [...root.querySelectorAll(selector)]
const cards = all('.contract')
const filters = document.getElementById('filters')
const search = document.getElementById('search')
const shown = document.getElementById('shown')
const selects = all('select', filters)
const boxes = all('input[name=verdict]', filters)
const texts = new Map()

// What a reader sees of a contract, without its requests and responses: they would match everything.
function textOf(card) {
  if (!texts.has(card)) {
    const parts = all('summary, dl, .findings', card).filter((part) => !part.closest('.exchange'))
    texts.set(card, parts.map((part) => part.textContent).join(' ').toLowerCase())
  }
  return texts.get(card)
}

function apply() {
  const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean)
  const verdicts = boxes.filter((box) => box.checked).map((box) => box.value)
  const chosen = selects.filter((select) => select.value !== '')
  let count = 0
  for (const card of cards) {
    const fits =
      (verdicts.length === 0 || card.dataset.verdict.split(' ').some((verdict) => verdicts.includes(verdict))) &&
      chosen.every((select) => card.dataset[select.name].split('|').includes(select.value)) &&
      (words.length === 0 || words.every((word) => textOf(card).includes(word)))
    card.hidden = !fits
    if (fits) count++
  }
  for (const area of all('.area')) area.hidden = all('.contract', area).every((card) => card.hidden)
  shown.textContent = count + ' of ' + cards.length + ' contracts'
}

function reset() {
  search.value = ''
  for (const select of selects) select.value = ''
  for (const box of boxes) box.checked = false
}

function reveal() {
  const id = decodeURIComponent(location.hash.slice(1))
  const card = id === '' ? null : document.getElementById(id)
  if (!card || !card.classList.contains('contract')) return
  if (card.hidden) {
    reset()
    apply()
  }
  card.open = true
  card.scrollIntoView()
  card.querySelector('summary').focus({ preventScroll: true })
}

filters.addEventListener('input', apply)
document.getElementById('reset').addEventListener('click', () => {
  reset()
  apply()
})
for (const [id, open] of [['open', true], ['close', false]])
  document.getElementById(id).addEventListener('click', () => {
    for (const card of cards) if (!card.hidden || !open) card.open = open
  })
for (const link of all('[data-filter]'))
  link.addEventListener('click', () => {
    reset()
    for (const [name, value] of new URLSearchParams(link.dataset.filter)) {
      for (const select of selects) if (select.name === name) select.value = value
      for (const box of boxes) if (name === 'verdict') box.checked = box.value === value
    }
    apply()
  })
addEventListener('hashchange', reveal)
filters.hidden = false
apply()
reveal()
`
