// Renders Mermaid in a browser and says what stands in each picture, as JSON on stdout.
// node render.mjs <packages> <browser> <versions, separated by commas> < JSON list of texts
// Each answer: {error} or {boxes: [{label, classes, rows}], lines: [{parent, child, ends, dashed, label}], width, cut}.
import { createRequire } from 'node:module'
import path from 'node:path'

const [packages, browser, versions] = process.argv.slice(2)
const { chromium } = createRequire(path.join(packages, 'package.json'))('playwright-core')

const input = []
for await (const part of process.stdin) input.push(part)
const texts = JSON.parse(Buffer.concat(input).toString())

const running = await chromium.launch({ executablePath: browser })
try {
  const answers = await Promise.all(versions.split(',').map(async (version) => [version, await all(version)]))
  process.stdout.write(JSON.stringify(Object.fromEntries(answers)))
} finally {
  await running.close()
}

async function all(version) {
  const page = await running.newPage({ viewport: { width: 1600, height: 1200 } })
  await page.setContent('<!doctype html><div id="here"></div>')
  await page.addScriptTag({ path: path.join(packages, 'node_modules', `mermaid-${version}`, 'dist/mermaid.min.js') })
  await page.evaluate(() => window.mermaid.initialize({ startOnLoad: false }))
  const answers = []
  for (const text of texts) answers.push(await page.evaluate(look, text))
  await page.close()
  return answers
}

async function look(text) {
  const here = document.getElementById('here')
  try {
    await window.mermaid.parse(text)
    here.innerHTML = (await window.mermaid.render('d', text)).svg
  } catch (error) {
    document.querySelectorAll('body > :not(#here)').forEach((left) => left.remove())
    return { error: String(error.message || error).slice(0, 500) }
  }
  const svg = here.querySelector('svg')
  const said = (element) => (element?.textContent ?? '').replace(/\s+/g, ' ').trim()
  if (/error/.test(svg.getAttribute('aria-roledescription'))) return { error: `an error is drawn: ${said(svg)}` }

  // A loop is three pieces in some versions, with little boxes between them that are no entities.
  const nodes = new Map()
  for (const node of svg.querySelectorAll('g.node')) {
    const id = node.id.replace(/^d-(?=entity-|flowchart-)/, '')
    const column = (kind) => [...node.querySelectorAll(`.attribute-${kind}`)].map(said)
    const [types, names, keys, notes] = ['type', 'name', 'keys', 'comment'].map(column)
    nodes.set(id.replace(/^flowchart-(.*)-\d+$/, '$1'), {
      label: said(node.querySelector('.label.name') ?? node.querySelector('.label')),
      classes: [...node.classList].filter((name) => name !== 'node' && name !== 'default').sort(),
      rows: types.map((type, n) => [type, names[n], (keys[n] ?? '').replace(/ /g, ''), notes[n] ?? '']),
    })
  }

  const labels = new Map()
  const unnamed = []
  for (const label of svg.querySelectorAll('.edgeLabels > .edgeLabel')) {
    const id = label.querySelector('[data-id]')?.dataset.id
    if (id) labels.set(id, said(label))
    else unnamed.push(said(label))
  }

  const end = (line, which) => line.getAttribute(`marker-${which}`)?.match(/_er-(\w+?)(?:Start|End)(?:-\w+)?\)/)?.[1] ?? ''
  const lines = []
  const paths = [...svg.querySelectorAll('.edgePaths > path')]
  paths.forEach((line, n) => {
    const id = line.dataset.id ?? line.id.replace(/^d-/, '')
    const loop = id.match(/^(.*)-cyclic-special-(1|mid|2)$/)
    const [parent, child] = loop ? [loop[1], loop[1]] : between(id, nodes)
    const label = labels.get(id) ?? (unnamed.length === paths.length ? unnamed[n] : null)
    const dashed = line.classList.contains('edge-pattern-dashed')
    lines.push({ parent: nodes.get(parent)?.label, child: nodes.get(child)?.label, dashed, label, loop: loop?.[2] ?? '', of: parent,
      ends: [end(line, 'start'), end(line, 'end')] })
  })

  const cut = [...svg.querySelectorAll('foreignObject')]
    .filter((box) => box.firstChild && box.firstChild.getBoundingClientRect().width > box.getBoundingClientRect().width + 2)
    .map(said)
  return { boxes: [...nodes.values()], lines: joined(lines), labels: svg.querySelectorAll('.edgeLabels > .edgeLabel').length,
    width: Math.round(svg.viewBox.baseVal.width), cut }

  function between(id, nodes) {
    const ends = id.replace(/^(?:id|L)_/, '').replace(/_\d+$/, '')
    for (const name of nodes.keys()) {
      if (ends.startsWith(`${name}_`) && nodes.has(ends.slice(name.length + 1))) return [name, ends.slice(name.length + 1)]
    }
    return [id, id]
  }

  function joined(lines) { // by identifier, since two tables may show the same name
    const whole = lines.filter((line) => !line.loop)
    for (const first of lines.filter((line) => line.loop === '1')) {
      const [middle, last] = ['mid', '2'].map((piece) => lines.find((line) => line.loop === piece && line.of === first.of))
      whole.push({ ...first, label: middle.label, ends: [first.ends[0], last.ends[1]] })
    }
    return whole.map(({ loop, of, ...line }) => line)
  }
}
